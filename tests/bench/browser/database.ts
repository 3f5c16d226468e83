import initSqlJs, { type SqlJsStatic } from 'sql.js';
import type { SqlValue } from '#storage/database.ts';
import { decodeJournalHeader } from '#storage/sqlite/header.ts';
import { decodePayload, RECORD_HEAD, type Entry } from '#storage/sqlite/record.ts';
import { scanJournal } from '#storage/sqlite/scan.ts';

type Connection = InstanceType<SqlJsStatic['Database']>;
type Compiled = InstanceType<SqlJsStatic['Statement']>;

/** What one transaction of the app wrote, as its journal has it. */
export interface Written {
	readonly entries: readonly Entry[];
	/** Bytes of its record. */
	readonly length: number;
}

/** The transactions in a journal, in their order. */
export function writtenIn(journal: Uint8Array): Written[] {
	const read = decodeJournalHeader(journal);
	if (read.kind !== 'valid') throw new Error('this is no journal');
	return scanJournal(journal, read.header).records.map(({ payload }) => {
		const changes = decodePayload(payload);
		if (changes === null) throw new Error('this is no record');
		return { entries: changes.entries, length: RECORD_HEAD + payload.length };
	});
}

/**
 * sql.js and nothing around it: no checks of parameters, no guards, no queue. In memory, with the pragmas that make it
 * fastest, and with its statements compiled once.
 */
export class BareDatabase {
	readonly #connection: Connection;
	readonly #compiled = new Map<string, Compiled>();

	constructor(sql: SqlJsStatic, image: Uint8Array) {
		this.#connection = new sql.Database(image);
		this.#connection.exec(
			'pragma journal_mode=memory; pragma synchronous=off; pragma temp_store=memory; pragma cache_size=-8000; pragma foreign_keys=on'
		);
	}

	/** Executes what a transaction did; `durably` is called before it is committed, as the app appends its record. */
	transact({ entries }: Written, durably?: () => void): void {
		this.#run('begin', []);
		for (const entry of entries) {
			if (entry.kind === 'script') throw new Error('only statements are repeated');
			this.#run(entry.sql, entry.params);
		}
		durably?.();
		this.#run('commit', []);
	}

	/** Rows of several tables, whatever they refer to, in one transaction. */
	insert(tables: readonly { readonly sql: string; readonly rows: readonly (readonly SqlValue[])[] }[]): void {
		this.#connection.exec('pragma foreign_keys=off');
		this.#run('begin', []);
		for (const { sql, rows } of tables) for (const row of rows) this.#run(sql, row);
		this.#run('commit', []);
	}

	/** The values of all rows. */
	values(sql: string, params: readonly SqlValue[]): SqlValue[][] {
		const compiled = this.#prepare(sql);
		compiled.bind(params as SqlValue[]);
		const rows: SqlValue[][] = [];
		while (compiled.step()) rows.push(compiled.get());
		compiled.reset();
		return rows;
	}

	close(): void {
		this.#connection.close();
	}

	#run(sql: string, params: readonly SqlValue[]): void {
		this.#prepare(sql).run(params as SqlValue[]);
	}

	#prepare(sql: string): Compiled {
		const known = this.#compiled.get(sql);
		if (known !== undefined) return known;
		const compiled = this.#connection.prepare(sql);
		this.#compiled.set(sql, compiled);
		return compiled;
	}
}

let loaded: Promise<SqlJsStatic> | null = null;

export function loadSql(wasm: string): Promise<SqlJsStatic> {
	return (loaded ??= initSqlJs({ locateFile: () => wasm }));
}
