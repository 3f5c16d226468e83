import type { Dialect, Row, SqlValue, Transaction } from '#storage/database.ts';

/** What a statement answered. */
export interface Answer {
	readonly rows: Row[];
	/** 0 for what changes no rows. */
	readonly changed: number;
}

/**
 * What a transaction runs on: an engine between its BEGIN and its end. Each of these throws, or rejects, where it fails.
 * Savepoints are numbered by how deep they are, from 1.
 */
export interface Session {
	readonly dialect: Dialect;
	execute(sql: string, params: readonly SqlValue[]): Answer | Promise<Answer>;
	script(sql: string): void | Promise<void>;
	openSavepoint(depth: number): void | Promise<void>;
	releaseSavepoint(depth: number): void | Promise<void>;
	/** Undoes what came after it began, and forgets it. */
	undoSavepoint(depth: number): void | Promise<void>;
}

/** The rules of `Transaction` over any engine: what is over, what is doomed, and how savepoints nest. */
export class SessionTransaction implements Transaction {
	readonly dialect: Dialect;
	readonly #session: Session;
	readonly #savepoints: number[] = [];
	/** The first failure since the innermost savepoint began; its statement may have left half of itself behind. */
	#doom: Error | null = null;
	/** Why no savepoint can mend it any more. */
	#lost: Error | null = null;
	#isOver = false;
	/** How many steps an engine has begun and not ended, and what is called when none is left. */
	#running = 0;
	#onIdle: () => void = () => undefined;

	constructor(session: Session) {
		this.#session = session;
		this.dialect = session.dialect;
	}

	async query(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
		return (await this.#attempt(() => this.#session.execute(sql, params))).rows;
	}

	async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
		return (await this.#attempt(() => this.#session.execute(sql, params))).changed;
	}

	async script(sql: string): Promise<void> {
		await this.#attempt(() => this.#session.script(sql));
	}

	async savepoint<T>(work: () => Promise<T>): Promise<T> {
		const depth = this.#savepoints.length + 1;
		await this.#attempt(() => {
			this.#savepoints.push(depth);
			return this.#session.openSavepoint(depth);
		});
		try {
			const value = await work();
			this.#check();
			this.#checkOpen();
			this.#leave(depth);
			await this.#attempt(() => this.#session.releaseSavepoint(depth));
			return value;
		} catch (error) {
			await this.#undo(depth);
			throw error;
		}
	}

	/** Ends the use of this object, once all that it began has ended. Rejects where the transaction must not be committed. */
	async finish(): Promise<void> {
		await this.abandon();
		this.#check();
		if (this.#savepoints.length > 0) throw new Error('A savepoint was not awaited: its end is not known.');
	}

	/**
	 * Ends the use of this object, whatever it did. Resolves once all that it began has ended: nothing that nobody waited for
	 * fails unseen, or runs on into the next transaction.
	 */
	async abandon(): Promise<void> {
		this.#isOver = true;
		if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
	}

	async #attempt<T>(work: () => T | Promise<T>): Promise<T> {
		this.#checkOpen();
		if (this.#doom !== null)
			throw new Error('A statement before failed, so nothing more can run.', { cause: this.#doom });
		this.#running++;
		try {
			return await work();
		} catch (error) {
			this.#doom ??= error as Error;
			throw error;
		} finally {
			this.#ended();
		}
	}

	#ended(): void {
		if (--this.#running === 0) this.#onIdle();
	}

	#checkOpen(): void {
		if (this.#isOver) throw new Error('The transaction is over: its work has already settled.');
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

	async #undo(depth: number): Promise<void> {
		if (this.#isOver || this.#lost !== null) return;
		this.#running++;
		try {
			if (this.#savepoints.includes(depth)) this.#leave(depth);
			await this.#session.undoSavepoint(depth);
			this.#doom = null;
		} catch (error) {
			// A statement ended the whole transaction (OR ROLLBACK), or savepoints overlap: nothing can be kept.
			this.#lost ??= error as Error;
		} finally {
			this.#ended();
		}
	}
}
