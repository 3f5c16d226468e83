import { whyOf } from '#base/result.ts';
import type { SqlJsStatic } from 'sql.js';
import type { Failure } from '#base/result.ts';
import { plainReflections, type PlainReflection } from '#records/rescue.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import { MemoryFile } from '#storage/sqlite/memory.ts';
import { recover } from '#storage/sqlite/recovery.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import type { Digest } from '#storage/sqlite/store.ts';
import type { SlotContents } from '#app/rescue/replace.ts';

/**
 * - `empty`: nothing was ever saved; - `whole`: it opens; - `partial`: it is damaged, and a beginning of it can be read;
 * - `unreadable`: nothing of it can be read.
 */
export type Reading =
	| { readonly kind: 'empty' }
	| {
			readonly kind: 'whole' | 'partial';
			readonly reasons: readonly string[];
			readonly entries: readonly PlainReflection[];
	  }
	| { readonly kind: 'unreadable'; readonly failure: Failure };

export interface Reader {
	readonly sql: SqlJsStatic;
	readonly digest: Digest;
}

/** Reads what can be read of a store, from a copy of its bytes: the files themselves are not touched. */
export async function readContents(contents: SlotContents, { sql, digest }: Reader): Promise<Reading> {
	const files = inMemory(contents);
	const found = await recover(files, digest);
	if (found.ok && found.value === null) return { kind: 'empty' };
	const store = new SlotStore({ files, digest, pause: () => Promise.resolve() });
	const opened = await openSqlite({ sql, store, mode: 'read' });
	if (!opened.ok) return { kind: 'unreadable', failure: opened.error };
	const { database, notices } = opened.value;
	try {
		const entries = await plainReflections(database);
		const isDamaged = !found.ok || found.value?.damage !== null;
		return { kind: isDamaged ? 'partial' : 'whole', reasons: notices, entries };
	} catch (error) {
		const why = whyOf(error);
		return {
			kind: 'unreadable',
			failure: { code: 'failed', message: `The entries cannot be listed (${why}).` }
		};
	} finally {
		await database.close();
	}
}

function inMemory({ snap0, snap1, jrnl0, jrnl1, torn }: SlotContents): SlotFiles {
	return {
		snap0: new MemoryFile(snap0),
		snap1: new MemoryFile(snap1),
		jrnl0: new MemoryFile(jrnl0),
		jrnl1: new MemoryFile(jrnl1),
		torn: new MemoryFile(torn)
	};
}
