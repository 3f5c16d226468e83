import { storageError, storageFailure, type SqlValue } from '#storage/database.ts';
import type { Answer, Session } from '#storage/transaction.ts';
import type { SqliteEngine } from '#storage/sqlite/engine.ts';
import type { Recorder } from '#storage/sqlite/record.ts';

const readOnly = storageFailure('read_only', 'The database was opened only to read. Nothing was changed.');

/** SQLite inside one transaction: each statement is executed, and recorded when it succeeded and is not only a question. */
export class SqliteSession implements Session {
	readonly dialect = 'sqlite';
	readonly #engine: SqliteEngine;
	/** Null: nothing may be written. */
	readonly #writer: Recorder | null;
	/** How far was recorded when each open savepoint began. */
	readonly #marks: number[] = [];

	constructor(engine: SqliteEngine, writer: Recorder | null) {
		this.#engine = engine;
		this.#writer = writer;
	}

	execute(sql: string, params: readonly SqlValue[]): Answer {
		if (this.#writer === null && this.#engine.kindOf(sql, params.length) !== 'read') this.#recorder();
		const answer = this.#engine.execute(sql, params, 'write');
		if (answer.kind !== 'read') this.#recorder().statement(sql, params);
		return answer;
	}

	script(sql: string): void {
		this.#recorder().script(sql);
		this.#engine.script(sql);
	}

	openSavepoint(depth: number): void {
		this.#engine.openSavepoint(depth);
		this.#marks[depth] = this.#writer?.mark ?? 0;
	}

	releaseSavepoint(depth: number): void {
		this.#engine.releaseSavepoint(depth);
	}

	undoSavepoint(depth: number): void {
		this.#engine.undoSavepoint(depth);
		this.#writer?.rewind(this.#marks[depth] ?? 0);
	}

	#recorder(): Recorder {
		if (this.#writer === null) throw storageError(readOnly);
		return this.#writer;
	}
}
