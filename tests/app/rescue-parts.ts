import { readElsewhere } from '#app/rescue/elsewhere.ts';
import type { SlotContents } from '#app/rescue/replace.ts';
import { Rescuer, type EngineChoice, type Folders } from '#app/rescue/rescuer.ts';
import type { Draft, Drafts } from '#app/drafts.ts';
import { ok } from '#base/result.ts';
import type { EngineName } from '#domain/storage.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFiles, SlotName } from '#storage/sqlite/slot-file.ts';
import { Disk } from '../storage/disk.ts';
import { digest, sql } from '../storage/sql.ts';
import { createWorld, TestMirror } from './mirror.ts';

export const reader = { sql, digest };

/** The bytes of a store in which these texts were written, one after the other. */
export async function stored(seed: number, texts: readonly string[]): Promise<SlotContents> {
	const mirror = await TestMirror.open(createWorld(seed));
	for (const text of texts) await mirror.write(text);
	await mirror.core.close();
	return contentsOf(mirror.world.files);
}

export function contentsOf(files: SlotFiles): SlotContents {
	const contents = slotNames.map((name) => {
		const bytes = new Uint8Array(files[name].size());
		files[name].read(bytes, 0);
		return [name, bytes];
	});
	return Object.fromEntries(contents) as Record<SlotName, Uint8Array>;
}

export function filesOf(contents: SlotContents): SlotFiles {
	const files = memorySlots();
	for (const name of slotNames) files[name].write(contents[name], 0);
	return files;
}

/** Folders in memory, of which a write may be cut at any of its operations. */
class MemoryFolders implements Folders {
	readonly all = new Map<string, SlotFiles>();
	readonly #finished = new Set<string>();
	/** Of the folder that is written, and the operation at which the power goes. */
	cut: { readonly folder: string; readonly at: number } | null = null;

	async read(folder: string) {
		const files = this.all.get(folder);
		return files === undefined ? null : contentsOf(files);
	}
	async write(folder: string, work: (files: SlotFiles) => void) {
		const at = this.cut?.folder === folder ? this.cut.at : Number.POSITIVE_INFINITY;
		const disk = new Disk({ kind: 'crash', at }, this.all.get(folder) ?? memorySlots());
		try {
			work(disk.files);
		} finally {
			this.all.set(folder, disk.after('everything'));
		}
		return ok(undefined);
	}
	async finish(folder: string) {
		this.#finished.add(folder);
	}
	async isFinished(folder: string) {
		return this.#finished.has(folder);
	}
	async remove(folder: string) {
		this.all.delete(folder);
		this.#finished.delete(folder);
	}
}

class MemoryDrafts implements Drafts {
	readonly all = new Map<string, Draft>();
	async put(each: Draft) {
		this.all.set(each.id, each);
	}
	async get(id: string) {
		return this.all.get(id) ?? null;
	}
	async list() {
		return [...this.all.values()];
	}
	async drop(id: string) {
		this.all.delete(id);
	}
	end() {
		throw new Error('nothing is deleted here');
	}
}

const inCharge: EngineChoice = { engine: 'sqlite', copied_at: null, has_postgres: false };

export interface RescueSituation {
	readonly isHeld?: boolean;
	readonly hasFiles?: boolean;
	readonly choice?: EngineChoice;
}

/** A rescue page over a store in memory. */
export function rescue(
	contents: SlotContents,
	{ isHeld = false, hasFiles = true, choice = inCharge }: RescueSituation = {}
) {
	let chosen: EngineName | null = choice.engine;
	const [folders, drafts] = [new MemoryFolders(), new MemoryDrafts()];
	folders.all.set('mirror', filesOf(contents));
	const rescuer = new Rescuer({
		folders,
		drafts,
		elsewhere: () => readElsewhere(hasFiles, digest),
		reader,
		clock: () => Date.UTC(2026, 10, 21, 8, 30),
		version: '1',
		folder: 'mirror',
		remove: async () => ok(undefined),
		engines: {
			look: async () => ({ ...choice, engine: chosen }),
			choose: async (engine) => void (chosen = engine)
		},
		alone: async (work) => (isHeld ? null : work())
	});
	return { folders, drafts, rescuer, chosen: () => chosen };
}
