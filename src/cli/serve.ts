import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Serves `build/` as any web server can: the files, `index.html` for every other path, and the headers of `build/_headers`.
 * `--no-headers` serves as a host that sends none; `--folder DIR` serves another build; `PORT=0` takes any free port.
 */
const { values: options } = parseArgs({
	options: { 'no-headers': { type: 'boolean', default: false }, folder: { type: 'string' } }
});
const root = resolve(options.folder ?? join(import.meta.dirname, '../../build'));
const port = Number(process.env['PORT'] ?? 4173);
const types: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.json': 'application/json',
	'.webmanifest': 'application/manifest+json',
	'.wasm': 'application/wasm',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.txt': 'text/plain; charset=utf-8'
};

const headers = options['no-headers'] ? {} : await policyHeaders();

const server = createServer((request, response) => {
	void (async () => {
		const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
		const file = await fileFor(path);
		if (file === null || (request.method !== 'GET' && request.method !== 'HEAD')) {
			response.writeHead(file === null ? 404 : 405, headers).end();
			return;
		}
		const immutable = path.startsWith('/_app/immutable/');
		response.writeHead(200, {
			...headers,
			'Content-Type': types[extname(file)] ?? 'application/octet-stream',
			'Cache-Control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache'
		});
		if (request.method === 'HEAD') response.end();
		else createReadStream(file).pipe(response);
	})().catch(() => response.writeHead(400, headers).end());
});

server.listen(port, () => {
	const { port: taken } = server.address() as AddressInfo;
	console.log(`Mirror OS: http://localhost:${taken}`);
});

async function policyHeaders(): Promise<Record<string, string>> {
	const text = await readFile(join(root, '_headers'), 'utf8');
	const lines = text.split('\n').filter((line) => line.startsWith('  '));
	return Object.fromEntries(
		lines.map((line) => [line.slice(2, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
	);
}

/** The file of a path; the app's page for every path that names none. Never outside of `build/`. */
async function fileFor(path: string): Promise<string | null> {
	const file = normalize(join(root, path));
	if (file !== root && !file.startsWith(root + sep)) return null;
	const found = await stat(file).catch(() => null);
	if (found?.isFile() === true) return file;
	return extname(path) === '' || path.endsWith('/') ? join(root, 'index.html') : null;
}
