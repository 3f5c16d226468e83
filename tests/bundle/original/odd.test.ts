import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { BundleRow } from '#records/bundle-rows.ts';
import { bundleOf, databaseOf, staged } from '../make.ts';
import { vector } from '../vectors.ts';
import { ask, changed, databaseWith, refusal } from './source.ts';

/** The only row of a table with this id. */
function rowOf(rows: readonly BundleRow[], id: string): BundleRow & { readonly parsed: unknown } {
	const found = rows.filter((row) => row['id'] === id);
	expect(found.length).toBe(1);
	return { ...found[0], parsed: JSON.parse(String(found[0]?.['metadata'] ?? 'null')) };
}

const time = "'2025-01-01T10:00:00'";

describe('what a file of the original may hold besides', () => {
	test('the shape of mirrors: runs, ratings, feedback, measurements, events, places and deleted threads', async () => {
		const [mirror] = ask('mirrors-dario.db', 'SELECT id FROM mirrors');
		const [tension] = ask('mirrors-dario.db', 'SELECT id FROM tensions');
		const [free, placed] = ask(
			'mirrors-dario.db',
			'SELECT id FROM reflections ORDER BY thread_id IS NOT NULL'
		);
		const of = `'${String(mirror?.['id'])}'`;
		const r = `'${String(free?.['id'])}'`;
		const file = changed(
			'mirrors-dario.db',
			`INSERT INTO engine_runs (id, mirror_id, reflection_id, engine_version, constitution_hash, started_at, duration_ms, success, model_used, sync_allowed)
				VALUES ('run', ${of}, ${r}, '1.0.0', 'hash', ${time}, 0, 1, 'remote:anthropic:claude-3', 1);
			INSERT INTO mirrorbacks (id, mirror_id, reflection_id, content, constitutional_check_passed, engine_version, created_at,
				user_rating_resonance, user_rating_fidelity, user_rating_clarity) VALUES
				('rated', ${of}, ${r}, 'You wrote.', 1, '1.0.0', ${time}, 5, 4, 4),
				('unrun', ${of}, '${String(placed?.['id'])}', 'You wrote.', 1, '1.0.0', ${time}, 1, NULL, NULL);
			INSERT INTO engine_feedback (id, mirror_id, mirrorback_id, feedback_type, severity_self_rating, feedback_text, created_at) VALUES
				('said', ${of}, 'rated', 'over_advice', 4, 'Too much.', ${time}), ('kept', ${of}, 'unrun', 'tone_mismatch', NULL, 'Cold.', ${time});
			INSERT INTO tension_measurements (id, tension_id, position, measured_at, measured_by) VALUES
				('m2', '${String(tension?.['id'])}', 0.5, '2025-01-02T10:00:00', 'user_reported'),
				('m1', '${String(tension?.['id'])}', -0.5, ${time}, 'user_reported');
			INSERT INTO threads (id, mirror_id, title, status) VALUES ('gone', ${of}, 'Old', 'deleted');
			INSERT INTO thread_reflections (id, thread_id, reflection_id, sequence_number, created_at) VALUES ('place', 'gone', ${r}, 3, ${time});
			INSERT INTO evolution_events (id, mirror_id, event_type, component, requires_consent, reversible, applied_at)
				VALUES ('event', ${of}, 'user_rollback', 'prompts', 1, 1, ${time})`
		);
		const { rows, quarantined, changed: findings } = await staged(file);
		expect([...quarantined, ...findings]).toEqual([]);
		const at = '2025-01-01T10:00:00.000Z';
		expect(rowOf(rows.engine_runs, 'run')).toMatchObject({
			...{ config_version: '1.0.0', engine_mode: 'remote_llm', model_name: 'remote:anthropic:claude-3' },
			...{ duration_ms: 1, timestamp: at, sync_allowed: 0 }
		});
		const said = rows.engine_feedback.map(({ engine_run_id, rating, flags, notes }) => [
			engine_run_id,
			rating,
			flags,
			notes
		]);
		expect(said).toEqual([
			[
				'run',
				null,
				'["over_advice","severity_self_rating: 4","status: reported","mirrorback_id: rated"]',
				'Too much.'
			],
			['run', 4, '["mean_of_resonance_fidelity_clarity"]', null]
		]);
		expect(rowOf(rows.mirrorbacks, 'unrun').parsed).toMatchObject({
			original_engine_feedback: { kept: { feedback_text: 'Cold.' } },
			unknown_columns: { user_rating_resonance: 1 }
		});
		expect(rowOf(rows.tensions, String(tension?.['id'])).parsed).toMatchObject({
			position_history: [
				{ date: at, position: -0.5, measured_by: 'user_reported' },
				{ date: '2025-01-02T10:00:00.000Z', position: 0.5 }
			]
		});
		expect(rowOf(rows.threads, 'gone')).toMatchObject({
			status: 'archived',
			parsed: { original_status: 'deleted' }
		});
		expect(rows.thread_reflections.filter(({ thread_id }) => thread_id === 'gone')).toEqual([
			{ thread_id: 'gone', reflection_id: free?.['id'], position: 3, added_at: at }
		]);
		const event = rowOf(rows.evolution_events, 'event');
		expect(event).toMatchObject({ event_type: 'downgrade', timestamp: at, sync_allowed: 0 });
		expect(JSON.parse(String(event['event_data']))).toMatchObject({
			component: 'prompts',
			original_event_type: 'user_rollback'
		});
	});

	test('rows that no program of the original writes: the safe word, the text that was there, an order, or a sentence', async () => {
		const [thread] = ask('core001-ana.db', 'SELECT thread_id FROM thread_reflections');
		const file = changed(
			'core001-ana.db',
			`PRAGMA ignore_check_constraints = on; PRAGMA foreign_keys = off;
			INSERT INTO reflections (id, identity_id, content, visibility, created_at, metadata) VALUES
				('nobody', NULL, 'Mine alone.', 'sync_full_public', ${time}, NULL),
				('word', NULL, 'A word.', 'everyone', ${time}, '{"tags": ["cut'),
				('empty', NULL, ' ', 'local_only', ${time}, NULL),
				('when', NULL, 'When?', 'local_only', 'yesterday', NULL);
			INSERT INTO tensions (id, name, axis_a, axis_b, origin, sync_mode, created_at, updated_at)
				VALUES ('t', 'A vs B', 'A', 'B', 'oracle', 'share_full', ${time}, ${time});
			INSERT INTO engine_runs (id, reflection_id, config_version, engine_mode, patterns, duration_ms, timestamp)
				VALUES ('run', 'word', '1.0.0', 'telepathy', '[broken', 0, ${time});
			INSERT INTO evolution_votes (id, proposal_id, identity_id, choice, created_at) VALUES ('vote', 'nothing', 'gone', 'for', ${time});
			INSERT INTO patterns (id, name, first_seen, last_seen) VALUES ('p', 'nobody''s', ${time}, ${time});
			UPDATE thread_reflections SET position = 0 WHERE thread_id = '${String(thread?.['thread_id'])}';
			CREATE TABLE platform_users (id TEXT)`
		);
		const { rows, quarantined, changed: findings, skipped, notices } = await staged(file);
		expect(quarantined).toEqual([
			{ table: 'reflections', id: 'empty', reason: 'content is empty' },
			{ table: 'reflections', id: 'when', reason: 'created_at is not a time' }
		]);
		expect(skipped).toEqual([
			{ reason: 'patterns: belongs to nothing that is in the file', count: 1 },
			{ reason: 'evolution_votes: belongs to nothing that is in the file', count: 1 }
		]);
		expect(notices).toContain('Not read: table platform_users.');
		expect(notices).toContain('Threads whose entries are numbered anew, in their order: 1.');
		expect(findings.map(({ id, reason }) => `${id} ${reason}`).sort()).toEqual([
			'nobody has no identity, and so becomes local_only',
			'run engine_mode is a word that is not known here, and becomes manual',
			't origin is a word that is not known here, and becomes user_created',
			'word visibility is a word that is not known here, and becomes local_only'
		]);
		expect(rowOf(rows.reflections, 'nobody')).toMatchObject({ visibility: 'local_only' });
		expect(rowOf(rows.reflections, 'word')).toMatchObject({
			visibility: 'local_only',
			parsed: { original_metadata: '{"tags": ["cut', original_visibility: 'everyone' }
		});
		expect(rowOf(rows.tensions, 't')).toMatchObject({
			sync_mode: 'local_only',
			parsed: { original_origin: 'oracle' }
		});
		expect(rowOf(rows.engine_runs, 'run')).toMatchObject({
			...{
				engine_mode: 'manual',
				patterns: '"[broken"',
				duration_ms: 1,
				flags: '{"original_engine_mode":"telepathy"}'
			}
		});
		const inOrder = ask('core001-ana.db', 'SELECT * FROM thread_reflections ORDER BY added_at').filter(
			({ thread_id }) => thread_id === thread?.['thread_id']
		);
		const places = rows.thread_reflections.filter(({ thread_id }) => thread_id === thread?.['thread_id']);
		expect(places.map(({ reflection_id, position }) => [reflection_id, position])).toEqual(
			inOrder.map(({ reflection_id }, position) => [reflection_id, position])
		);
	});

	test('LocalDB: feedback is on the run of its time, or with its reflection; a session may never have ended', async () => {
		const [first, second] = ask(
			'localdb-chiara.db',
			'SELECT reflection_id FROM engine_feedback ORDER BY created_at'
		);
		const [row] = ask('localdb-chiara.db', 'SELECT identity_id, max(created_at) AS at FROM reflections');
		const [without, twice] = [first, second].map((feedback) => String(feedback?.['reflection_id']));
		const file = changed(
			'localdb-chiara.db',
			`DELETE FROM engine_runs WHERE reflection_id = '${without}';
			INSERT INTO engine_runs (id, reflection_id, engine_mode, tensions_surfaced, duration_ms, created_at) VALUES
				('before', '${twice}', 'manual', '[{"type":"obligation_tension","intensity":0.7}]', 5, '2026-11-21T02:22:34.199359'),
				('after', '${twice}', 'manual', '[]', 5, '2026-11-21T02:22:34.199361');
			INSERT INTO sessions (id, identity_id, started_at) VALUES ('open', '${String(row?.['identity_id'])}', '2025-09-01T00:00:00')`
		);
		const { rows, quarantined } = await staged(file);
		expect(quarantined).toEqual([]);
		expect(rows.engine_feedback.length).toBe(7);
		expect(
			rows.engine_feedback.find(({ notes, rating }) => rating === 2 && notes === 'too generic')
		).toMatchObject({
			engine_run_id: 'before',
			flags: null
		});
		expect(rowOf(rows.engine_runs, 'before')).toMatchObject({
			config_version: 'unknown',
			tensions_surfaced: '[{"name":"obligation_tension","type":"obligation_tension","intensity":0.7}]'
		});
		expect(rowOf(rows.reflections, without ?? '').parsed).toMatchObject({
			original_engine_feedback: expect.any(Object) as object
		});
		expect(rowOf(rows.threads, 'open')).toMatchObject({
			...{ status: 'archived', started_at: '2025-09-01T00:00:00.000Z' },
			last_active: `${String(row?.['at']).slice(0, 23)}Z`
		});
	});

	test('the first version: what has a column here is taken out of metadata', async () => {
		const file = changed(
			'core001-first-1.0.0.db',
			`INSERT INTO tensions (id, name, axis_a, axis_b, created_at, updated_at, metadata)
				VALUES ('t', 'A vs B', 'A', 'B', ${time}, ${time}, '{"intensity":0.25}');
			INSERT INTO axes (id, name, created_at, metadata) VALUES ('a', 'A', ${time}, '{"category":"temporal"}');
			UPDATE mirrorbacks SET metadata = '{"engine_version":"0.9.0"}'`
		);
		const { rows } = await staged(file);
		expect(rowOf(rows.tensions, 't')).toMatchObject({
			intensity: 0.25,
			origin: 'user_created',
			sync_mode: 'local_only'
		});
		expect(rowOf(rows.axes, 'a')).toMatchObject({ category: 'temporal' });
		expect(rows.mirrorbacks.filter(({ engine_version }) => engine_version === '0.9.0').length).toBe(12);
	});

	test('more than a row may hold is counted and left out; the row itself comes in', async () => {
		const [identity] = ask('core001-ana.db', 'SELECT id FROM identities');
		const { rows, skipped } = await staged(
			changed(
				'core001-ana.db',
				`INSERT INTO patterns (id, identity_id, name, description, first_seen, last_seen)
				VALUES ('long', '${String(identity?.['id'])}', 'long', hex(zeroblob(600000)), ${time}, ${time})`
			)
		);
		expect(rows.identities.length).toBe(2);
		expect(skipped.map(({ reason }) => reason)).toEqual([
			'patterns: more belongs to one row, or to all, than can be kept'
		]);
	});

	test('a database that keeps its newest changes in a second file is read, and that is said', async () => {
		const plain = await staged(vector('core001-first-1.0.0.db'));
		const image = vector('core001-first-1.0.0.db').fill(2, 18, 20);
		const { rows, notices } = await staged(image);
		expect(rows).toEqual(plain.rows);
		expect([notices.join(' '), plain.notices.join(' ')].map((said) => said.includes('-wal'))).toEqual([
			true,
			false
		]);
	});

	test('the database of a bundle alone is read as that of a bundle', async () => {
		const rows = {
			identities: [{ id: 'i', created_at: '2026-01-01', updated_at: '2026-01-01', metadata: null }]
		};
		const database = await databaseOf(rows);
		const read = await staged(database);
		expect(read.format).toBe('mirror_database');
		expect(read.rows).toEqual((await staged(bundleOf(database))).rows);
	});
});

