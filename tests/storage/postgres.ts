import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import type { OpenResult } from '#storage/database.ts';
import { pgliteConnection, type Connection } from '#storage/postgres/connection.ts';
import { openPostgres, type PostgresDatabase } from '#storage/postgres/database.ts';

/** A PostgreSQL in memory that many mirrors share: a start takes seconds, a schema nothing. */
class Server {
	#connection: Promise<Connection> | null = null;
	/** Ends when it is the next one's turn. */
	turn: Promise<void> = Promise.resolve();
	places = 0;

	connection(): Promise<Connection> {
		return (this.#connection ??= start().then(pgliteConnection));
	}
}

let server = new Server();
/** Its catalogue grows with each schema, and with it what every question costs. */
const placesOfOne = 60;

/** A place of its own in a shared PostgreSQL: a schema that stays when it is closed, and is there when it is opened again. */
export interface PostgresPlace {
	readonly server: Server;
	readonly schema: string;
	isNew: boolean;
}

export function postgresPlace(): PostgresPlace {
	if (server.places === placesOfOne) server = new Server();
	return { server, schema: `place_${++server.places}`, isNew: true };
}

export async function openPlace(place: PostgresPlace): Promise<OpenResult<PostgresDatabase>> {
	const { isNew } = place;
	place.isNew = false;
	return openPostgres(() => connectTo(place, isNew), { isNew });
}

/** In memory, from the one that was made before all tests (prepare-postgres.ts). */
function start(): Promise<PGlite> {
	const prepared = new Blob([readFileSync(String(process.env['MIRROR_POSTGRES']))]);
	return PGlite.create({ dataDir: 'memory://', loadDataDir: prepared });
}

/** A session of one schema: from BEGIN to its end no other schema has its turn. */
async function connectTo({ server, schema }: PostgresPlace, isNew: boolean): Promise<Connection> {
	const connection = await server.connection();
	let release: (() => void) | null = null;
	const take = async () => {
		const before = server.turn;
		let end = (): void => undefined;
		server.turn = new Promise((resolve) => (end = resolve));
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
