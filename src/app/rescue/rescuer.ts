import { isoTime, type Clock } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { EngineName } from '#domain/storage.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import type { Draft, Drafts } from '#app/drafts.ts';
import { packCopy, unpackCopy } from '#app/rescue/copy.ts';
import type { Elsewhere } from '#app/rescue/elsewhere.ts';
import { readContents, type Reader, type Reading } from '#app/rescue/read.ts';
import { emptyContents, replaceSlots, type SlotContents } from '#app/rescue/replace.ts';

/** The folders of this origin, each with five files of a store. */
export interface Folders {
	/** The bytes of the files; null where there is no such folder. A missing file is an empty one. */
	read(folder: string): Promise<SlotContents | null>;
	/** Opens the files to write, making what is missing, and closes them when `work` has ended. */
	write(folder: string, work: (files: SlotFiles) => void): Promise<Result<void, Failure>>;
	/** Says durably that a folder is finished, once everything in it is flushed. */
	finish(folder: string): Promise<void>;
	isFinished(folder: string): Promise<boolean>;
	remove(folder: string): Promise<void>;
}

export interface RescuerDependencies {
	readonly folders: Folders;
	readonly drafts: Drafts;
	/** What can be read of a mirror that is not in these folders; null where it is. */
	readonly elsewhere: () => Promise<Result<Elsewhere, Failure> | null>;
	readonly reader: Reader;
	readonly clock: Clock;
	readonly version: string;
	/** Which engine keeps the mirror. This page reads SQLite's store, which may be a copy. */
	readonly engines: EngineChoices;
	/** The folder in which the app keeps its store. */
	readonly folder: string;
	/** Notes that everything is to be deleted, and removes it. */
	readonly remove: (clearPage: () => Promise<void>) => Promise<Result<void, Failure>>;
	/** Runs `work` while no tab holds the database; null where one does. */
	readonly alone: <T>(work: () => Promise<T>) => Promise<T | null>;
}

/** Which engine is in charge, and how another is put in charge. */
export interface EngineChoices {
	readonly look: () => Promise<EngineChoice>;
	readonly choose: (engine: EngineName) => Promise<void>;
}

export interface EngineChoice {
	/** Null: the note of it is lost. */
	readonly engine: EngineName | null;
	/** When the mirror was last copied to the engine that is not in charge. */
	readonly copied_at: string | null;
	readonly has_postgres: boolean;
}

/** A rescue copy, and why it holds only the drafts; null where it holds the mirror too. */
export interface Copied {
	readonly file: Uint8Array<ArrayBuffer>;
	readonly without: string | null;
}

/** What is stored, and where. */
interface Stored {
	readonly contents: SlotContents;
	readonly isElsewhere: boolean;
	/** Why there are no contents, although there may be a mirror. */
	readonly failure: Failure | null;
	readonly notices: readonly string[];
}

/** What was done, in words. `held`: another tab has the database open. */
export type Outcome = Result<string, Failure>;

const incoming = 'mirror-restore';

/** Helps where the store does not open. Nothing is ever overwritten that was not copied aside before. */
export class Rescuer {
	readonly #deps: RescuerDependencies;

	constructor(deps: RescuerDependencies) {
		this.#deps = deps;
	}

