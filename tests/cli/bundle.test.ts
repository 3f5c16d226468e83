import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '#base/hash.ts';
import { sql } from '../storage/sql.ts';

const bin = fileURLToPath(new URL('../../src/cli/mirror.js', import.meta.url));
const vectors = fileURLToPath(new URL('../vectors/mirror/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mirror-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

function mirror(...words: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8' });
	return { status, out: stdout, complaint: stderr };
}

/** The answer to one file with `--json`. */
function answer<T>(...words: string[]): { status: number | null; json: T } {
	const { status, out } = mirror(...words, '--json');
	return { status, json: JSON.parse(out) as T };
}

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

const seed = join(vectors, 'mirror_bundle_20251208_153000.zip');
const made = join(folder, 'made.zip');
const diary = file('diary.json', JSON.stringify([{ date: '2024-02-29', text: 'A day.' }]));

interface Verified {
	readonly is_valid: boolean;
	readonly kind: string;
	readonly entries_verified: number;
	readonly errors: readonly string[];
	readonly structural: readonly string[];
}

describe('mirror bundle', () => {
	beforeAll(() => {
		expect(mirror('bundle', 'create', '--from', seed, diary, '--out', made).status).toBe(0);
	}, 30_000);

	test('create imports the files and exports a bundle that verifies, down to the commits of its rows', () => {
		const { status, json } = answer<Verified>('verify', made);
		expect(json).toMatchObject({ kind: 'bundle', is_valid: true, errors: [], structural: [] });
		expect(json.entries_verified).toBeGreaterThan(3);
		expect(status).toBe(0);
	});

	test('inspect shows the manifest, the files and what an import would do', () => {
		const { status, json } = answer<{
			counts: Record<string, number>;
			files: { path: string; sha256: string }[];
			import: { entries: number };
		}>('bundle', 'inspect', made);
		expect(status).toBe(0);
		expect(json.counts).toMatchObject({ reflections: 59, identities: 2 });
		expect(json.import.entries).toBe(59);
		const files = unzipSync(new Uint8Array(readFileSync(made)));
		expect(json.files.map(({ path }) => path).sort()).toEqual(
			Object.keys(files)
				.filter((path) => !path.endsWith('/'))
				.sort()
		);
	});

	test('verify finds a row that was changed, with its hash and its place in the manifest made to fit', () => {
		const files = unzipSync(new Uint8Array(readFileSync(made)));
		const database = new sql.Database(files['mirror_os.db']);
		database.exec(`UPDATE reflections SET content = 'Another day.' WHERE content = 'A day.'`);
		const image = database.export();
		database.close();
		const manifest = JSON.parse(new TextDecoder().decode(files['MANIFEST.json'])) as {
			files: Record<string, { sha256: string; size: number }>;
			database_size_bytes: number;
		};
		manifest.files['mirror_os.db'] = { sha256: sha256Hex(image), size: image.length };
		manifest.database_size_bytes = image.length;
		const text = new TextEncoder().encode(JSON.stringify(manifest));
		const forged = file('forged.zip', zipSync({ ...files, 'MANIFEST.json': text, 'mirror_os.db': image }));
		const { status, json } = answer<Verified>('verify', forged);
		expect(status).toBe(1);
		expect(json.errors).toEqual([expect.stringMatching(/^reflections \S+: this is not what was written$/)]);
	});

	test('open unpacks it, and writes over nothing', () => {
		const out = join(folder, 'opened');
		expect(answer('bundle', 'open', made, '--out', out)).toMatchObject({ status: 0, json: { file: made } });
		const files = Object.entries(unzipSync(readFileSync(made)));
		for (const [path, bytes] of files.filter(([name]) => !name.endsWith('/')))
			expect(sha256Hex(readFileSync(join(out, path)))).toBe(sha256Hex(bytes));
		expect(answer('bundle', 'open', made, '--out', out)).toMatchObject({
			status: 2,
			json: { error: { code: 'unwritable' } }
		});
	});

	test.each([
		['a name that leaves its folder', () => join(vectors, 'bundle-zip-slip.zip'), 'unsafe_name'],
		['no zip', () => diary, 'not_zip'],
		['an encrypted one', () => file('secret.zip.age', 'age-encryption.org/v1\n'), 'encrypted']
	])('open writes nothing of %s', (_what, source, code) => {
		const out = join(folder, `of-${code}`);
		expect(answer('bundle', 'open', source(), '--out', out)).toMatchObject({
			status: 2,
			json: { error: { code } }
		});
		expect(existsSync(out)).toBe(false);
	});

	test('a file that is no bundle is unreadable', () => {
		const { status, json } = answer('bundle', 'inspect', diary);
		expect(status).toBe(2);
		expect(json).toMatchObject({ file: diary, error: { code: 'not_zip' } });
		expect(mirror('bundle').status).toBe(2);
	});
});

describe('mirror import --dry-run', () => {
	test('reports on a bundle and on a diary', () => {
		expect(answer('import', seed, '--dry-run')).toMatchObject({
			status: 0,
			json: { format: 'mirror_bundle', entries: 58, attachments: 0, skipped: [], questions: [] }
		});
		expect(answer('import', diary, '--dry-run')).toMatchObject({
			status: 0,
			json: { format: 'json_diary', entries: 1, from: '2024-02-29', to: '2024-02-29', tags: 0 }
		});
	});

	test('reports on files of the original, and a bundle can be made of them', () => {
		const names = [
			'core001-ana.db',
			'exporter-bruno.export.json',
			'localdb-chiara.export.json',
			'mirrors-dario.zip'
		];
		const files = names.map((name) => join(vectors, name));
		const { status, out } = mirror('import', ...files, '--dry-run', '--json');
		const lines = out
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { format: string; entries: number; skipped: object[] });
		expect(lines.map(({ format, entries }) => [format, entries])).toEqual([
			['original_database', 60],
			['original_export', 66],
			['original_export', 55],
			['original_backup', 52]
		]);
		// The original exports threads whole, and leaves out what in them was written without an identity.
		const reason = 'thread_reflections: reflection_id refers to a row that is not there';
		expect(lines.map(({ skipped }) => skipped)).toEqual([[], Array(2).fill({ reason, count: 1 }), [], []]);
		expect(status).toBe(1);
		const all = join(folder, 'originals.zip');
		expect(mirror('bundle', 'create', '--from', ...files, '--out', all).status).toBe(0);
		expect(answer<Verified>('verify', all).json).toMatchObject({
			is_valid: true,
			errors: [],
			structural: []
		});
		expect(answer('import', all, '--dry-run').json).toMatchObject({ entries: 60 + 66 + 55 + 52 });
	});

	test('a crisis card is said, and no command takes it unseen', () => {
		const config = new TextEncoder().encode(JSON.stringify({ crisis_card: 'Call Mallory.' }));
		const parts = { ...unzipSync(new Uint8Array(readFileSync(seed))), 'config.json': config };
		const planted = file('planted.zip', zipSync(parts));
		expect(answer('import', planted, '--dry-run').json).toMatchObject({ crisis_card: 'Call Mallory.' });
		expect(mirror('import', planted, '--dry-run').out).toContain('brings a crisis card');
		const out = join(folder, 'from-planted.zip');
		expect(answer('bundle', 'create', '--from', planted, '--out', out).json).toMatchObject({
			imported: [{ crisis_card: 'left out' }]
		});
		expect(answer('import', out, '--dry-run').json).toMatchObject({ crisis_card: null });
	});

	test('rows that are left out are a finding, and a refused file is unreadable', () => {
		const rows = answer<{ skipped: { reason: string }[] }>(
			'import',
			join(vectors, 'bundle-invalid-rows.zip'),
			'--dry-run'
		);
		expect(rows.status).toBe(1);
		expect(rows.json.skipped[0]?.reason).toMatch(/^tensions: position/);
		expect(answer('import', join(vectors, 'bundle-zip-slip.zip'), '--dry-run')).toMatchObject({
			status: 2,
			json: { error: { code: 'unsafe_name' } }
		});
		expect(mirror('import', seed).status).toBe(2);
	});
});
