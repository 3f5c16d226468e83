import type { Timer } from '#base/timer.ts';
import type { Row, SqlValue, Transaction } from '#storage/database.ts';

/** Milliseconds that a tool may take. It holds the database all the while, and whatever else is asked waits. */
const usual = 120_000;
/** What brings in, takes out or takes back a whole mirror takes as long as that is large, on a slow phone too. */
const long = 1_800_000;
const longKinds: ReadonlySet<string> = new Set(['import.run', 'bundle.export', 'change.undo']);

/** Thrown where work did not end in time. */
export class TooLate extends Error {}

/**
 * Lends a transaction to work that may never come back: it ends as the work does, or rejects with `TooLate` once its time is
 * over. The work cannot be stopped; but from then on nothing is read or written through what it was lent.
 */
export async function inTime<T>(
	{ timer, kind }: { readonly timer: Timer; readonly kind: string },
	tx: Transaction,
	work: (lent: Transaction) => Promise<T>
): Promise<T> {
	const lent = new Lent(tx);
	return new Promise((resolve, reject) => {
		const callOff = timer(longKinds.has(kind) ? long : usual, () => {
			lent.takeBack();
			reject(new TooLate());
		});
		void work(lent).then(resolve, reject).finally(callOff);
	});
}

class Lent implements Transaction {
	readonly dialect: Transaction['dialect'];
	#tx: Transaction | null;

	constructor(tx: Transaction) {
		this.dialect = tx.dialect;
		this.#tx = tx;
	}

	takeBack(): void {
		this.#tx = null;
	}

	async query(sql: string, params?: readonly SqlValue[]): Promise<Row[]> {
		return this.#there().query(sql, params);
	}

	async run(sql: string, params?: readonly SqlValue[]): Promise<number> {
		return this.#there().run(sql, params);
	}

	async script(sql: string): Promise<void> {
		return this.#there().script(sql);
	}

	async savepoint<T>(work: () => Promise<T>): Promise<T> {
		return this.#there().savepoint(work);
	}

	#there(): Transaction {
		if (this.#tx === null) throw new Error('The time for this is over: nothing more is done.');
		return this.#tx;
	}
}