	/** Reads what is there. A restore that was interrupted is brought to its end first. */
	look(): Promise<Result<Reading, Failure>> {
		return this.#alone(async () => {
			const stored = await this.#stored();
			const reading = await this.#read(stored);
			if (stored.isElsewhere || !(await this.#deps.folders.isFinished(incoming))) return ok(reading);
			// While contents are replaced the store opens as before, as after, or not at all: then it was interrupted.
			if (reading.kind === 'unreadable') {
				const finished = await this.#moveIn();
				return finished.ok ? ok(await this.#read(await this.#stored())) : finished;
			}
			await this.#deps.folders.remove(incoming);
			return ok(reading);
		});
	}

	engine(): Promise<Result<EngineChoice, Failure>> {
		return this.#alone(async () => ok(await this.#deps.engines.look()));
	}

	/** From the next start on this engine's store is the mirror. The other's stays as it is. */
	goOnWith(engine: EngineName): Promise<Outcome> {
		return this.#alone(async () => {
			await this.#deps.engines.choose(engine);
			return ok('The next start opens it. What the other engine holds stays where it is. Try again.');
		});
	}

	/** The rescue copy: the files as they are, and the drafts; the drafts also where nothing else can be had. */
	copy(): Promise<Result<Copied, Failure>> {
		const { drafts, clock, version } = this.#deps;
		return this.#alone(async () => {
			const { contents, failure: missing } = await this.#stored();
			const made_at = isoTime(clock());
			const file = packCopy({ version, made_at, contents, drafts: await drafts.list() });
			return ok({ file, without: missing?.message ?? null });
		});
	}

	/** Puts a rescue copy in the place of what is there, which is kept aside. Drafts of the copy are added. */
	restore(bytes: Uint8Array): Promise<Outcome> {
		const { folders, reader } = this.#deps;
		return this.#alone(async () => {
			const copy = unpackCopy(bytes);
			if (!copy.ok) return copy;
			const reading = await readContents(copy.value.contents, reader);
			if (reading.kind === 'empty' && copy.value.drafts.length > 0) {
				await this.#addDrafts(copy.value.drafts);
				return ok(
					`This copy holds drafts and nothing else: ${copy.value.drafts.length} are here again. Your mirror was not changed.`
				);
			}
			const stored = await this.#stored();
			if (stored.isElsewhere) return err(stored.failure ?? keptElsewhere);
			if (reading.kind === 'unreadable' || reading.kind === 'empty')
				return err(
					failure('not_readable', 'Nothing can be read from this rescue copy, so nothing was changed.')
				);
			const aside = await this.#keepAside();
			if (!aside.ok) return aside;
			await folders.remove(incoming);
			const brought = await folders.write(incoming, (files) => replaceSlots(files, copy.value.contents));
			if (!brought.ok) return brought;
			await folders.finish(incoming);
			const moved = await this.#moveIn();
			if (!moved.ok) return moved;
			await this.#takeCharge();
			await this.#addDrafts(copy.value.drafts);
			return ok(
				`Restored: ${reading.entries.length} reflections. What was here before is kept as "${aside.value}".`
			);
		});
	}

	/** Begins anew; what is there is kept aside, byte for byte. */
	startFresh(): Promise<Outcome> {
		return this.#alone(async () => {
			const stored = await this.#stored();
			if (stored.isElsewhere) return err(stored.failure ?? keptElsewhere);
			const aside = await this.#keepAside();
			if (!aside.ok) return aside;
			const { folders, folder } = this.#deps;
			const emptied = await folders.write(folder, (files) => replaceSlots(files, emptyContents));
			if (!emptied.ok) return emptied;
			await this.#takeCharge();
			return ok(`You can start afresh. What was here is kept as "${aside.value}".`);
		});
	}

	/** Removes everything that this origin keeps, also what was kept aside. Nothing can be brought back. */
	deleteEverything(clearPage: () => Promise<void>): Promise<Result<void, Failure>> {
		return this.#alone(() => this.#deps.remove(clearPage));
	}

	/** Versions, sizes and codes; never a word that a person wrote. */
	diagnostics(): Promise<Result<string, Failure>> {
		const { clock, version, drafts } = this.#deps;
		return this.#alone(async () => {
			const stored = await this.#stored();
			const reading = await this.#read(stored);
			const { engine, copied_at } = await this.#deps.engines.look();
			const lines = [
				`Mirror OS ${version}`,
				`Time: ${isoTime(clock())}`,
				`Store: ${reading.kind}${reading.kind === 'unreadable' ? ` (${reading.failure.code})` : ''}`,
				...('entries' in reading ? [`Reflections that can be read: ${reading.entries.length}`] : []),
				...('reasons' in reading ? reading.reasons : []),
				`Kept in: ${stored.isElsewhere ? 'not in files' : 'files'}`,
				`Engine: ${engine ?? 'not known'}, copied ${copied_at ?? 'never'}`,
				...slotNames.map((name) => `${name}: ${stored.contents[name].length} bytes`),
				`Drafts: ${(await drafts.list()).length}`
			];
			return ok(lines.join('\n'));
		});
	}

	async #read({ contents, failure: missing, notices }: Stored): Promise<Reading> {
		if (missing !== null) return { kind: 'unreadable', failure: missing };
		const reading = await readContents(contents, this.#deps.reader);
		if (notices.length === 0 || !('entries' in reading)) return reading;
		return { ...reading, kind: 'partial', reasons: [...notices, ...reading.reasons] };
	}

	async #addDrafts(added: readonly Draft[]): Promise<void> {
		const { drafts } = this.#deps;
		for (const draft of added) {
			if ((await drafts.get(draft.id)) === null) await drafts.put(draft);
		}
	}

	async #stored(): Promise<Stored> {
		const there = await this.#deps.elsewhere();
		if (there === null) {
			return { contents: await this.#contents(), isElsewhere: false, failure: null, notices: [] };
		}
		return there.ok
			? { ...there.value, isElsewhere: true, failure: null }
			: { contents: emptyContents, isElsewhere: true, failure: there.error, notices: [] };
	}

	/** What was put into these files is what the next start opens. */
	async #takeCharge(): Promise<void> {
		const { look, choose } = this.#deps.engines;
		if ((await look()).engine !== 'sqlite') await choose('sqlite');
	}

	async #contents(): Promise<SlotContents> {
		return (await this.#deps.folders.read(this.#deps.folder)) ?? emptyContents;
	}

	async #keepAside(): Promise<Result<string, Failure>> {
		const { folders, clock } = this.#deps;
		const aside = `mirror-aside-${isoTime(clock()).replaceAll(/[-:.]/g, '')}`;
		const contents = await this.#contents();
		const kept = await folders.write(aside, (files) => {
			for (const name of slotNames) {
				files[name].truncate(0);
				files[name].write(contents[name], 0);
				files[name].flush();
			}
		});
		if (!kept.ok) return kept;
		await folders.finish(aside);
		const again = await folders.read(aside);
		const isSame = slotNames.every((name) => sameBytes(again?.[name], contents[name]));
		return isSame
			? ok(aside)
			: err(failure('not_kept', 'The copy aside is not the same. Nothing was changed.'));
	}

	async #moveIn(): Promise<Result<void, Failure>> {
		const { folders, folder } = this.#deps;
		const contents = await folders.read(incoming);
		if (contents === null) return ok(undefined);
		const moved = await folders.write(folder, (files) => replaceSlots(files, contents));
		if (moved.ok) await folders.remove(incoming);
		return moved;
	}

	async #alone<T>(work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
		return (await this.#deps.alone(work)) ?? err(held);
	}
}

const held = failure(
	'held',
	'Mirror OS is open in another tab, which holds the database. Close that tab, then look again. Nothing was changed.'
);

const keptElsewhere = failure(
	'kept_elsewhere',
	'Your mirror is kept in IndexedDB in this browser, where this page can read and copy it, and nothing more. Nothing was changed. Download the rescue copy; a browser that keeps files can restore it.'
);

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
	return a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
