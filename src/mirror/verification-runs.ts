import type { Clock } from '#base/clock.ts';
import type { LedgerVerifying } from '#domain/ledger.ts';
import type { ViewParams } from '#domain/view.ts';
import { entryCount } from '#records/ledger.ts';
import { appliedVersions } from '#records/applied.ts';
import { archiveCount } from '#records/archive.ts';
import type { Queryable } from '#records/work.ts';
import { verifying, type Verifying } from '#mirror/verification.ts';

/** Milliseconds after which nobody waits any more for a verification that is not asked to go on: its page is gone. */
const patience = 60_000;

interface Run {
	readonly steps: Verifying;
	readonly door: Door;
	readonly of: number;
	/** What must not change while it goes on. */
	readonly shape: string;
	askedAt: number;
}

/**
 * Verifications that go on slice by slice, as whoever asks for them asks again: so commands have their turn in between, a page
 * that is closed stops its own, and a tab that does not hold the database is answered like any other. Where entries were
 * packed or the schema was changed in between, and where another tab has taken over meanwhile, it begins anew by itself.
 */
export class LedgerRuns {
	readonly #clock: Clock;
	readonly #runs = new Map<string, Run>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** One slice more of the run of that name, which begins with it; null once it is stopped. To be asked in one transaction. */
	async next(
		db: Queryable,
		{ run: name, then }: ViewParams<'ledger.verifying'>
	): Promise<LedgerVerifying | null> {
		this.#forgetAbandoned();
		const known = this.#runs.get(name);
		this.#runs.delete(name);
		if (then === 'stop') return null;
		const shape = await shapeOf(db);
		const run = known?.shape === shape ? known : await this.#begin(db, shape);
		run.door.db = db;
		run.askedAt = this.#clock();
		const step = await run.steps.next();
		if (step.done === true) {
			const { entries_verified } = step.value;
			return { done: entries_verified, of: entries_verified, found: step.value };
		}
		// One that broke is not kept: the next question begins it anew.
		this.#runs.set(name, run);
		return { done: step.value, of: Math.max(run.of, step.value), found: null };
	}

	async #begin(db: Queryable, shape: string): Promise<Run> {
		const door = new Door(db);
		return { steps: verifying(door), door, of: await entryCount(db), shape, askedAt: this.#clock() };
	}

	#forgetAbandoned(): void {
		for (const [name, { askedAt }] of this.#runs)
			if (this.#clock() - askedAt > patience) this.#runs.delete(name);
	}
}

/** Leads to the transaction of the slice that is on its way: the one before it is over. */
class Door implements Queryable {
	db: Queryable;

	constructor(db: Queryable) {
		this.db = db;
	}

	get dialect(): Queryable['dialect'] {
		return this.db.dialect;
	}

	query(...asked: Parameters<Queryable['query']>): ReturnType<Queryable['query']> {
		return this.db.query(...asked);
	}
}

/** Tells whether entries were packed, or tables made or taken away. */
async function shapeOf(db: Queryable): Promise<string> {
	return JSON.stringify([await archiveCount(db), await appliedVersions(db)]);
}
