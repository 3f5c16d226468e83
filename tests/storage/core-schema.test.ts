import { describe, expect, test } from 'vitest';
import { migrate, readSchema, rollback } from '#storage/migrator.ts';
import type { Database, Dialect, SqlValue } from '#storage/database.ts';
import { createWorld, databaseOf, shipped } from '../app/mirror.ts';
import { schemaOf } from './schema.ts';

/** The 14 entities with exactly the columns of the specification (C1); `!`: required. */
const columns: Readonly<Record<string, string>> = {
	identities: 'id! created_at! updated_at! metadata',
	reflections: 'id! identity_id content! content_type! visibility! created_at! source! metadata',
	mirrorbacks: 'id! reflection_id! content! engine_version! created_at! metadata',
	threads: 'id! identity_id title started_at! last_active! status! metadata',
	thread_reflections: 'thread_id! reflection_id! position! added_at!',
	tensions:
		'id! identity_id name! axis_a! axis_b! position intensity origin! sync_mode! created_at! updated_at! metadata',
	axes: 'id! identity_id name! description category created_at! metadata',
	engine_runs:
		'id! reflection_id config_version! engine_mode! model_name patterns tensions_surfaced mirrorback_length duration_ms flags timestamp! sync_allowed!',
	engine_feedback: 'id! engine_run_id! rating flags notes timestamp! sync_allowed!',
	evolution_proposals:
		'id! proposal_type! status! from_version to_version title! description! changes! evidence test_results vote_results created_at! approved_at applied_at metadata',
	evolution_history:
		'id! evolution_id! event_type! from_version to_version applied_at! applied_by reversible! metadata',
	evolution_events:
		'id! event_type! from_version to_version event_data! timestamp! mirror_signature sync_allowed!',
	integrations: 'id! identity_id integration_type! status! config! connected_at! last_sync metadata',
	schema_version: 'id version! description applied_at! checksum'
};

type Values = Readonly<Record<string, SqlValue>>;
const time = '2026-01-01T00:00:00.000Z';

/** One row of each table that every rule lets in. */
const good: Readonly<Record<string, Values>> = {
	identities: { id: 'x', created_at: time, updated_at: time, metadata: '{}' },
	reflections: { id: 'x', identity_id: 'i', content: 'a', created_at: time },
	mirrorbacks: { id: 'x', reflection_id: 'r', content: 'a', engine_version: '1', created_at: time },
	threads: { id: 'x', started_at: time, last_active: time },
	thread_reflections: { thread_id: 't', reflection_id: 'r', position: 1, added_at: time },
	tensions: {
		...{ id: 'x', name: 'a', axis_a: 'a', axis_b: 'b', origin: 'user_created' },
		...{ created_at: time, updated_at: time }
	},
	axes: { id: 'x', name: 'a', created_at: time },
	engine_runs: { id: 'x', config_version: '1', engine_mode: 'manual', timestamp: time },
	engine_feedback: { id: 'x', engine_run_id: 'e', rating: 3, timestamp: time },
	evolution_proposals: {
		...{ id: 'x', proposal_type: 'prompt_adjustment', status: 'draft', title: 'a' },
		...{ description: 'a', changes: '{}', created_at: time }
	},
	evolution_history: {
		id: 'x',
		evolution_id: 'e',
		event_type: 'upgrade',
		applied_at: time,
		reversible: 1
	},
	evolution_events: { id: 'x', event_type: 'export', event_data: '{}', timestamp: time },
	integrations: { id: 'x', integration_type: 'notes', status: 'active', config: '{}', connected_at: time }
};

/** What each enum of the specification lets in, and all that it does: another word is refused. */
const enums: Readonly<Record<string, string>> = {
	'reflections.content_type': 'text markdown audio_transcript',
	'reflections.visibility': 'local_only sync_summary sync_full_private sync_full_public',
	'reflections.source': 'direct import integration',
	'threads.status': 'active paused archived',
	'tensions.origin': 'system_seed llm_suggested user_created',
	'tensions.sync_mode': 'local_only share_anonymized share_full',
	'engine_runs.engine_mode': 'local_llm remote_llm manual',
	'evolution_proposals.proposal_type':
		'prompt_adjustment pattern_detection tension_heuristic constitutional_amendment safety_refinement performance_optimization',
	'evolution_proposals.status': 'draft testing review voting approved applied rejected',
	'evolution_history.event_type': 'upgrade downgrade fork rollback merge hotfix',
	'evolution_events.event_type':
		'installation deletion fork regression integration_add integration_remove upgrade downgrade config_change export import',
	'integrations.integration_type': 'calendar notes email health journal tasks music location custom',
	'integrations.status': 'active paused disconnected error'
};

