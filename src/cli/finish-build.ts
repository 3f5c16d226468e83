import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { build as bundle } from 'vite';
import { injectManifest } from 'workbox-build';
import { contentSecurityPolicy, metaPolicy, securityHeaders } from '#app/policy.ts';
import { postgresFilesList } from '#cli/postgres-files.ts';

/**
 * The last step of a build: computes the policy with the hashes of the inline scripts, and writes it to everything that
 * can enforce it; then tells the service worker every file of the app, and which of them are for PostgreSQL alone.
 */
const build = 'build';
await buildRescuePage();
const pages = (await readdir(build)).filter((name) => name.endsWith('.html'));
const inlineScript = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g;

const texts = await Promise.all(pages.map((page) => readFile(`${build}/${page}`, 'utf8')));
const scripts = texts.flatMap((html) => [...html.matchAll(inlineScript)].map(([, script = '']) => script));
const policy = contentSecurityPolicy({
	scripts: hashesOf(scripts),
	styles: hashesOf([await announcerStyle()])
});
const headers = securityHeaders(policy);

for (const [at, page] of pages.entries()) {
	const meta = `<meta http-equiv="Content-Security-Policy" content="${metaPolicy(policy)}" />`;
	const html = texts[at] ?? '';
	if (html.includes('http-equiv="Content-Security-Policy"'))
		throw new Error(`${page} has a policy already: build anew`);
	await writeFile(
		`${build}/${page}`,
		html.replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n\t\t${meta}`)
	);
}

const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
await writeFile(`${build}/_headers`, `/*\n${lines.map((line) => `  ${line}\n`).join('')}`);
await writeFile(
	`${build}/nginx.conf.txt`,
	Object.entries(headers)
		.map(([name, value]) => `add_header ${name} "${value}" always;\n`)
		.join('')
);

const postgres = await postgresFiles();
const worker = await readFile(`${build}/service-worker.js`, 'utf8');
await writeFile(
	`${build}/service-worker.source.js`,
	worker
		.replaceAll('__SECURITY_HEADERS__', () => JSON.stringify(headers))
		.replaceAll('__POSTGRES_FILES__', () => JSON.stringify(postgres.map((name) => `/${name}`)))
);
const { count, size, warnings } = await injectManifest({
	swSrc: `${build}/service-worker.source.js`,
	swDest: `${build}/service-worker.js`,
	globDirectory: build,
	globPatterns: ['**/*.{html,js,css,wasm,svg,png,webmanifest,woff2}'],
	globIgnores: ['service-worker*.js', 'screenshots/**', ...postgres],
	manifestTransforms: [
		(manifest) => {
			const taken = manifest.filter(({ url }) => postgres.includes(url));
			if (taken.length > 0) throw new Error(`everybody would load ${taken.map(({ url }) => url).join(', ')}`);
			return { manifest };
		}
	],
	maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
	dontCacheBustURLsMatching: /_app\/immutable\//
});
await rm(`${build}/service-worker.source.js`);
for (const warning of warnings) console.error(warning);
console.log(`${count} files, ${megabytes(size)}, kept for offline use`);
const sizes = await Promise.all(postgres.map(async (name) => (await stat(`${build}/${name}`)).size));
console.log(`${sizes.length} more, ${megabytes(sizes.reduce((a, b) => a + b))}, for PostgreSQL`);

/** The files that only PostgreSQL needs; all of its parts are among them. */
async function postgresFiles(): Promise<string[]> {
	const names = JSON.parse(await readFile(`${build}/${postgresFilesList}`, 'utf8')) as string[];
	for (const part of [
		/\/pglite-[^/]*\.wasm$/,
		/\/pglite-[^/]*\.data$/,
		/\/postgres-seed-[^/]*\.data$/,
		/\.js$/
	])
		if (!names.some((name) => part.test(name)))
			throw new Error(`the build has no ${part.source} of PostgreSQL`);
	return names;
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(2)} MB`;
}

/** The framework's hidden announcer of page titles carries a style attribute: of exactly that text, as it was built. */
async function announcerStyle(): Promise<string> {
	const found = new Set<string>();
	for (const name of await readdir(`${build}/_app`, { recursive: true })) {
		if (!name.endsWith('.js')) continue;
		const script = await readFile(`${build}/_app/${name}`, 'utf8');
		for (const [, style = ''] of script.matchAll(/id="svelte-announcer"[^>]*\bstyle="([^"]+)"/g))
			found.add(style);
	}
	const [style, ...others] = found;
	if (style === undefined || others.length > 0)
		throw new Error(`the announcer has ${found.size} styles in the build: its policy is not known`);
	return style;
}

function hashesOf(texts: readonly string[]): string[] {
	return [...new Set(texts.map((text) => createHash('sha256').update(text).digest('base64')))];
}

/** The rescue page shares no chunk with the app: whatever is wrong with one, the other loads. */
async function buildRescuePage(): Promise<void> {
	await bundle({
		configFile: false,
		root: 'src/app/rescue',
		logLevel: 'warn',
		worker: { format: 'es' },
		build: {
			target: 'es2022',
			outDir: `${process.cwd()}/${build}`,
			emptyOutDir: false,
			assetsDir: '_app/immutable/rescue',
			modulePreload: false,
			rolldownOptions: { input: 'src/app/rescue/rescue.html' }
		}
	});
}
