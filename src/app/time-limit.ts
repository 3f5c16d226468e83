import type { Timer } from '#base/timer.ts';
import type { Row, SqlValue, Transaction } from '#storage/database.ts';

/** Milliseconds without a word to the database after which a tool is given up: it holds the database, and all others wait. */
const patience = 60_000;
/** So often it is waited on for one that goes on asking: what it does may be as large as a whole mirror. */
const most = 60;

/** Thrown where work did not end in time. */
export class TooLate extends Error {}

/**
 * Lends a transaction to work that may never come back: it ends as the work does, or rejects with `TooLate` once nothing came
 * of it for a minute, or it has not ended after an hour. The work cannot be stopped; but from then on nothing is read or
 * written through what it was lent.
 */
export async function inTime<T>(
	timer: Timer,
	tx: Transaction,
	work: (lent: Transaction) => Promise<T>
): Promise<T> {
	const lent = new Lent(tx);
	return new Promise((resolve, reject) => {
		let callOff = (): void => undefined;
		const wait = (round: number) => {
			const before = lent.calls;
			callOff = timer(patience, () => {
				if ((lent.calls > before || lent.isAsking) && round < most) return wait(round + 1);
				lent.takeBack();
				reject(new TooLate());
			});
		};
		wait(1);
		void work(lent)
			.then(resolve, reject)
			.finally(() => callOff());
	});
}

/** A transaction until it is taken back. */
class Lent implements Transaction {
	readonly dialect: Transaction['dialect'];
	/** How often it was used. */
	calls = 0;
	#asking = 0;
	#tx: Transaction | null;

	constructor(tx: Transaction) {
		this.dialect = tx.dialect;
		this.#tx = tx;
	}

	/** Whether the database has not answered yet. */
	get isAsking(): boolean {
		return this.#asking > 0;
	}

	takeBack(): void {
		this.#tx = null;
	}

	query(sql: string, params?: readonly SqlValue[]): Promise<Row[]> {
		return this.#use((tx) => tx.query(sql, params));
	}

	run(sql: string, params?: readonly SqlValue[]): Promise<number> {
		return this.#use((tx) => tx.run(sql, params));
	}

	script(sql: string): Promise<void> {
		return this.#use((tx) => tx.script(sql));
	}

	/** Not itself a question: what is done in it may never end. */
	async savepoint<T>(work: () => Promise<T>): Promise<T> {
		return this.#there().savepoint(work);
	}

	async #use<T>(ask: (tx: Transaction) => Promise<T>): Promise<T> {
		const tx = this.#there();
		this.calls++;
		this.#asking++;
		try {
			return await ask(tx);
		} finally {
			this.#asking--;
		}
	}

	#there(): Transaction {
		if (this.#tx === null) throw new Error('The time for this is over: nothing more is done.');
		return this.#tx;
	}
}