/** Values at the bounds of each range, and just beyond; and what else a rule decides on. */
const bounds: readonly (readonly [column: string, good: readonly SqlValue[], bad: readonly SqlValue[]])[] = [
	['reflections.content', ['a', ' a ', '🌿'], ['', '   ', '\n\t\r ']],
	['tensions.name', ['a', 'x'.repeat(100), '🌿'.repeat(100)], ['', 'x'.repeat(101), '🌿'.repeat(101)]],
	['tensions.position', [null, -1, 0, 1, 0.5], [-1.0001, 1.0001]],
	['tensions.intensity', [null, 0, 1, 0.25], [-0.0001, 1.0001]],
	['axes.name', ['a'], ['']],
	['engine_runs.duration_ms', [null, 1], [0, -1]],
	['engine_runs.mirrorback_length', [null, 0, 1], [-1]],
	['engine_runs.sync_allowed', [0, 1], [2, -1]],
	['engine_feedback.rating', [1, 5], [0, 6]],
	['engine_feedback.sync_allowed', [0, 1], [2]],
	['evolution_history.reversible', [0, 1], [2]],
	['evolution_events.sync_allowed', [0, 1], [2]],
	['identities.id', ['y'], ['']]
];
const json = [
	...['identities.metadata', 'reflections.metadata', 'mirrorbacks.metadata', 'threads.metadata'],
	...['tensions.metadata', 'axes.metadata', 'engine_runs.patterns', 'engine_runs.tensions_surfaced'],
	...['engine_runs.flags', 'engine_feedback.flags', 'evolution_proposals.changes'],
	...['evolution_proposals.evidence', 'evolution_proposals.test_results', 'evolution_proposals.vote_results'],
	...['evolution_proposals.metadata', 'evolution_history.metadata', 'evolution_events.event_data'],
	...['integrations.config', 'integrations.metadata']
];

