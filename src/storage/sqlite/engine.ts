import type { SqlJsStatic } from 'sql.js';
import type { Row, SqlValue } from '#storage/database.ts';
import { forbidNondeterminism, registerFunction } from '#storage/sqlite/functions.ts';
import type { SqlFunction } from '#storage/sqlite/functions.ts';
import type { Changes } from '#storage/sqlite/record.ts';
import { checkParameters, checkText } from '#storage/parameters.ts';
import { statementKind } from '#storage/sqlite/statement.ts';
import { withoutBlank } from '#storage/statement.ts';
import type { Answer } from '#storage/transaction.ts';
import type { StatementKind } from '#storage/sqlite/statement.ts';

type Connection = InstanceType<SqlJsStatic['Database']>;
type Compiled = InstanceType<SqlJsStatic['Statement']>;

interface Prepared {
	readonly compiled: Compiled;
	readonly kind: StatementKind;
	/** How many parameters it takes. */
	readonly arity: number;
}

/** What a statement answered, and what kind of statement it was. */
interface KnownAnswer extends Answer {
	readonly kind: StatementKind;
}

export interface EngineOptions {
	readonly sql: SqlJsStatic;
	/** An SQLite file; null for an empty database. */
	readonly image: Uint8Array | null;
	readonly functions: readonly SqlFunction[];
}

const CACHED_STATEMENTS = 100;

/**
 * SQLite in memory, synchronous, with all that sql.js leaves to its caller: pragmas after opening, the guard against
 * functions that would replay differently, statements compiled once, parameters checked, one statement at a time, and
 * every failure an `Error`. It knows nothing of files and durability.
 */
export class SqliteEngine {
	readonly #connection: Connection;
	readonly #prepared = new Map<string, Prepared>();
	readonly #steps = new Map<string, Compiled>();
	#foreignKeys: 'on' | 'off' = 'on';

	/** Throws where the image is not an SQLite database. */
	constructor({ sql, image, functions }: EngineOptions) {
		this.#connection = new sql.Database(image);
		try {
			// Memory only, so SQLite's own care for the disk costs time and gives nothing. Nobody else opens its file: a lock that is
			// never given back spares each question the look for a journal that somebody left.
			this.#connection.exec(
				'pragma locking_mode=exclusive; pragma journal_mode=memory; pragma synchronous=off; pragma temp_store=memory; pragma cache_size=-8000;' +
					'pragma secure_delete=on; pragma trusted_schema=off; pragma foreign_keys=on;' +
					'select count(*) from sqlite_schema'
			);
			forbidNondeterminism(this.#connection);
			for (const each of functions) registerFunction(this.#connection, each);
		} catch (error) {
			this.#connection.close();
			throw asError(error);
		}
	}

	begin(foreignKeys: 'on' | 'off'): void {
		// SQLite ignores this pragma inside a transaction, so it is set before.
		if (foreignKeys !== this.#foreignKeys) this.#plain(`pragma foreign_keys=${foreignKeys}`);
		this.#foreignKeys = foreignKeys;
		this.#step('begin');
	}

	commit(): void {
		this.#step('commit');
	}

	/** Never throws: a statement may have ended the transaction by itself (OR ROLLBACK). */
	rollback(): void {
		try {
			this.#plain('rollback');
		} catch {
			// No transaction is left, which is what was wanted.
		}
	}

	openSavepoint(depth: number): void {
		this.#step(`savepoint s${depth}`);
	}

	releaseSavepoint(depth: number): void {
		this.#step(`release s${depth}`);
	}

	undoSavepoint(depth: number): void {
		this.#step(`rollback to s${depth}`);
		this.releaseSavepoint(depth);
	}

	/** What a statement with so many parameters would do. Throws where there is no such statement. */
	kindOf(sql: string, arity: number): StatementKind {
		return this.#prepare(sql, arity).kind;
	}

	/** Runs one statement. With `read` anything that would change rows or schema throws before it runs. */
	execute(sql: string, params: readonly SqlValue[], allowed: 'read' | 'write'): KnownAnswer {
		checkParameters(params);
		const { compiled, kind } = this.#prepare(sql, params.length);
		if (allowed === 'read' && kind !== 'read')
			throw new Error('Only a question can be asked here: this changes something.');
		try {
			compiled.bind(params as SqlValue[]);
			const rows: Row[] = [];
			let names: string[] | null = null;
			while (compiled.step()) rows.push(toRow((names ??= compiled.getColumnNames()), compiled.get()));
			return { kind, rows, changed: kind === 'change' ? this.#connection.getRowsModified() : 0 };
		} catch (error) {
			throw asError(error);
		} finally {
			compiled.reset();
		}
	}

	/** Runs the statements of a text one after the other. Stops at the first that fails. */
	script(sql: string): void {
		checkText(sql);
		// sql.js ends its iteration at an empty statement (";;"), so each is taken from a fresh one.
		for (let rest = withoutBlank(sql); rest !== '';) {
			statementKind(rest);
			const { first, behind } = this.#first(rest, (compiled) => {
				while (compiled.step());
			});
			if (!first) throw new Error('A part of the script is not a statement.');
			rest = behind;
		}
	}

	/** Repeats what a record says. Throws where it does not fit this database. */
	replay(changes: Changes): void {
		this.begin(changes.foreignKeys);
		try {
			for (const entry of changes.entries) {
				if (entry.kind === 'script') this.script(entry.sql);
				else this.execute(entry.sql, entry.params, 'write');
			}
			this.commit();
		} catch (error) {
			this.rollback();
			throw error;
		}
	}

	/** Throws where a row refers to one that is not there. */
	checkReferences(): void {
		const broken = this.execute('pragma foreign_key_check', [], 'read').rows;
		if (broken.length === 0) return;
		const tables = [...new Set(broken.map((row) => String(row['table'])))].join(', ');
		throw new Error(`${broken.length} rows would refer to rows that are gone (in ${tables}).`);
	}

	/** An SQLite file with the present state. Throws inside a transaction. */
	image(): Uint8Array {
		return this.#connection.export();
	}

	/** Rewrites the file where more than a quarter of it holds nothing, and SQLite has the memory for a second copy. */
	reclaim(): void {
		if (!this.#isSparse()) return;
		try {
			this.vacuum();
		} catch (error) {
			// SQLite undoes what it refuses. What was thrown through it (no memory for its file) left it half way.
			if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) throw error;
		}
	}

	/** Rewrites the whole file so that nothing of what was deleted is left in it. Throws inside a transaction. */
	vacuum(): void {
		this.#plain('vacuum');
	}

	close(): void {
		this.#connection.close();
	}

	#isSparse(): boolean {
		const count = (pragma: string) =>
			Number(Object.values(this.execute(`pragma ${pragma}`, [], 'read').rows[0] ?? {})[0]);
		return count('freelist_count') * 4 > count('page_count');
	}

