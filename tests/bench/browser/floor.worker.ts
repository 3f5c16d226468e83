import { expose } from 'comlink';
import { sha256Hex } from '#base/hash.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { Replay } from '#kernel/replay.ts';
import { kernelStatus, ledgerSlices } from '#records/ledger.ts';
import { listReflections, searchReflections } from '#records/reflection-list.ts';
import type { Queryable, SqlValue } from '#storage/database.ts';
import { SqliteEngine } from '#storage/sqlite/engine.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { BareDatabase, loadSql, writtenIn, type Written } from './database.ts';
import { AppendedFile, readFile, served, writeFile } from './files.ts';
import {
	chainMessages,
	hashers,
	messagesOf,
	proofMessages,
	treeMessages,
	type Hasher,
	type Messages
} from './hashing.ts';

interface Question {
	readonly sql: string;
	readonly params: readonly SqlValue[];
}

/** One ledger in memory: what verifies it, and the bytes that are hashed on the way. */
interface Ledger {
	readonly entries: readonly AuditEntry[];
	readonly head: { kernel_id: string; variant: string; size: number; root: string };
	readonly chain: Messages;
	readonly everything: Messages;
}

let database: BareDatabase | null = null;
let journal: AppendedFile | null = null;
let written: readonly Written[] = [];
/** As many bytes as the longest record has: what they say makes no difference to a file. */
let record = new Uint8Array();
let fresh: Uint8Array = new Uint8Array();
let ledger: Ledger | null = null;
/** The archives of its old entries. */
let packed: readonly Uint8Array<ArrayBuffer>[] = [];
let engine: SqliteEngine | null = null;
const questions = new Map<string, readonly Question[]>();

/** What `wasm` names is where sql.js is served. Preparing is not measured; every other call is one that the page times. */
const floor = {
	/** Puts a mirror that the stage serves where the app will find it, and its bare database where the floors do. */
	async install(name: string): Promise<void> {
		for (const slot of slotNames) await writeFile('mirror', slot, await served(`${name}.${slot}`));
		await writeFile('bench', 'image', await served(`${name}.image`));
	},

	async prepareDatabase(wasm: string): Promise<void> {
		database = new BareDatabase(await loadSql(wasm), await readFile('image'));
	},

	async prepareSaves(): Promise<void> {
		written = writtenIn(await served('saves.journal'));
		journal = await AppendedFile.open('journal');
		record = new Uint8Array(Math.max(...written.map(({ length }) => length))).fill(1);
	},

	/** One save: its rows, a record of the same size appended and flushed, the transaction committed. */
	save(index: number, request: object): object {
		const save = written[index];
		if (save === undefined) throw new Error('no such save');
		database?.transact(save, () => journal?.append(record.subarray(0, save.length)));
		return { ...request, position: index };
	},

	/** The statements by which the app answers a list and a search: taken from itself, so that they are the same. */
	async prepareQuestion(name: string, typed: string | null): Promise<void> {
		const asked: Question[] = [];
		const recorder: Queryable = {
			dialect: 'sqlite',
			query: async (sql, params = []) => {
				asked.push({ sql, params });
				return [];
			}
		};
		const params = { after: null, limit: 50 };
		if (typed === null) await listReflections(recorder, params);
		else await searchReflections(recorder, { ...params, query: typed });
		questions.set(name, asked);
	},

	/** The rows of one page; `total`: and how many there are of them. */
	ask(name: string, what: 'rows' | 'total'): unknown {
		const [rows, total] = (questions.get(name) ?? []).map(({ sql, params }, at) =>
			at === 0 || what === 'total' ? database?.values(sql, params) : null
		);
		return { rows, total };
	},

	async prepareImport(): Promise<void> {
		fresh = await served('empty.image');
		written = writtenIn(await served('import.journal'));
	},

	async prepareEmpty(wasm: string): Promise<void> {
		database?.close();
		database = new BareDatabase(await loadSql(wasm), fresh);
	},

	/** The rows of the whole import in one transaction; nothing is written to a file. */
	importRows(): number {
		const last = written.at(-1);
		if (last === undefined) throw new Error('no import to repeat');
		database?.transact(last);
		return last.entries.length;
	},

	/** Answers with how many entries there are, and how many bytes their hashes are made of. */
	async prepareLedger(wasm: string): Promise<{ entries: number; chain: number; everything: number }> {
		engine = new SqliteEngine({ sql: await loadSql(wasm), image: await readFile('image'), functions: [] });
		const db = asQueryable(engine);
		const [kernel] = await kernelStatus(db);
		if (kernel === undefined) throw new Error('there is no kernel');
		const entries: AuditEntry[] = [];
		for await (const slice of ledgerSlices(db, kernel.kernel_id)) entries.push(...slice.entries);
		const parts = chainMessages(entries);
		const chain = messagesOf(parts);
		const tree = treeMessages(entries.length);
		const everything = messagesOf([...parts, ...tree, ...(await proofMessages(db))]);
		const archives = await db.query('SELECT file FROM archive_files');
		packed = archives.flatMap(({ file }) => (file instanceof Uint8Array ? [new Uint8Array(file)] : []));
		const { kernel_id, variant, entries: size, root_hash: root } = kernel;
		ledger = { entries, head: { kernel_id, variant, size, root }, chain, everything };
		return { entries: entries.length, chain: chain.bytes.length, everything: everything.bytes.length };
	},

	/** The kernel's own verification of entries that are parsed already. */
	replay(): boolean {
		if (ledger === null) throw new Error('no ledger is loaded');
		const replay = new Replay({ sha256: sha256Hex });
		replay.push(ledger.entries);
		const { kernel_id, variant } = ledger.head;
		return replay.finish({ kernel_id, variant, head: ledger.head }).is_valid;
	},

	/** The same, with the entries read from a database by the app's own engine first. */
	async replayStored(): Promise<boolean> {
		if (engine === null || ledger === null) throw new Error('no ledger is stored');
		const db = asQueryable(engine);
		const replay = new Replay({ sha256: sha256Hex });
		const { kernel_id, variant } = ledger.head;
		for await (const { entries } of ledgerSlices(db, kernel_id)) replay.push(entries);
		return replay.finish({ kernel_id, variant, head: ledger.head }).is_valid;
	},

	/** One hash of each message. */
	async hash(hasher: Hasher, what: 'chain' | 'everything'): Promise<void> {
		if (ledger !== null) await hashers[hasher](ledger[what]);
	},

	/** What is packed, unpacked and read as JSON: nobody has it otherwise. */
	async unpack(): Promise<void> {
		for (const file of packed) {
			const plain = new Blob([file]).stream().pipeThrough(new DecompressionStream('gzip'));
			if (typeof (await new Response(plain).json()) !== 'object') throw new Error('an archive is none');
		}
	},

	/** The same bytes as one message: what no chain can be verified with, told only for its speed. */
	async hashWhole(): Promise<void> {
		if (ledger !== null) await crypto.subtle.digest('SHA-256', ledger.chain.bytes);
	}
};
export type Floor = typeof floor;

function asQueryable(opened: SqliteEngine): Queryable {
	return { dialect: 'sqlite', query: async (sql, params = []) => opened.execute(sql, params, 'read').rows };
}

expose(floor);
