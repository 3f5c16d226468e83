import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addScripts } from '../browser/bundle.ts';
import { Build } from '../browser/host.ts';

/** What runs in the browser beside the app. */
const scripts = {
	watch: new URL('./browser/watch.ts', import.meta.url),
	page: new URL('./browser/page.ts', import.meta.url),
	bare: new URL('./browser/bare.worker.ts', import.meta.url),
	floor: new URL('./browser/floor.worker.ts', import.meta.url),
	postgres: new URL('./browser/postgres.worker.ts', import.meta.url)
};

/**
 * A copy of the production build with the floors beside it, so that both run on one origin, under one policy, from one
 * server and one service worker. The app's own scripts are not touched; of the other files three things change:
 * - the policy knows one more name of Trusted Types, under which the page may start the floor's workers;
 * - every answer also says `Cross-Origin-Embedder-Policy: require-corp`: only then a page's clock shows steps of 5 µs;
 * - the service worker keeps the floor's files too, so that their workers start as fast as the app's.
 */
export class Stage {
	readonly #build: Build;
	/** Where the app's own sql.js is served: the floor starts from the very same bytes. */
	readonly wasm: string;

	private constructor(build: Build) {
		this.#build = build;
		const assets = '_app/immutable/workers/assets';
		const wasm = readdirSync(join(build.folder, assets)).find((name) => /^sql-wasm.*\.wasm$/.test(name));
		if (wasm === undefined) throw new Error('the build has no sql.js');
		this.wasm = `/${assets}/${wasm}`;
	}

	static async make(): Promise<Stage> {
		if (!existsSync('build/service-worker.js')) {
			const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] });
			if (status !== 0) throw new Error('the app was not built');
		}
		if (!isCurrent()) console.error('build/ is older than the sources: what is measured is the older one.');
		const build = new Build();
		await addFloors(build.folder);
		allow(build);
		return new Stage(build);
	}

	get folder(): string {
		return this.#build.folder;
	}

	/** The script that notes when things happen in a page, from its beginning on. */
	get watchScript(): string {
		return join(this.folder, 'bench/watch.js');
	}

	/** Serves bytes as `/bench/data/NAME`. */
	put(name: string, bytes: Uint8Array): void {
		mkdirSync(join(this.folder, 'bench/data'), { recursive: true });
		writeFileSync(join(this.folder, 'bench/data', name), bytes);
	}

	remove(): void {
		this.#build.remove();
	}
}

function isCurrent(): boolean {
	const built = statSync('build/service-worker.js').mtimeMs;
	const sources = ['src', 'static', 'migrations'].flatMap((folder) =>
		readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
	);
	return sources.every((path) => statSync(path).mtimeMs < built);
}

async function addFloors(folder: string): Promise<void> {
	await addScripts(folder, 'bench', scripts);
	const page =
		'<!doctype html><meta charset="utf-8"><title>Bench</title><script type="module" src="/bench/page.js"></script>';
	writeFileSync(join(folder, 'bench/floor.html'), page);
}

function allow(build: Build): void {
	const name = (text: string) => text.replace('trusted-types ', 'trusted-types bench-script ');
	const opener = 'Cross-Origin-Opener-Policy';
	const embedder = 'Cross-Origin-Embedder-Policy';
	build.change('index.html', name);
	build.change('_headers', (text) =>
		name(text).replace(`  ${opener}`, `  ${embedder}: require-corp\n  ${opener}`)
	);
	build.change('service-worker.js', name);
	build.change('service-worker.js', (text) =>
		text.replace(`"${opener}":`, `"${embedder}":"require-corp","${opener}":`)
	);
	const urls = readdirSync(join(build.folder, 'bench')).map((name) => `bench/${name}`);
	const entries = urls.map((url) => `${JSON.stringify({ revision: '1', url })},`).join('');
	build.change('service-worker.js', (text) => text.replace('[{"revision":', `[${entries}{"revision":`));
}