	#plain(sql: string): void {
		try {
			this.#connection.run(sql);
		} catch (error) {
			throw asError(error);
		}
	}

	/** One of the few statements around all others: compiled once, and never forgotten. */
	#step(sql: string): void {
		try {
			const known = this.#steps.get(sql);
			const compiled = known ?? this.#connection.prepare(sql);
			if (known === undefined) this.#steps.set(sql, compiled);
			try {
				compiled.step();
			} finally {
				compiled.reset();
			}
		} catch (error) {
			throw asError(error);
		}
	}

	#prepare(sql: string, arity: number): Prepared {
		const known = this.#prepared.get(sql);
		if (known !== undefined) {
			if (known.arity !== arity) throw wrongArity(arity);
			this.#prepared.delete(sql);
			this.#prepared.set(sql, known);
			return known;
		}
		checkText(sql);
		const byWord = statementKind(sql);
		const { first, behind } = this.#first(sql, (compiled) => checkArity(compiled, arity));
		if (!first) throw new Error('There is no statement in the text.');
		if (behind !== '') throw new Error('One statement only: a script is for several.');
		const kind = byWord === 'with' ? this.#kindByPlan(sql) : byWord;
		return this.#keep(sql, { compiled: this.#connection.prepare(sql), kind, arity });
	}

	#keep(sql: string, prepared: Prepared): Prepared {
		this.#prepared.set(sql, prepared);
		if (this.#prepared.size > CACHED_STATEMENTS) {
			const [oldest, { compiled }] = this.#prepared.entries().next().value!;
			this.#prepared.delete(oldest);
			compiled.free();
		}
		return prepared;
	}

	/** Compiles the first statement of a text, lets `work` see it, frees it, and tells what stands behind it. */
	#first(sql: string, work: (compiled: Compiled) => void): { first: boolean; behind: string } {
		const iterator = this.#connection.iterateStatements(sql);
		try {
			for (const compiled of iterator) {
				const behind = withoutBlank(iterator.getRemainingSQL());
				work(compiled);
				return { first: true, behind };
			}
			return { first: false, behind: '' };
		} catch (error) {
			throw asError(error);
		}
	}

	/** A statement that writes opens its transaction for writing: the Transaction opcode has a P2 above 0. */
	#kindByPlan(sql: string): StatementKind {
		const [plan] = this.#connection.exec(`explain ${sql}`);
		const [opcode, p2] = [plan!.columns.indexOf('opcode'), plan!.columns.indexOf('p2')];
		const writes = plan!.values.some((row) => row[opcode] === 'Transaction' && Number(row[p2]) > 0);
		return writes ? 'change' : 'read';
	}
}

/** Throws unless a statement takes exactly so many parameters. sql.js would leave missing ones NULL without a word. */
function checkArity(compiled: Compiled, arity: number): void {
	if (!takes(compiled, arity) || takes(compiled, arity + 1)) throw wrongArity(arity);
}

function takes(compiled: Compiled, count: number): boolean {
	try {
		return compiled.bind(Array.from({ length: count }, () => 0));
	} catch {
		return false;
	} finally {
		compiled.reset();
	}
}

function wrongArity(arity: number): Error {
	return new Error(`The statement does not take just ${arity} parameters.`);
}

function toRow(names: readonly string[], values: readonly SqlValue[]): Row {
	const row: Row = {};
	for (let at = 0; at < names.length; at++) row[names[at]!] = values[at]!;
	return row;
}

/** sql.js throws texts for some failures. */
function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