describe('files that are not of the original, or not whole', () => {
	const ana = vector('core001-ana.db');
	const broken = ana.slice().fill(0xee, 8192, 30_000);
	const other = databaseWith(
		'CREATE TABLE photos (id TEXT, path TEXT); CREATE TABLE reflections (id TEXT, angle REAL)'
	);
	const notOne = 'This SQLite database is not one of Mirror OS';

	test.each([
		['a database cut short', ana.slice(0, 100_000), 'damaged: This database is damaged'],
		['the head of a database', ana.slice(0, 16), 'damaged: This database is damaged'],
		['a database with pages overwritten', broken, 'damaged: This database is damaged'],
		['a database of something else', other, `unknown_format: ${notOne}`],
		['an empty database', databaseWith('VACUUM'), `unknown_format: ${notOne}`],
		['a backup of something else', zipSync({ 'mirror.db': other }), `unknown_format: ${notOne}`],
		[
			'a backup whose database is none',
			zipSync({ 'mirror.db': strToU8('SELECT') }),
			'damaged: This database is damaged'
		],
		[
			'an export of a later format',
			strToU8('{"format":"mirror_os_export_v9"}'),
			'unknown_format: This JSON file says'
		],
		[
			'an export of another shape',
			strToU8('{"format":"mirror_os_export_v1","identities":[7]}'),
			'unknown_format: This JSON'
		]
	])('%s is refused in a sentence', async (_what, bytes, sentence) => {
		const said = await refusal(bytes);
		expect(said.startsWith(sentence)).toBe(true);
		expect(said).toMatch(/\. Nothing was imported\.$/);
	});

	test('keys of prototypes and JSON of any depth are inert', async () => {
		const deep = '['.repeat(100_000) + ']'.repeat(100_000);
		const own = '"created_at":"2025-01-01T10:00:00","updated_at":"2025-01-01T10:00:00"';
		const { rows, quarantined } = await staged(
			strToU8(`{"format":"mirror_os_export_v1","__proto__":{"identity_id":"i"},"identities":[{"id":"i",${own},
				"__proto__":{"settings":5},"metadata":${deep},"constructor":{"prototype":{"visibility":"sync_full_public"}},
				"reflections":[{"id":"r","identity_id":"i","content":"Words.",${own},"__proto__":{"visibility":"sync_full_public"},
				"constructor":{"name":"x"},"metadata":"{\\"__proto__\\":{\\"title\\":\\"t\\"}}","mirrorback":"You wrote."}],
				"patterns":[{"id":"__proto__","identity_id":"i","name":"p","occurrences":[{"id":"__proto__","reflection_id":"r"}]}]}]}`)
		);
		expect(quarantined).toEqual([]);
		expect(rows.reflections).toMatchObject([{ id: 'r', visibility: 'local_only', identity_id: 'i' }]);
		expect(rows.mirrorbacks).toMatchObject([{ reflection_id: 'r', content: 'You wrote.' }]);
		expect({}).not.toHaveProperty('visibility');
		expect({}).not.toHaveProperty('name');
	});
});
