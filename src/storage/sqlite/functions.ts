import type { SqlJsStatic } from 'sql.js';
import type { SqlValue } from '#storage/database.ts';

/** A function for SQL. It must be deterministic; its number of declared parameters is its arity. */
export interface SqlFunction {
	readonly name: string;
	readonly run: (...args: SqlValue[]) => SqlValue;
}

/**
 * What would give another answer when the journal is replayed: clocks, randomness, and counters of the connection. -1: any
 * number of arguments, as these functions of SQLite are declared.
 */
const nondeterministic: readonly (readonly [name: string, arity: number])[] = [
	['random', 0],
	['randomblob', 1],
	['current_timestamp', 0],
	['current_date', 0],
	['current_time', 0],
	['date', -1],
	['time', -1],
	['datetime', -1],
	['julianday', -1],
	['unixepoch', -1],
	['strftime', -1],
	['timediff', 2],
	['changes', 0],
	['total_changes', 0],
	['last_insert_rowid', 0]
];

type Connection = InstanceType<SqlJsStatic['Database']>;

/** Makes every function throw whose result would differ in a replay, in statements, triggers and column defaults alike. */
export function forbidNondeterminism(connection: Connection): void {
	for (const [name, arity] of nondeterministic) {
		register(connection, name, arity, () => {
			throw new Error(`${name} is not allowed in SQL: times, random values and ids are parameters.`);
		});
	}
}

/** Makes a function of the caller's usable in queries. Not in triggers and schemas: a journal must replay without it. */
export function registerFunction(connection: Connection, { name, run }: SqlFunction): void {
	register(connection, name, run.length, run);
}

function register(connection: Connection, name: string, arity: number, run: SqlFunction['run']): void {
	// sql.js takes the arity from the function's length.
	const wrapped = (...args: SqlValue[]) => run(...args);
	Object.defineProperty(wrapped, 'length', { value: arity });
	connection.create_function(name, wrapped);
}
