import { storageError, storageFailure } from '#storage/database.ts';
import type { Row, SqlValue, Transaction } from '#storage/database.ts';
import type { Answer, SqliteEngine } from '#storage/sqlite/engine.ts';
import type { RecordWriter } from '#storage/sqlite/record.ts';

const readOnly = storageFailure('read_only', 'The database was opened only to read. Nothing was changed.');

/** The statements of one transaction: each is executed, and recorded when it succeeded and is not only a question. */
export class SqliteTransaction implements Transaction {
	readonly #engine: SqliteEngine;
	/** Null: nothing may be written. */
	readonly #writer: RecordWriter | null;
	readonly #savepoints: number[] = [];
	/** The first failure since the innermost savepoint began; its statement may have left half of itself behind. */
	#doom: Error | null = null;
	/** Why no savepoint can mend it any more. */
	#lost: Error | null = null;
	#isOver = false;

	constructor(engine: SqliteEngine, writer: RecordWriter | null) {
		this.#engine = engine;
		this.#writer = writer;
	}

	async query(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
		return this.#execute(sql, params).rows;
	}

	async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
		return this.#execute(sql, params).changed;
	}

	async script(sql: string): Promise<void> {
		this.#attempt(() => {
			this.#recorder().script(sql);
			this.#engine.script(sql);
		});
	}

	async savepoint<T>(work: () => Promise<T>): Promise<T> {
		const depth = this.#attempt(() => this.#engine.openSavepoint());
		const mark = this.#writer?.mark ?? 0;
		this.#savepoints.push(depth);
		try {
			const value = await work();
			this.#check();
			this.#leave(depth);
			this.#attempt(() => this.#engine.releaseSavepoint(depth));
			return value;
		} catch (error) {
			this.#undo(depth, mark);
			throw error;
		}
	}

	/** Ends the use of this object. Throws where the transaction must not be committed. */
	finish(): void {
		this.#isOver = true;
		this.#check();
		if (this.#savepoints.length > 0) throw new Error('A savepoint was not awaited: its end is not known.');
	}

	/** Ends the use of this object, whatever it did. */
	abandon(): void {
		this.#isOver = true;
	}

	#execute(sql: string, params: readonly SqlValue[]): Answer {
		return this.#attempt(() => {
			if (this.#writer === null && this.#engine.kindOf(sql, params.length) !== 'read') this.#recorder();
			const answer = this.#engine.execute(sql, params, 'write');
			if (answer.kind !== 'read') this.#recorder().statement(sql, params);
			return answer;
		});
	}

	#attempt<T>(work: () => T): T {
		if (this.#isOver) throw new Error('The transaction is over: its work has already settled.');
		if (this.#doom !== null)
			throw new Error('A statement before failed, so nothing more can run.', { cause: this.#doom });
		try {
			return work();
		} catch (error) {
			this.#doom = error as Error;
			throw error;
		}
	}

	#recorder(): RecordWriter {
		if (this.#writer === null) throw storageError(readOnly);
		return this.#writer;
	}

	#check(): void {
		const reason = this.#lost ?? this.#doom;
		if (reason !== null) throw reason;
	}

	/** Leaves the innermost savepoint. Where another one is still open inside, the order of both is lost. */
	#leave(depth: number): void {
		if (this.#savepoints.at(-1) !== depth)
			throw (this.#lost ??= new Error('Savepoints may nest, not overlap.'));
		this.#savepoints.pop();
	}

	#undo(depth: number, mark: number): void {
		if (this.#isOver || this.#lost !== null) return;
		try {
			if (this.#savepoints.includes(depth)) this.#leave(depth);
			this.#engine.undoSavepoint(depth);
			this.#writer?.rewind(mark);
			this.#doom = null;
		} catch (error) {
			// A statement ended the whole transaction (OR ROLLBACK), or savepoints overlap: nothing can be kept.
			this.#lost ??= error as Error;
		}
	}
}
