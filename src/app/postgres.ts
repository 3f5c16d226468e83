import { storageError, storageFailure } from '#storage/database.ts';
import type { OpenResult } from '#storage/database.ts';
import type { MigrationFile } from '#storage/migration.ts';
import type { OpfsTree } from '#storage/opfs.ts';
import { createPool, openPool, type PoolDependencies, type PostgresProgram } from '#storage/postgres/pool.ts';
import { names } from '#app/names.ts';

/* Everything of the second engine. It is loaded when a person has chosen it, and not before. */

const partUrls = import.meta.glob<string>(
	'../../node_modules/@electric-sql/pglite/dist/{pglite.wasm,initdb.wasm,pglite.data}',
	{ query: '?url', import: 'default', eager: true }
);

const migrationTexts = import.meta.glob<string>('../../migrations/postgres/*.sql', {
	query: '?raw',
	import: 'default',
	eager: true
});

export const postgresMigrations: readonly MigrationFile[] = Object.entries(migrationTexts).map(
	([path, text]) => ({ name: fileName(path), text })
);

export function openPostgresPool(root: OpfsTree): Promise<OpenResult> {
	return openPool(over(root));
}

export function createPostgresPool(root: OpfsTree): Promise<OpenResult> {
	return createPool(over(root), null);
}

function over(root: OpfsTree): PoolDependencies {
	return {
		root,
		folder: names.postgres,
		program: loadProgram,
		after: (ms, then) => {
			const timer = setTimeout(then, ms);
			return () => clearTimeout(timer);
		}
	};
}

/** What PGlite needs beside its script. Rejects with a `StorageFailure` where a part cannot be loaded. */
export async function loadProgram(): Promise<PostgresProgram> {
	try {
		const [pgliteWasmModule, initdbWasmModule, fsBundle] = await Promise.all([
			part('pglite.wasm').then((answer) => WebAssembly.compileStreaming(answer)),
			part('initdb.wasm').then((answer) => WebAssembly.compileStreaming(answer)),
			part('pglite.data').then((answer) => answer.blob())
		]);
		return { pgliteWasmModule, initdbWasmModule, fsBundle };
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw storageError(
			storageFailure(
				'failed',
				`PostgreSQL could not be loaded (${why}). Nothing was changed. Look at the network connection, then reload the page.`
			)
		);
	}
}

async function part(name: string): Promise<Response> {
	const url = Object.entries(partUrls).find(([path]) => fileName(path) === name)?.[1];
	if (url === undefined) throw new Error(`${name} is not part of this build`);
	const answer = await fetch(url);
	if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
	return answer;
}

function fileName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
