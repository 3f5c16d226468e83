import type { OpenResult } from '#storage/database.ts';
import type { MigrationFile } from '#storage/migration.ts';
import type { OpfsTree } from '#storage/opfs.ts';
import { createPool, openPool, type PoolDependencies, type PostgresProgram } from '#storage/postgres/pool.ts';
import { loadPostgres } from '#app/load-postgres.ts';
import { names } from '#app/names.ts';
import { ownUrl } from '#app/own-url.ts';

/* Everything of the second engine. It is loaded when a person has chosen it, and not before. */

const partUrls = import.meta.glob<string>(
	[
		'../../node_modules/@electric-sql/pglite/dist/{pglite.wasm,initdb.wasm,pglite.data}',
		// The database that a new one begins as: `src/cli/make-seed.ts` puts it there.
		'../../.svelte-kit/postgres-seed.data'
	],
	{ query: '?url', import: 'default', eager: true, exhaustive: true }
);

const migrationTexts = import.meta.glob<string>('../../migrations/postgres/*.sql', {
	query: '?raw',
	import: 'default',
	eager: true
});

/** The development server lays down a database from nothing: a seed may be older than the migrations that are written. */
const withoutSeed = import.meta.env.DEV;

/** A module of WebAssembly with nothing in it, in place of the program that a seed saves: PGlite fetches what it is not given. */
const emptyModule = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

export const postgresMigrations: readonly MigrationFile[] = Object.entries(migrationTexts).map(
	([path, text]) => ({ name: fileName(path), text })
);

export function openPostgresPool(root: OpfsTree): Promise<OpenResult> {
	return openPool(over(root));
}

/** @throws a `StorageFailure` where the seed does not come. */
export async function createPostgresPool(root: OpfsTree): Promise<OpenResult> {
	return createPool(over(root), await loadSeed());
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

/**
 * What PGlite needs beside its script: where there is a seed, without the program that lays down a database from nothing.
 * Rejects with a `StorageFailure` where a part cannot be loaded.
 */
export function loadProgram(): Promise<PostgresProgram> {
	return loadPostgres(async () => {
		const [pgliteWasmModule, initdbWasmModule, fsBundle] = await Promise.all([
			part('pglite.wasm').then((answer) => WebAssembly.compileStreaming(answer)),
			withoutSeed ? part('initdb.wasm').then((answer) => WebAssembly.compileStreaming(answer)) : emptyModule,
			part('pglite.data').then((answer) => answer.blob())
		]);
		return { pgliteWasmModule, initdbWasmModule, fsBundle };
	});
}

/** What `createPool` begins with; by its type PGlite knows that it is packed. Null in the development server. */
export function loadSeed(): Promise<Blob | null> {
	return loadPostgres(async () => {
		if (withoutSeed) return null;
		const seed = await (await part('postgres-seed.data')).blob();
		return new Blob([seed], { type: 'application/gzip' });
	});
}

async function part(name: string): Promise<Response> {
	const url = Object.entries(partUrls).find(([path]) => fileName(path) === name)?.[1];
	if (url === undefined) throw new Error(`${name} is not part of this build`);
	const answer = await fetch(ownUrl(url));
	if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
	return answer;
}

function fileName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
