import { open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Queue } from '#app/queue.ts';
import { isoTime } from '#base/clock.ts';
import { gzip, isGzip } from '#base/gzip.ts';
import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import { archiveName } from '#domain/evidence.ts';

/** What is kept: a ledger that grows. */
export interface Growing {
	size(): number;
	evidence(): Iterable<string>;
}

/** The evidence of a kernel that ran before, as it stands in the file. */
export interface Former {
	readonly kernel_id: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

type Kept = Promise<Result<null, Failure<'unwritable'>>>;

/**
 * A file that holds the whole evidence of a kernel while it runs. It is written beside itself and then put in place, so that
 * at every moment there is a whole one, of before or of after; what another program put there is not written over.
 */
export class KeptEvidence {
	readonly #path: string;
	readonly #ledger: Growing;
	readonly #queue = new Queue();
	/** How many entries are in the file; -1 before there is one. */
	#size = -1;
	/** Which file is ours. */
	#inode: number | null = null;

	constructor(path: string, ledger: Growing) {
		this.#path = path;
		this.#ledger = ledger;
	}

	/** Puts aside what was there before, and answers with where it is: packed beside the file, under a name of its own. */
	async putAside({ kernel_id, bytes }: Former): Promise<Result<string, Failure<'unwritable'>>> {
		try {
			const packed = isGzip(bytes) ? bytes : await gzip(bytes);
			const now = isoTime(Date.now());
			for (let place = 1; ; place++) {
				const path = join(dirname(this.#path), archiveName(kernel_id, now, place));
				if (await wroteNew(path, packed)) return ok(path);
			}
		} catch (error) {
			return err(failure('unwritable', whyOf(error)));
		}
	}

	/** Sees to it that every entry that there is now is in the file. */
	keep(): Kept {
		return this.#queue.run(async () => {
			if (this.#size === this.#ledger.size()) return ok(null);
			try {
				await this.#write();
				return ok(null);
			} catch (error) {
				return err(failure('unwritable', whyOf(error)));
			}
		});
	}

	async #write(): Promise<void> {
		if (this.#inode !== null) await this.#requireOurs(this.#inode);
		const size = this.#ledger.size();
		const beside = `${this.#path}.part`;
		const file = await open(beside, 'w');
		try {
			await file.writeFile([...this.#ledger.evidence(), '\n'].join(''));
			// What is put in place before it is on the disk could be an empty file after a power cut.
			await file.sync();
			const { ino } = await file.stat();
			await rename(beside, this.#path);
			this.#inode = ino;
		} finally {
			await file.close();
		}
		this.#size = size;
	}

	/** @throws Error where another program put a file in its place. */
	async #requireOurs(inode: number): Promise<void> {
		const there = await stat(this.#path).catch(() => null);
		if (there !== null && there.ino !== inode)
			throw new Error(`another program put a file in place of ${this.#path}, which is not written over`);
	}
}

/** Writes a file that there was none of; false where there is one. One that is left half is not the only one. */
async function wroteNew(path: string, bytes: Uint8Array): Promise<boolean> {
	const file = await open(path, 'wx').catch((error: unknown) => {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
		throw error;
	});
	if (file === null) return false;
	try {
		await file.writeFile(bytes);
		await file.sync();
	} finally {
		await file.close();
	}
	return true;
}
