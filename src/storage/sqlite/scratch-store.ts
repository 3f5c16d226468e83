import { ok } from '#base/result.ts';
import type { Backlog, Store } from '#storage/sqlite/store.ts';

const done = ok(undefined);

/** A store of a database that lives in memory alone: nothing is kept, so nothing is recorded. Always new. */
export class ScratchStore implements Store {
	readonly keeps = 'nothing';
	readonly backlog: Backlog = { records: 0, bytes: 0 };

	async load() {
		return ok({ fresh: true, image: null, records: [], notices: [] });
	}

	async create() {
		return done;
	}

	async append() {
		return done;
	}

	async snapshot() {
		return done;
	}

	async forget() {
		return ok(true);
	}

	async close() {}
}
