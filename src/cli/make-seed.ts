import crypto from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { dateOfSeed, makeSeed } from '#app/postgres-seed.ts';

/**
 * The first step of a build: the database that PostgreSQL begins with, where `src/app/postgres.ts` looks for it. Made of
 * the same migrations it is the same file, so that a new version of the app brings none that a browser has already: the
 * clock stands at the newest migration, and chance is none.
 */
const from = 'migrations/postgres';
const to = '.svelte-kit/postgres-seed.data';

const names = await readdir(from);
const files = await Promise.all(
	names.map(async (name) => ({ name, text: await readFile(`${from}/${name}`, 'utf8') }))
);
const at = dateOfSeed(files);
standStill(at);
const seed = await makeSeed(files, () => at);
await mkdir('.svelte-kit', { recursive: true });
await writeFile(to, gzipSync(await seed.arrayBuffer(), { level: 9 }));

/** For all of this process. What PostgreSQL draws by chance is for logging in by passwords, which nobody does. */
function standStill(ms: number): void {
	Object.assign(crypto, { randomFillSync: (bytes: Uint8Array) => bytes.fill(0) });
	globalThis.Date = new Proxy(Date, {
		construct: (date, args) => Reflect.construct(date, args.length === 0 ? [ms] : args) as Date,
		get: (date, key) => (key === 'now' ? () => ms : (Reflect.get(date, key) as unknown))
	});
}
