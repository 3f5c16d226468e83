import { closeSync, openSync, readdirSync, readSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeJournalHeader, decodeSnapshotHeader, HEADER } from '#storage/sqlite/header.ts';

/**
 * Where a compaction stands. `whole`: none is under way, and none was interrupted. `switch`: the journal that comes next has
 * no header yet. `image`: it has one, and the snapshot is not begun. `snapshot`: it is begun, and has no header yet.
 */
const moments = ['whole', 'switch', 'image', 'snapshot'] as const;
export type Moment = (typeof moments)[number];

/** The files of a mirror as they lie in a profile, read from outside of the browser that has them open. */
export class StoreFiles {
	readonly #snapshots: readonly string[];
	readonly #journals: readonly string[];

	private constructor(snapshots: readonly string[], journals: readonly string[]) {
		this.#snapshots = snapshots;
		this.#journals = journals;
	}

	/** Null before the first compaction has come to its end: until then a file has nothing in it. */
	static find(folder: string): StoreFiles | null {
		const root = join(folder, 'Default/File System');
		const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
			.filter((name) => /\/t\/\d+\/\d+$/.test(name))
			.map((name) => join(root, name));
		const snapshots = paths.filter((path) => decodeSnapshotHeader(headOf(path)).kind === 'valid');
		const journals = paths.filter((path) => decodeJournalHeader(headOf(path)).kind === 'valid');
		if (snapshots.length < 2 || journals.length < 2) return null;
		return new StoreFiles(snapshots, journals);
	}

	/** Counts up while compactions go on: four for each, in the order of `moments`. */
	get step(): number {
		const journals = this.#journals.map((path) => generationOf(decodeJournalHeader(headOf(path))));
		const newest = 4 * Math.max(...journals);
		if (journals.includes(0)) return newest + moments.indexOf('switch');
		const snapshots = this.#snapshots.map((path) => generationOf(decodeSnapshotHeader(headOf(path))));
		if (snapshots.includes(0)) return newest - 4 + moments.indexOf('snapshot');
		return 4 * Math.max(...snapshots) === newest ? newest : newest - 4 + moments.indexOf('image');
	}

	get moment(): Moment {
		return moments[this.step % 4]!;
	}

	/** Resolves as soon as the files are at this step or further. */
	reach(step: number): Promise<void> {
		return new Promise((resolve) => {
			const look = () => {
				if (this.step < step) return;
				watcher.close();
				resolve();
			};
			const watcher = watch(dirname(this.#journals[0]!), look);
			look();
		});
	}
}

/** 0 where there is no whole header. */
function generationOf(read: ReturnType<typeof decodeJournalHeader | typeof decodeSnapshotHeader>): number {
	return read.kind === 'valid' ? read.header.generation : 0;
}

function headOf(path: string): Uint8Array {
	const bytes = new Uint8Array(HEADER);
	const file = openSync(path, 'r');
	const length = readSync(file, bytes);
	closeSync(file);
	return bytes.subarray(0, length);
}

/** Of workers alone, so the types of a page leave it out: what is used of it here. */
declare const FileSystemSyncAccessHandle: {
	readonly prototype: {
		truncate(size: number): void;
		write(bytes: Uint8Array, options: { readonly at: number }): number;
	};
};

/**
 * In the worker that has the files: lets a compaction go on for so many steps and then stand still before the next, so that
 * a kill comes at this step however late it comes. Each step begins with emptying a file or with writing a header.
 */
export function standStillAfter(steps: number): void {
	const { prototype } = FileSystemSyncAccessHandle;
	const { truncate, write } = prototype;
	let left = steps;
	const step = () => {
		while (left === 0);
		left--;
	};
	prototype.truncate = function (size) {
		if (size === 0) step();
		truncate.call(this, size);
	};
	prototype.write = function (bytes, options) {
		if (options.at === 0) step();
		return write.call(this, bytes, options);
	};
}