function insert(database: Database, table: string, values: Values): Promise<number> {
	const names = Object.keys(values);
	return database.transaction((tx) =>
		tx.run(
			`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
			Object.values(values)
		)
	);
}

/** Puts the good row with one value changed in, and takes it out again. */
async function takes(database: Database, column: string, value: SqlValue): Promise<boolean> {
	const [table = '', name = ''] = column.split('.');
	const row = { ...good[table], [name]: value };
	const isIn = await insert(database, table, row).then(
		() => true,
		() => false
	);
	if (isIn && !table.startsWith('evolution_history'))
		await database.transaction((tx) => tx.run(`DELETE FROM ${table} WHERE id = ?`, [row['id'] ?? null]));
	return isIn;
}

const options = {
	clock: () => Date.parse(time),
	backup: async () => undefined,
	testQuery: async () => undefined
};

/** The columns of a table in their order, those that must be given marked. */
async function columnsOf(database: Database, table: string): Promise<string> {
	const rows = await database.query(
		database.dialect === 'sqlite'
			? `SELECT name, "notnull" AS needed FROM pragma_table_info('${table}')`
			: `SELECT column_name AS name, is_nullable = 'NO' AND is_identity = 'NO' AS needed FROM information_schema.columns
				WHERE table_schema = current_schema() AND table_name = '${table}' ORDER BY ordinal_position`
	);
	return rows.map(({ name, needed }) => `${String(name)}${needed === 1 ? '!' : ''}`).join(' ');
}

describe.each<Dialect>(['sqlite', 'postgres'])('001_core.sql for %s', (engine) => {
	const migrations = shipped(engine);

	async function migrated(): Promise<Database> {
		const database = await databaseOf(createWorld(1, engine));
		expect((await migrate(database, migrations, options)).failed).toBeNull();
		await database.transaction(async (tx) => {
			await tx.run('INSERT INTO identities (id, created_at, updated_at) VALUES (?, ?, ?)', ['i', time, time]);
			await tx.run('INSERT INTO reflections (id, content, created_at) VALUES (?, ?, ?)', ['r', 'a', time]);
			await tx.run('INSERT INTO threads (id, started_at, last_active) VALUES (?, ?, ?)', ['t', time, time]);
			await tx.run(
				'INSERT INTO engine_runs (id, config_version, engine_mode, timestamp) VALUES (?, ?, ?, ?)',
				['e', '1', 'manual', time]
			);
		});
		return database;
	}

	test('has the 14 entities with exactly the columns of the specification', async () => {
		const database = await migrated();
		for (const [table, wanted] of Object.entries(columns)) {
			expect([table, await columnsOf(database, table)]).toEqual([table, wanted]);
		}
		await database.close();
	});

	test.each(Object.entries(enums))('%s takes each of its words and no other', async (column, words) => {
		const database = await migrated();
		for (const [at, word] of words.split(' ').entries()) {
			// Its rows cannot be taken out again.
			const [table = ''] = column.split('.');
			const isInsertOnly = table === 'evolution_history';
			const isIn = isInsertOnly
				? await insert(database, table, { ...good[table], id: `x${at}`, event_type: word }).then(() => true)
				: await takes(database, column, word);
			expect([word, isIn]).toEqual([word, true]);
		}
		for (const word of ['', 'unknown', words.split(' ')[0]!.toUpperCase()])
			expect([word, await takes(database, column, word)]).toEqual([word, false]);
		await database.close();
	});

	test.each(bounds)('%s keeps its bounds', async (column, inside, outside) => {
		for (const value of inside) {
			const database = await migrated();
			expect([value, await takes(database, column, value)]).toEqual([value, true]);
			await database.close();
		}
		const database = await migrated();
		for (const value of outside)
			expect([value, await takes(database, column, value)]).toEqual([value, false]);
		await database.close();
	});

	test.each(json)('%s holds JSON', async (column) => {
		const database = await migrated();
		expect(await takes(database, column, '{')).toBe(false);
		expect(await takes(database, column, '')).toBe(false);
		expect(await takes(database, column, '{"a": [1]}')).toBe(true);
		await database.close();
	});

	test('nobody is more public than a person who is named', async () => {
		const database = await migrated();
		const nobody = { id: 'n', content: 'a', created_at: time };
		await expect(
			insert(database, 'reflections', { ...nobody, visibility: 'sync_summary' })
		).rejects.toThrow();
		await insert(database, 'reflections', nobody);
		const rows = await database.query(
			'SELECT visibility, source, content_type FROM reflections WHERE id = ?',
			['n']
		);
		expect(rows).toEqual([{ visibility: 'local_only', source: 'direct', content_type: 'text' }]);
		await database.close();
	});

	test('feedback says something; a place in a thread is taken once; a reflection may stand in several', async () => {
		const database = await migrated();
		const silent = { id: 's', engine_run_id: 'e', timestamp: time };
		await expect(insert(database, 'engine_feedback', silent)).rejects.toThrow();
		for (const said of [{ rating: 1 }, { flags: '[]' }, { notes: 'a' }])
			await insert(database, 'engine_feedback', { ...silent, id: JSON.stringify(said), ...said });
		const place = { thread_id: 't', reflection_id: 'r', position: 0, added_at: time };
		await insert(database, 'thread_reflections', place);
		await expect(insert(database, 'thread_reflections', { ...place, position: 1 })).rejects.toThrow();
		await insert(database, 'reflections', { id: 'r2', content: 'b', created_at: time });
		await expect(insert(database, 'thread_reflections', { ...place, reflection_id: 'r2' })).rejects.toThrow();
		await insert(database, 'threads', { id: 't2', started_at: time, last_active: time });
		await insert(database, 'thread_reflections', { ...place, thread_id: 't2' });
		await database.close();
	});

	test('references hold, and what hangs on a reflection goes with it', async () => {
		const database = await migrated();
		await expect(
			insert(database, 'mirrorbacks', { ...good['mirrorbacks'], reflection_id: 'no' })
		).rejects.toThrow();
		await expect(
			insert(database, 'reflections', { ...good['reflections'], identity_id: 'no' })
		).rejects.toThrow();
		await insert(database, 'mirrorbacks', good['mirrorbacks'] ?? {});
		await database.transaction((tx) => tx.run(`DELETE FROM reflections WHERE id = 'r'`));
		expect(await database.query('SELECT * FROM mirrorbacks')).toEqual([]);
		await database.close();
	});

	test('the history of evolution is only ever added to', async () => {
		const database = await migrated();
		await insert(database, 'evolution_history', good['evolution_history'] ?? {});
		for (const purpose of ['data', 'schema'] as const) {
			const change = (sql: string) => database.transaction((tx) => tx.run(sql), purpose);
			await expect(change(`UPDATE evolution_history SET applied_by = 'somebody'`)).rejects.toThrow(
				/insert only/
			);
			await expect(change('DELETE FROM evolution_history')).rejects.toThrow(/insert only/);
		}
		expect(await database.query('SELECT applied_by FROM evolution_history')).toEqual([{ applied_by: null }]);
		await database.close();
	});

	test('goes back to nothing by its own rollback, and up again to the same', async () => {
		const database = await migrated();
		const empty = await schemaOf(await databaseOf(createWorld(1, engine)));
		const before = await schemaOf(database);
		expect(before.length).toBeGreaterThan(40);
		const report = await rollback(database, migrations, null, options);
		expect(report.failed).toBeNull();
		expect(await schemaOf(database)).toEqual(empty);
		expect((await readSchema(database)).applied).toEqual([]);
		expect((await migrate(database, migrations, options)).failed).toBeNull();
		expect(await schemaOf(database)).toEqual(before);
		await database.close();
	});
});
