import { readdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { openMemoryMirror } from '#app/memory-mirror.ts';
import type { OwnedCore } from '#app/tab.ts';
import type { Failure, Result } from '#base/result.ts';
import { uuidv7 } from '#base/uuid.ts';

const migrations = new URL('../../migrations/sqlite/', import.meta.url);

/** sql.js as Node loads it: its wasm file lies beside its script. */
export function loadSql(): Promise<SqlJsStatic> {
	const folder = dirname(createRequire(import.meta.url).resolve('sql.js'));
	return initSqlJs({ locateFile: (file: string) => join(folder, file) });
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** An empty mirror for one command. */
export async function openMirror(): Promise<Result<OwnedCore, Failure>> {
	return openMemoryMirror({
		sql: await loadSql(),
		migrations: readdirSync(migrations).map((name) => ({
			name,
			text: readFileSync(new URL(name, migrations), 'utf8')
		})),
		clock: Date.now,
		random
	});
}

/** An id for a request. */
export function newId(): string {
	return uuidv7(Date.now(), random);
}
