import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#base/hash.ts';
import { SqliteEngine } from '#storage/sqlite/engine.ts';
import type { Row } from '#storage/database.ts';
import { parseMigration } from '#storage/migration.ts';
import { createWorld, databaseOf, migrations, TestMirror } from '../app/mirror.ts';
import { sql } from '../storage/sql.ts';

const tables = [
	...['identities', 'reflections', 'mirrorbacks', 'threads', 'thread_reflections', 'tensions', 'axes'],
	...['engine_runs', 'engine_feedback', 'evolution_proposals', 'evolution_history', 'evolution_events'],
	...['integrations', 'schema_version']
];

function unpacked(bundle: Uint8Array): Record<string, Uint8Array> {
	return unzipSync(bundle);
}

function json(files: Record<string, Uint8Array>, path: string): Record<string, never> {
	return JSON.parse(new TextDecoder().decode(files[path])) as Record<string, never>;
}

/** Asks the SQLite file of a bundle. */
function ask(files: Record<string, Uint8Array>, query: string): Row[] {
	const engine = new SqliteEngine({ sql, image: files['mirror_os.db']!, functions: [] });
	try {
		return engine.execute(query, [], 'read').rows;
	} finally {
		engine.close();
	}
}

/** Every byte of a bundle, unzipped, as one text of Latin-1 letters. */
function everything(bundle: Uint8Array): string {
	return Object.entries(unpacked(bundle))
		.map(([path, bytes]) => path + Buffer.from(bytes).toString('latin1'))
		.join('\n');
}

