import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** What each folder may import: the table of the architecture, executed. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	base: [],
	kernel: ['base'],
	domain: ['base'],
	wire: ['base'],
	storage: ['base'],
	records: ['base', 'kernel', 'domain', 'storage'],
	mirror: ['base', 'kernel', 'domain', 'wire', 'records'],
	engine: ['base', 'kernel', 'domain', 'wire', 'records'],
	bundle: ['base', 'kernel', 'domain', 'wire', 'records'],
	ops: ['base', 'kernel', 'domain', 'wire', 'records'],
	app: ['base', 'kernel', 'domain', 'wire', 'storage', 'records', 'mirror', 'engine', 'bundle', 'ops'],
	cli: ['base', 'domain', 'wire', 'app'],
	shell: ['base', 'domain', 'app'],
	ui: ['base', 'domain', 'app'],
	routes: ['base', 'domain', 'app', 'shell', 'ui']
};
const longest = 400;
const sqlFolders = ['records', 'storage'];
const sqlText =
	/[`'"]\s*(?:SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(?:TABLE|INDEX))\s/i;
/** What the pure folders would have to reach for. */
const machine =
	/\b(?:Date\.now|new Date\(\)|Math\.random|fetch\(|crypto\.|setTimeout|setInterval|performance\.)/;

interface Source {
	readonly path: string;
	readonly folder: string;
	readonly text: string;
	readonly imports: readonly string[];
}

const sources: Source[] = filesUnder('src').map((path) => {
	const text = readFileSync(path, 'utf8');
	const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
		([, name = '']) => name
	);
	return { path, folder: path.split('/')[1] ?? '', text, imports };
});
const inFolders = sources.filter(({ path }) => path.split('/').length > 2);

function filesUnder(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => /\.(?:ts|js|svelte)$/.test(name))
		.map((name) => `${folder}/${name}`);
}

/** Every source that breaks a rule, with what breaks it. */
function offenders(find: (source: Source) => readonly string[], among = inFolders): string[] {
	return among.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`));
}

describe('architecture', () => {
	test('there is something to look at', () => expect(inFolders.length).toBeGreaterThan(80));

	test('every folder is in the table', () => {
		expect(
			[...new Set(inFolders.map(({ folder }) => folder))].filter((folder) => !(folder in mayImport))
		).toEqual([]);
	});

	test('a folder imports itself and what the table allows', () => {
		const wrong = ({ folder, imports }: Source) =>
			imports
				.filter((name) => name.startsWith('#'))
				.filter(
					(name) => !['', folder, ...(mayImport[folder] ?? [])].includes(name.slice(1).split('/')[0] ?? '')
				);
		expect(offenders(wrong)).toEqual([]);
	});

	test('no relative path leads out of a folder', () => {
		const out = ({ folder, imports }: Source) =>
			imports.filter((name) => name.startsWith('..') && !(folder === 'app' && name === '../../package.json'));
		expect(offenders(out)).toEqual([]);
	});

	test('imports of values make no circle', () => {
		const edges = new Map(
			sources.map(({ path, text }) => [
				path,
				[...text.matchAll(/import\s+(?!type\b)[^;]*?from\s+['"]#([^'"]+)['"]/g)].map(
					([, name = '']) => `src/${name}`
				)
			])
		);
		const circles: string[] = [];
		const done = new Set<string>();
		const visit = (path: string, trail: readonly string[]): void => {
			if (trail.includes(path))
				return void circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
			if (done.has(path)) return;
			for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
			done.add(path);
		};
		for (const path of edges.keys()) visit(path, []);
		expect(circles).toEqual([]);
	});

	test('no barrel, no utils, no file over 400 lines', () => {
		const tooLong = ({ text }: Source) => (text.split('\n').length > longest + 1 ? ['too long'] : []);
		const named = ({ path }: Source) =>
			/\/(?:index|utils?|helpers?)\.(?:ts|js|svelte)$/.test(path) ? ['its name'] : [];
		expect(offenders((source) => [...tooLong(source), ...named(source)], sources)).toEqual([]);
	});

	test('SQL stands only in records, storage and migrations', () => {
		const holdsSql = ({ folder, text }: Source) =>
			!sqlFolders.includes(folder) && sqlText.test(text) ? ['SQL'] : [];
		expect(offenders(holdsSql)).toEqual([]);
	});

	test('the deterministic folders reach for nothing of the machine', () => {
		const pure = inFolders.filter(({ folder }) =>
			['base', 'kernel', 'domain', 'wire', 'records', 'mirror', 'engine', 'bundle', 'ops'].includes(folder)
		);
		expect(offenders(({ text }) => text.match(machine) ?? [], pure)).toEqual([]);
	});

	test('pages ask for changes in the one way that cannot fail unseen', () => {
		const asks = ({ path, text }: Source) =>
			/\.dispatch\(/.test(text) && path !== 'src/ui/asking.svelte.ts' ? ['dispatch'] : [];
		const pages = inFolders.filter(({ folder }) => folder === 'ui' || folder === 'routes');
		expect(offenders(asks, pages)).toEqual([]);
	});

	test('worker entries are thin', () => {
		const entries = inFolders.filter(({ path }) => path.endsWith('.worker.ts') || path === 'src/cli/main.ts');
		expect(offenders(({ text }) => (text.split('\n').length > 41 ? ['over 40 lines'] : []), entries)).toEqual(
			[]
		);
	});

	test('nothing else stands at the top', () => {
		const made = ['node_modules', 'build', 'test-results'];
		const top = readdirSync('.').filter((name) => !name.startsWith('.') && !made.includes(name));
		const expected =
			/^(?:package(?:-lock)?\.json|src|static|migrations|tests|(?:svelte|eslint|vite|vitest|playwright|knip)\.config\.[jt]s|knip\.json|tsconfig(?:\.\w+)?\.json|[A-Z]+(?:\.md)?)$/;
		expect(top.filter((name) => !expected.test(name))).toEqual([]);
	});
});
