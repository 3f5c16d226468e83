import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import type { OpenResult } from '#storage/database.ts';
import { pgliteConnection, type Connection } from '#storage/postgres/connection.ts';
import { openPostgres, type PostgresDatabase } from '#storage/postgres/database.ts';

/** One PostgreSQL in memory for a whole test file: a start takes seconds, a schema nothing. */
let shared: Promise<Connection> | null = null;
let schemas = 0;
let turn: Promise<void> = Promise.resolve();

/** A place of its own in the shared PostgreSQL: a schema that stays when it is closed, and is there when it is opened again. */
export interface PostgresPlace {
	readonly schema: string;
	isNew: boolean;
}

export function postgresPlace(): PostgresPlace {
	return { schema: `place_${++schemas}`, isNew: true };
}

export async function openPlace(place: PostgresPlace): Promise<OpenResult<PostgresDatabase>> {
	const { isNew } = place;
	place.isNew = false;
	return openPostgres(() => connectTo(place.schema, isNew), { isNew });
}

/** In memory, from the one that was made before all tests (prepare-postgres.ts). */
function start(): Promise<PGlite> {
	const prepared = new Blob([readFileSync(String(process.env['MIRROR_POSTGRES']))]);
	return PGlite.create({ dataDir: 'memory://', loadDataDir: prepared });
}

/** A session of one schema: from BEGIN to its end no other schema has its turn. */
async function connectTo(schema: string, isNew: boolean): Promise<Connection> {
	const connection = await (shared ??= start().then(pgliteConnection));
	let release: (() => void) | null = null;
	const take = async () => {
		const before = turn;
		let end = (): void => undefined;
		turn = new Promise((resolve) => (end = resolve));
		await before;
		release = end;
		await connection.command('set default_transaction_read_only = off');
		if (isNew) await connection.command(`create schema if not exists ${schema}`);
		await connection.command(`set search_path = ${schema}`);
		await connection.command('set default_transaction_read_only = on');
	};
	const give = () => {
		release?.();
		release = null;
	};
	const inTurn = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
		const isAlone = release === null;
		if (isAlone) await take();
		let isOver = isAlone && !sql.startsWith('begin');
		try {
			const answer = await run();
			isOver ||= sql === 'commit' || sql === 'rollback';
			return answer;
		} catch (error) {
			isOver ||= sql === 'rollback';
			throw error;
		} finally {
			if (isOver) give();
		}
	};
	return {
		query: (sql, params) => inTurn(sql, () => connection.query(sql, params)),
		command: (sql) => inTurn(sql, () => connection.command(sql)),
		hasRoom: () => connection.hasRoom(),
		close: async () => undefined
	};
}