describe('an exported bundle', () => {
	test('has the name and the parts of the specification', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Something to take along.');
		const exported = await mirror.core.exportBundle({ id: mirror.id(), data: {} });
		expect(exported.name).toBe('mirror_bundle_20261121_083000.zip');
		expect(exported.receipt.code).toBe('accepted');
		const files = unpacked(await mirror.export());
		expect(Object.keys(files)[0]).toBe('MANIFEST.json');
		const { rows: kernels } = await mirror.read('kernel.status', {});
		const constitution = [
			'00_manifesto',
			'01_sovereignty',
			'02_reflection',
			'03_safety',
			'04_corruption',
			'05_governance'
		];
		expect(Object.keys(files).sort()).toEqual(
			[
				...['MANIFEST.json', 'mirror_os.db', 'config.json', 'evolution/proposals/', 'evolution/history/'],
				...constitution.map((name) => `constitution/${name}.md`),
				...['integrations/configs.json', 'kernel/commits.json'],
				...kernels.map(({ kernel_id }) => `kernel/${kernel_id}.json`),
				'ledger/tree.json'
			].sort()
		);
		await mirror.core.close();
	});

	test('says in its manifest what is in it', async () => {
		const mirror = await TestMirror.open();
		for (const text of ['one', 'two', 'three']) await mirror.write(text);
		const files = unpacked(await mirror.export());
		const manifest = json(files, 'MANIFEST.json') as unknown as {
			record_counts: Record<string, number>;
			database_size_bytes: number;
			files: Record<string, { sha256: string; size: number }>;
		};
		expect(manifest).toMatchObject({
			version: '1.0',
			schema_version: '1.0.0',
			database_type: 'sqlite',
			includes: { constitution: true, evolution_history: true, integration_configs: true },
			privacy: { sanitized: false, encryption: 'none' }
		});
		expect(manifest.database_size_bytes).toBe(files['mirror_os.db']!.length);
		expect(Object.keys(manifest.record_counts).sort()).toEqual([...tables].sort());
		for (const table of tables) {
			const counted = ask(files, `SELECT count(*) AS n FROM ${table}`)[0]?.['n'];
			expect([table, manifest.record_counts[table]]).toEqual([table, counted]);
		}
		expect(manifest.record_counts['reflections']).toBe(3);
		const { 'MANIFEST.json': _itself, ...others } = files;
		const inFolders = Object.entries(others).filter(([path]) => !path.endsWith('/'));
		expect(Object.keys(manifest.files).sort()).toEqual(inFolders.map(([path]) => path).sort());
		for (const [path, bytes] of inFolders) {
			expect(manifest.files[path]).toEqual({ sha256: sha256Hex(bytes), size: bytes.length });
		}
		await mirror.core.close();
	});

	test('holds an SQLite file with the 14 tables and no others', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Found by its words.');
		const files = unpacked(await mirror.export());
		const found = ask(
			files,
			`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
		);
		expect(found.map((row) => row['name']).sort()).toEqual([...tables].sort());
		expect(ask(files, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
		expect(ask(files, 'PRAGMA foreign_key_check')).toEqual([]);
		// Of the schema that it has, whatever engine kept the mirror.
		const shippedCore = parseMigration(migrations.find(({ name }) => name === '001_core.sql')!);
		expect(ask(files, 'SELECT version, checksum FROM schema_version')).toEqual([
			{ version: '1.0.0', checksum: shippedCore.ok && shippedCore.value.checksum }
		]);
		await mirror.core.close();
	});

	test('carries the ledger with the entry of this very export', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Something.');
		const { receipt, file } = await mirror.core.exportBundle({ id: mirror.id(), data: {} });
		const files = unpacked(new Uint8Array(await file!.arrayBuffer()));
		const [kernel] = (await mirror.read('ledger.head', {})).rows;
		const evidence = json(files, `kernel/${kernel?.kernel_id}.json`) as unknown as {
			root_hash: string;
			ledger_entries: { entry_hash: string; tool_name: string }[];
		};
		expect(evidence.root_hash).toBe(kernel?.root_hash);
		expect(evidence.ledger_entries.at(-1)).toMatchObject({
			entry_hash: receipt.evidence_hash,
			tool_name: 'bundle.export'
		});
		await mirror.core.close();
	});

	test('remembers when it was made and with how many entries', async () => {
		const mirror = await TestMirror.open();
		for (const text of ['one', 'two']) await mirror.write(text);
		await mirror.export();
		expect((await mirror.read('settings.get', {})).rows[0]).toMatchObject({
			last_export: expect.stringMatching(/^2026-11-21T08:30:00/) as string,
			last_export_position: expect.any(Number) as number
		});
		await mirror.core.close();
	});

	test('takes earlier states along only where they are asked for', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('The canary FORMERWORD was here.');
		const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };
		await mirror.dispatch('reflection.edit', { id, content: 'It left.', ...day });
		expect(everything(await mirror.export())).not.toContain('FORMERWORD');
		expect(everything(await mirror.export({ versions: true }))).toContain('FORMERWORD');
		await mirror.core.close();
	});
});

describe('what does not leave', () => {
	test('words that were purged, trashed, or of an unselected identity are in no byte', async () => {
		const mirror = await TestMirror.open();
		const [work, other] = [mirror.id(), mirror.id()];
		await mirror.dispatch('identity.create', { id: work, name: 'Work' });
		await mirror.dispatch('identity.create', { id: other, name: 'UNSELECTEDNAME' });
		const tags = (tag: string) => ({ title: `title ${tag}`, tags: [tag], identity_id: work });
		await mirror.write('KEPTWORD', { identity_id: work });
		const purged = await mirror.write('PURGEDWORD', tags('PURGEDTAG'));
		const trashed = await mirror.write('TRASHEDWORD', tags('TRASHEDTAG'));
		const mirrored = await mirror.write('UNSELECTEDWORD should never leave, but must it?', {
			identity_id: other
		});
		await mirror.dispatch('mirrorback.create', {
			id: mirror.id(),
			reflection_id: mirrored,
			engine_run_id: mirror.id()
		});
		await mirror.write('ANONYMOUSWORD');
		for (const id of [purged, trashed]) await mirror.dispatch('reflection.trash', { id });
		await mirror.dispatch('reflection.purge', { ids: [purged] });
		const all = everything(await mirror.export({ versions: true }));
		expect(all).toContain('KEPTWORD');
		expect(all).toContain('UNSELECTEDWORD');
		for (const canary of ['PURGED', 'TRASHED']) expect(all).not.toContain(canary);
		const some = everything(await mirror.export({ identities: [work], versions: true }));
		expect(some).toContain('KEPTWORD');
		for (const canary of ['PURGED', 'TRASHED', 'UNSELECTED', 'ANONYMOUS']) {
			expect(some).not.toContain(canary);
		}
		expect(everything(await mirror.export({ identities: [null] }))).toContain('ANONYMOUSWORD');
		await mirror.core.close();
	});

	test('nothing that opens an account', async () => {
		const world = createWorld();
		await (await TestMirror.open(world)).core.close();
		const database = await databaseOf(world);
		const config = {
			provider: 'notes',
			api_key: 'CANARY1',
			nested: { refreshToken: 'CANARY2', list: [{ Password: 'CANARY3', keyword: 'stays' }] },
			clientSecret: 'CANARY4',
			privateKey: 'CANARY5'
		};
		await database.transaction((tx) =>
			tx.run(
				`INSERT INTO integrations (id, integration_type, status, config, connected_at, metadata) VALUES (?, ?, ?, ?, ?, ?)`,
				['i1', 'notes', 'active', JSON.stringify(config), '2026-11-21T08:00:00.000Z', '{"token":"CANARY6"}']
			)
		);
		await database.close();
		const mirror = await TestMirror.open(world);
		const bundle = await mirror.export();
		expect(everything(bundle)).not.toContain('CANARY');
		const [row] = ask(unpacked(bundle), 'SELECT config, metadata FROM integrations');
		expect(JSON.parse(String(row?.['config']))).toEqual({
			provider: 'notes',
			nested: { list: [{ keyword: 'stays' }] }
		});
		expect(json(unpacked(bundle), 'integrations/configs.json')).toMatchObject([
			{ id: 'i1', config: { provider: 'notes' } }
		]);
		await mirror.core.close();
	});

	test('an export of an identity that is not there is refused, and makes no file', async () => {
		const mirror = await TestMirror.open();
		const { receipt, file } = await mirror.core.exportBundle({
			id: mirror.id(),
			data: { identities: ['nobody'] }
		});
		expect([receipt.code, file]).toEqual(['not_found', null]);
		await mirror.core.close();
	});
});
