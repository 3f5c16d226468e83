import 'fake-indexeddb/auto';
import { openSqlite } from '#storage/sqlite/database.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { openPlace, postgresPlace } from './postgres.ts';
import { databaseContract } from './run-contract.ts';
import { digest, openSlots, sql } from './sql.ts';

databaseContract('SQLite over slots', () => {
	const files = memorySlots();
	return () => openSlots(files);
});

let count = 0;
databaseContract('SQLite over IndexedDB', () => {
	const name = `contract-${count++}`;
	return () => openSqlite({ sql, store: new IndexedDbStore({ name, digest }) });
});

databaseContract('PostgreSQL in memory', () => {
	const place = postgresPlace();
	return () => openPlace(place);
});
