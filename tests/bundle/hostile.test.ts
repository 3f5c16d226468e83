import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { importLimits } from '#wire/bundle-manifest.ts';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { readInWorker, type FileWorker } from '#app/import-file.ts';
import { readImport } from '#app/read-import.ts';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { sql } from '../storage/sql.ts';
import { bundleOf, databaseOf, repacked } from './make.ts';
import { vector } from './vectors.ts';

const good = vector('mirror_bundle_20251208_153000.zip');

async function refusal(bytes: Uint8Array): Promise<string> {
	const read = await readImport(bytes, { sql: async () => sql, today: '2026-01-01' });
	if (read.ok) return 'read';
	expect(read.error.message).toMatch(
		/^[A-Z].*\. Nothing was imported\.$|try again\. Nothing was imported\.$/
	);
	return read.error.code;
}

/** The same bytes with some of them changed where `find` stands. */
function patched(bytes: Uint8Array, signature: number, offset: number, value: number): Uint8Array {
	const copy = bytes.slice();
	const view = new DataView(copy.buffer);
	for (let at = 0; at + 4 <= copy.length; at++) {
		if (view.getUint32(at, true) !== signature) continue;
		view.setUint32(at + offset, value, true);
		return copy;
	}
	throw new Error('not found');
}

const central = 0x02014b50;

describe('files that are not what they say', () => {
	test.each([
		['an empty file', new Uint8Array(0), 'empty'],
		['text that is no JSON', strToU8('Dear diary'), 'not_json'],
		['JSON cut short', strToU8('[{"date": null, "text": "a'), 'not_json'],
		['JSON of another shape', strToU8('{"entries": []}'), 'unknown_format'],
		['a list without entries', strToU8('[1, 2]'), 'unknown_format'],
		['Latin-1', Uint8Array.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]), 'not_text'],
		['UTF-16', Uint8Array.from([0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00]), 'not_text'],
		['a zip cut short', good.slice(0, 3000), 'not_zip'],
		['a zip of other things', zipSync({ 'photo.txt': strToU8('x') }), 'no_manifest'],
		[
			'a manifest that is no JSON',
			repacked(good, (f) => ({ ...f, 'MANIFEST.json': strToU8('{') })),
			'bad_manifest'
		],
		[
			'a manifest without counts',
			repacked(good, (f) => ({ ...f, 'MANIFEST.json': strToU8('{"version":"1.0"}') })),
			'bad_manifest'
		],
		[
			'a database that is none',
			repacked(good, (f) => ({ ...f, 'mirror_os.db': strToU8('SELECT 1') })),
			'damaged'
		],
		['a size that lies, too small', patched(good, central, 24, 10), 'damaged'],
		['a size that lies, too large', patched(good, central, 24, 400_000), 'damaged'],
		['an entry that points outside of the file', patched(good, central, 42, 0x7fffffff), 'damaged'],
		['a checksum that does not fit', patched(good, central, 16, 1), 'damaged'],
		['an encrypted zip', patched(good, central, 8, 0x00080001), 'encrypted'],
		['a name with a backslash', zipSync({ 'a\\..\\b': strToU8('x') }), 'unsafe_name'],
		['an absolute name', zipSync({ '/etc/passwd': strToU8('x') }), 'unsafe_name'],
		['a name with a drive', zipSync({ 'C:evil': strToU8('x') }), 'unsafe_name'],
		[
			'two names that a disk takes for one',
			zipSync({ 'a.txt': strToU8('x'), 'A.txt': strToU8('y') }),
			'damaged'
		],
		['a bomb', zipSync({ 'MANIFEST.json': new Uint8Array(20 * 1024 * 1024) }, { level: 9 }), 'bomb']
	])('%s is refused in a plain sentence', async (_what, bytes, code) => {
		expect(await refusal(bytes)).toBe(code);
	});

	test('a file of more than 200 MB is refused before it is read', async () => {
		const file = { size: importLimits.file + 1 } as Blob;
		const start = (): FileWorker => {
			throw new Error('no worker may start');
		};
		const read = await readInWorker(file, { start, after: () => () => undefined });
		expect(read).toMatchObject({ ok: false, error: { code: 'too_large' } });
	});

	test.each([
		['a worker that does not end is ended after a minute', 'too_slow'],
		['a worker that breaks is an unread file', 'damaged']
	])('%s', async (_what, code) => {
		let ended = 0;
		const worker: FileWorker = {
			onmessage: null,
			onerror: null,
			postMessage: () => {
				if (code === 'damaged') worker.onerror?.({} as ErrorEvent);
			},
			terminate: () => void ended++
		};
		const after = (ms: number, then: () => void) => {
			expect(ms).toBe(60_000);
			if (code === 'too_slow') queueMicrotask(then);
			return () => undefined;
		};
		const read = await readInWorker(new Blob(['x']), { start: () => worker, after });
		expect(read).toMatchObject({ ok: false, error: { code } });
		expect(ended).toBe(1);
	});

	test('any flipped byte of an exported bundle is noticed, or leads to the same rows', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Something to be kept as it is.');
		const bundle = await mirror.export();
		await mirror.core.close();
		const same = await readImport(bundle, { sql: async () => sql, today: '2026-01-01' });
		for (let at = 0; at < bundle.length; at += 97) {
			const flipped = bundle.slice();
			flipped[at]! ^= 0x10;
			const read = await readImport(flipped, { sql: async () => sql, today: '2026-01-01' });
			if (read.ok && same.ok) expect(read.value.rows).toEqual(same.value.rows);
		}
	}, 60_000);
});

