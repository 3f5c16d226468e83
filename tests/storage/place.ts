import type { Database, OpenResult, SqlValue, Transaction } from '#storage/database.ts';

/* The words of the contract. Nothing of Node and no test runner in here: they are used in browsers too. */

/** One place where one database is kept: opened again, it holds what was written before. */
export interface Place {
	open(): Promise<Database>;
}

/** A place by what opens it; a failure to open is an error of the case. */
export function placeOf(open: () => Promise<OpenResult>): Place {
	return {
		open: async () => {
			const result = await open();
			if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
			return result.value.database;
		}
	};
}

export interface ContractCase {
	readonly name: string;
	/** Rejects where the guarantee does not hold. */
	run(place: Place): Promise<void>;
}

export async function withItems(place: Place): Promise<Database> {
	const database = await place.open();
	const bytes = database.dialect === 'sqlite' ? 'blob' : 'bytea';
	await database.transaction((tx) =>
		tx.script(`create table item (id text primary key, n double precision, note text, bytes ${bytes})`)
	);
	return database;
}

export function add(tx: Transaction, id: string, n: number): Promise<number> {
	return tx.run('insert into item (id, n) values ($1, $2)', [id, n]);
}

export async function ids(database: Database): Promise<SqlValue[]> {
	return (await database.query('select id from item order by id')).map(({ id }) => id!);
}

export async function idsAfterRestart(database: Database, place: Place): Promise<SqlValue[]> {
	await database.close();
	const again = await place.open();
	const found = await ids(again);
	await again.close();
	return found;
}

/** Throws unless two values are alike, byte for byte. */
export function same(actual: unknown, expected: unknown): void {
	const [a, b] = [shown(actual), shown(expected)];
	if (a !== b) throw new Error(`expected ${b}, found ${a}`);
}

function shown(value: unknown): string {
	return JSON.stringify(value, (_, each: unknown) =>
		each instanceof Uint8Array ? { bytes: [...each] } : each
	);
}

/** The error that a promise rejects with; throws where it does not. */
export async function rejected(promise: Promise<unknown>): Promise<unknown> {
	const outcome = await promise.then(
		() => null,
		(error: unknown) => ({ error })
	);
	if (outcome === null) throw new Error('expected a rejection');
	return outcome.error;
}
