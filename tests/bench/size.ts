import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { rounded, size, type Figure } from './report.ts';
import type { Session } from './session.ts';

/**
 * A first visit, and what it loads: JavaScript before the text field takes a key, and everything that is kept for offline.
 * Beside it what only the second engine loads.
 */
export async function sizeFigures(session: Session): Promise<Figure[]> {
	const origin = await session.origin();
	const seen = await origin.app((_page, started) => Promise.resolve(started), await origin.typing());
	if (seen.typed === null) throw new Error('the text field took nothing');
	const scripts = [...new Set(seen.scripts.map((url) => new URL(url).pathname))];
	const inline = [
		...read('index.html')
			.toString()
			.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)
	].map(([, text = '']) => text);
	const before = scripts.map((path) => packed(read(path)));
	const inlined = inline.map((text) => packed(Buffer.from(text)));
	// It is asked for before, too, although nothing waits for it.
	const worker = packed(read('service-worker.js'));
	const kept = precached();
	const postgres = (JSON.parse(read('_app/postgres-files.json').toString()) as string[]).map((path) => ({
		path,
		bytes: packed(read(path))
	}));
	return [
		size(
			'JavaScript before the text field takes a key, brotli',
			sum([...before, ...inlined, worker]),
			90_000,
			{
				files: scripts.length,
				inline_bytes: sum(inlined),
				service_worker_bytes: worker,
				typed_after_ms: rounded(seen.typed),
				ready_after_ms: rounded(seen.ready)
			}
		),
		size('precache, brotli', sum(kept.map((path) => packed(read(path)))), 6_000_000, { files: kept.length }),
		size(
			'what PostgreSQL takes once it is chosen, brotli',
			sum(postgres.map(({ bytes }) => bytes)),
			8_000_000,
			{
				files: postgres.length,
				seed_bytes: sum(
					postgres.filter(({ path }) => path.includes('/postgres-seed-')).map(({ bytes }) => bytes)
				)
			}
		)
	];
}

/** The files that the service worker of the build keeps. */
function precached(): string[] {
	const worker = read('service-worker.js').toString();
	const known = [...worker.matchAll(/"url":"([^"]+)"/g)].map(([, url = '']) => url);
	if (!known.includes('index.html')) throw new Error('the service worker keeps no page');
	const files = new Set(readdirSync('build', { recursive: true, encoding: 'utf8' }));
	const missing = known.filter((url) => !files.has(url));
	if (missing.length > 0) throw new Error(`the build lacks ${missing.join(', ')}`);
	return known;
}

function read(path: string): Buffer {
	return readFileSync(join('build', path));
}

function packed(bytes: Buffer): number {
	const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
	return brotliCompressSync(bytes, { params }).length;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