describe('databases with more than rows in them', () => {
	test('triggers, views and other tables are listed and ignored', async () => {
		const database = await databaseOf(
			{
				identities: [
					{ id: 'i', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', metadata: null }
				]
			},
			`CREATE TRIGGER evil AFTER INSERT ON identities BEGIN DELETE FROM reflections; END;
			CREATE VIEW sly AS SELECT * FROM identities;
			CREATE TABLE platform_users (id TEXT);
			CREATE VIRTUAL TABLE words USING fts4 (a)`
		);
		const mirror = await TestMirror.open();
		const { notices } = await mirror.stage(bundleOf(database));
		expect(notices.join(' ')).toContain('trigger evil');
		expect(notices.join(' ')).toContain('view sly');
		expect(notices.join(' ')).toContain('table platform_users');
		expect((await mirror.import(bundleOf(database))).result).toMatchObject({ written: 1 });
		await mirror.core.close();
	});

	test('a view in the place of a table is not asked', async () => {
		const foreign = new sql.Database();
		foreign.exec(`CREATE TABLE identities (id TEXT, created_at TEXT, updated_at TEXT);
			CREATE VIEW reflections AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id FROM n`);
		expect(await refusal(bundleOf(foreign.export()))).toBe('no_database');
		foreign.close();
	});

	test('columns of a newer version are kept in metadata, and what has no place is said', async () => {
		const foreign = new sql.Database();
		foreign.exec(`CREATE TABLE identities (id TEXT, created_at TEXT, updated_at TEXT);
			CREATE TABLE reflections (id TEXT, content TEXT, created_at TEXT, mood TEXT, metadata TEXT);
			CREATE TABLE evolution_events (id TEXT, event_type TEXT, event_data TEXT, timestamp TEXT, colour TEXT);
			INSERT INTO reflections VALUES ('r', 'Words.', '2026-01-01 10:00:00', 'calm', '{"a":1}');
			INSERT INTO evolution_events VALUES ('e', 'export', '{}', '2026-01-01T10:00:00', 'red')`);
		const bundle = bundleOf(foreign.export(), { schema_version: '1.7.0' });
		foreign.close();
		const mirror = await TestMirror.open();
		const { notices } = await mirror.stage(bundle);
		expect(notices.join(' ')).toContain('evolution_events.colour');
		await mirror.import(bundle);
		const [row] = (await mirror.read('reflections.get', { id: 'r' })).rows;
		expect(row).toMatchObject({
			created_at: '2026-01-01T10:00:00.000Z',
			visibility: 'local_only',
			metadata: { a: 1, unknown_columns: { mood: 'calm' } }
		});
		await mirror.core.close();
	});

	test('scripts, half characters and U+0000 come in as inert text', async () => {
		const foreign = new sql.Database();
		foreign.exec(`CREATE TABLE identities (id TEXT, created_at TEXT, updated_at TEXT);
			CREATE TABLE reflections (id TEXT, content TEXT, created_at TEXT);
			INSERT INTO reflections VALUES ('r', '<script>alert(1)</script>', '2026-01-01T10:00:00+02:00');
			INSERT INTO reflections VALUES ('n', 'a' || char(0) || 'b', '2026-01-01T10:00:00Z');
			INSERT INTO reflections VALUES ('b', x'00ff', '2026-01-01T10:00:00Z')`);
		const bundle = bundleOf(foreign.export());
		foreign.close();
		const mirror = await TestMirror.open();
		const preview = await mirror.stage(bundle);
		expect(preview.quarantined).toMatchObject([{ table: 'reflections', id: 'b' }]);
		await mirror.import(bundle);
		const [row] = (await mirror.read('reflections.get', { id: 'r' })).rows;
		expect(row).toMatchObject({
			content: '<script>alert(1)</script>',
			created_at: '2026-01-01T08:00:00.000Z'
		});
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
		await mirror.core.close();
	});

	test('a file that the manifest lists and that was changed refuses the bundle', async () => {
		const mirror = await TestMirror.open();
		const bundle = repacked(await mirror.export(), (files) => ({ ...files, 'config.json': strToU8('{}') }));
		expect(await refusal(bundle)).toBe('damaged');
		expect(Object.keys(unzipSync(bundle))).toContain('config.json');
		await mirror.core.close();
	});

	test('files that the manifest does not list are not read, whatever they are named', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('Something of one version.');
		const planted = {
			'config.json': { crisis_card: 'Call a stranger.' },
			'versions/reflections.json': {
				reflection_versions: [
					{
						...{ reflection_id: id, version: 1, content: 'Never said.', content_type: 'text' },
						...{ created_at: '2026-01-01T00:00:00Z', metadata: null, replaced_at: '2026-01-01T00:00:00Z' }
					}
				]
			},
			'kernel/planted.json': { evidence: 'none' }
		};
		const whole = await mirror.export();
		await mirror.core.close();
		const unlisted = (names: readonly string[]) =>
			repacked(whole, (files) => {
				const manifest = JSON.parse(strFromU8(files['MANIFEST.json']!)) as { files: Record<string, unknown> };
				for (const name of names) delete manifest.files[name];
				const written = Object.entries(planted).map(([path, json]) => [path, strToU8(JSON.stringify(json))]);
				const listed = { 'MANIFEST.json': strToU8(JSON.stringify(manifest)) };
				return { ...files, ...Object.fromEntries(written), ...listed } as typeof files;
			});

		const bundle = unlisted(['config.json']);
		const other = await TestMirror.open(createWorld(2));
		const preview = await other.stage(bundle);
		expect(preview.notices).toEqual(['3 files are not in the manifest and are ignored.']);
		expect(preview.crisis_card).toBeNull();
		await other.import(bundle, { crisis_card: true });
		expect((await other.read('settings.get', {})).rows[0]?.crisis_card).toBeNull();
		expect((await other.read('reflections.get', { id })).rows[0]?.content).toBe('Something of one version.');
		expect((await other.read('reflections.versions', { id })).rows).toEqual([]);
		await other.core.close();
		expect(verifyBundle(bundle, sql)).toMatchObject({
			ok: true,
			value: { errors: [], structural: ['3 files are not in the manifest and are ignored.'], kernels: 3 }
		});
		expect(await refusal(unlisted(['config.json', 'mirror_os.db']))).toBe('no_database');
	});
});
