import { describe, expect, test } from 'vitest';
import type { Visibility } from '#domain/reflection.ts';
import { visibilities } from '#domain/reflection.ts';
import type { Lane, LaneTable, LeavingRow } from '#domain/sharing.ts';
import { carried } from '#mirror/lanes.ts';
import { bundleOf, databaseOf as fileOf } from '../bundle/make.ts';
import { createWorld, TestMirror } from './mirror.ts';
import { watched } from './rows.ts';

/** A mirror with one identity, and an entry at every level. */
async function shared(seed: number) {
	const { mirror, database, rows } = await watched(seed);
	const [identity] = (await mirror.read('identities.list', {})).rows;
	const me = identity?.id ?? '';
	const at = {} as Record<Visibility, string>;
	for (const visibility of visibilities) {
		at[visibility] = await mirror.write(
			`Harbour ${visibility}. I keep saying that I should call my sister, and then I watch the rain.`,
			{
				identity_id: me,
				visibility,
				title: `Lantern ${visibility}`,
				tags: ['willow']
			}
		);
	}
	await mirror.write('Nobody knows about the orchard.');
	return { mirror, database, rows, me, at };
}

async function leaving(
	mirror: TestMirror,
	lane: Exclude<Lane, 'summary'>,
	table: LaneTable
): Promise<LeavingRow[]> {
	const rows: LeavingRow[] = [];
	// Pages of one: what a page says and where the next begins is part of what is tested.
	for (let after: string | null = null; ; after = rows.at(-1)!.id) {
		const page = (await mirror.read('sharing.rows', { lane, table, after, limit: 1 })).rows;
		if (page.length === 0) return rows;
		rows.push(...page);
	}
}

/** How many rows each lane says that it carries, by table. */
async function counts(mirror: TestMirror): Promise<Record<string, Record<string, number>>> {
	const { rows } = await mirror.read('sharing.lanes', {});
	return Object.fromEntries(
		rows.map(({ lane, tables }) => [
			lane,
			Object.fromEntries(tables.map(({ table, rows: count }) => [table, count]))
		])
	);
}

async function mirrored(mirror: TestMirror, reflection_id: string): Promise<string> {
	const engine_run_id = mirror.id();
	await mirror.dispatch('mirrorback.create', { id: mirror.id(), reflection_id, engine_run_id });
	return engine_run_id;
}

const content = { id: 'r', identity_id: 'i', content: 'Words.', content_type: 'text', source: 'direct' };
const entry = { ...content, created_at: '2026-11-21T08:30:00.000Z', metadata: null };
const around = { author: 'Ada', isTelemetryAllowed: false, marks: [], parent: null };

describe('the rule that makes what leaves from a row', () => {
	test.each([
		['devices', 'sync_full_private'],
		['public', 'sync_full_public']
	] as const)('%s takes reflections of its own level, and nobody’s never', (lane, level) => {
		for (const visibility of visibilities) {
			const taken = carried(lane, 'reflections', { ...entry, visibility }, around);
			expect([visibility, taken !== null]).toEqual([visibility, visibility === level]);
		}
		const nobodys = { ...entry, visibility: level, identity_id: null };
		expect(carried(lane, 'reflections', nobodys, around)).toBeNull();
	});

	test('a mirrorback goes only where its reflection goes, whole, to devices', () => {
		const row = {
			id: 'm',
			reflection_id: 'r',
			content: 'Said.',
			engine_version: '1.0.0',
			created_at: entry.created_at,
			metadata: null
		};
		for (const visibility of visibilities) {
			const parent = { visibility, identity_id: 'i' };
			const taken = (['devices', 'public', 'commons'] as const).filter(
				(lane) => carried(lane, 'mirrorbacks', row, { ...around, parent }) !== null
			);
			expect([visibility, taken]).toEqual([
				visibility,
				visibility === 'sync_full_private' ? ['devices'] : []
			]);
		}
		expect(carried('devices', 'mirrorbacks', row, around)).toBeNull();
	});

	test('of a run it takes our own words, numbers and the hour, and no word that could be anybody’s', () => {
		const run = {
			...{ id: '0197f000-0000-7000-8000-000000000001', reflection_id: 'r', config_version: '1.0.0 orchard' },
			...{ engine_mode: 'orchard', model_name: 'orchard.gguf', mirrorback_length: 12, duration_ms: 3 },
			patterns: JSON.stringify(['self_critical', 'orchard', { name: 'orchard' }]),
			tensions_surfaced: JSON.stringify(['action_vs_rest', 'orchard vs. kettle']),
			flags: JSON.stringify({
				directive_threshold_exceeded: {
					ratio: 0.2,
					total_words: 39,
					orchard: 'orchard',
					threshold: 'orchard'
				},
				explicit_advice: ['you should see the orchard'],
				orchard: 1
			}),
			...{ timestamp: '2026-11-21T08:30:12.345Z', sync_allowed: 1 }
		};
		expect(carried('commons', 'engine_runs', run, around)).toEqual({
			...{ config_version: null, engine_mode: null, mirrorback_length: 12, duration_ms: 3 },
			...{ patterns: ['self_critical'], tensions_surfaced: ['action_vs_rest'], hour: '2026-11-21T08:00Z' },
			flags: { directive_threshold_exceeded: { ratio: 0.2, total_words: 39 } }
		});
		expect(carried('commons', 'engine_runs', { ...run, sync_allowed: 0 }, around)).toBeNull();
	});
});

describe('what could leave', () => {
	test('is each row in the lane of its level, with the fields that the page names and no other', async () => {
		const { mirror, me, at } = await shared(51);
		await mirrored(mirror, at.sync_full_public);
		await mirrored(mirror, at.sync_full_private);
		for (const sync_mode of ['local_only', 'share_anonymized', 'share_full'] as const) {
			const named = { id: mirror.id(), identity_id: me, name: sync_mode, axis_a: 'Action', axis_b: 'Rest' };
			await mirror.dispatch('tension.create', { ...named, sync_mode, notes: 'orchard' });
			await mirror.dispatch('tension.create', { ...named, id: mirror.id(), identity_id: null, sync_mode });
		}
		expect(await counts(mirror)).toEqual({
			summary: { reflections: 1, tensions: 1 },
			devices: { reflections: 1, mirrorbacks: 1 },
			public: { reflections: 1, tensions: 1 },
			commons: { engine_runs: 0, engine_feedback: 0, evolution_events: 0, evolution_proposals: 0 }
		});
		const { rows: states } = await mirror.read('sharing.lanes', {});
		for (const { lane, tables } of states) {
			if (lane === 'summary') continue;
			for (const { table, rows, fields } of tables) {
				const carrying = await leaving(mirror, lane, table);
				expect([lane, table, carrying.length]).toEqual([lane, table, rows]);
				for (const row of carrying) expect(Object.keys(row.fields)).toEqual(fields);
			}
		}
		const [own] = await leaving(mirror, 'devices', 'reflections');
		expect(own?.fields).toMatchObject({ id: at.sync_full_private, identity_id: me });
		const [open] = await leaving(mirror, 'public', 'reflections');
		expect(open).toMatchObject({
			id: at.sync_full_public,
			fields: { title: 'Lantern sync_full_public', day: '2026-11-21' }
		});
		const [tension] = await leaving(mirror, 'public', 'tensions');
		expect(tension?.fields).toMatchObject({ name: 'share_full', position: null });
		expect(JSON.stringify(tension?.fields)).not.toContain('orchard');
	});

	test('follows the limit for everything, which closes each lane above it', async () => {
		const { mirror, at } = await shared(52);
		await mirror.dispatch('engine_run.share', {
			id: await mirrored(mirror, at.sync_summary),
			sync_allowed: true
		});
		const open = async (limit: Visibility) => {
			await mirror.dispatch('settings.change', { key: 'sharing_limit', value: limit });
			const { rows } = await mirror.read('sharing.lanes', {});
			const carrying = rows.filter(({ tables }) => tables.some(({ rows: count }) => count > 0));
			const summary = (await mirror.read('sharing.summary', {})).rows.length;
			const whole = (await leaving(mirror, 'devices', 'reflections')).length;
			const anybody = (await leaving(mirror, 'public', 'reflections')).length;
			return { lanes: carrying.map(({ lane }) => lane), rows: [summary, whole, anybody] };
		};
		expect(await open('local_only')).toEqual({ lanes: [], rows: [0, 0, 0] });
		expect(await open('sync_summary')).toEqual({ lanes: ['summary', 'commons'], rows: [1, 0, 0] });
		expect(await open('sync_full_private')).toEqual({
			lanes: ['summary', 'devices', 'commons'],
			rows: [1, 1, 0]
		});
		expect(await open('sync_full_public')).toEqual({
			lanes: ['summary', 'devices', 'public', 'commons'],
			rows: [1, 1, 1]
		});
	});

	test('of the engine’s measures is what was allowed one by one, or all of it', async () => {
		const { mirror, at } = await shared(53);
		const [first, second] = [await mirrored(mirror, at.local_only), await mirrored(mirror, at.sync_summary)];
		const said = { rating: 2, flags: ['too_generic' as const], notes: 'It missed the orchard.' };
		await mirror.dispatch('feedback.give', { id: mirror.id(), engine_run_id: second, ...said });
		expect((await counts(mirror))['commons']).toMatchObject({ engine_runs: 0, engine_feedback: 0 });
		await mirror.dispatch('engine_run.share', { id: second, sync_allowed: true });
		expect((await leaving(mirror, 'commons', 'engine_runs')).map(({ id }) => id)).toEqual([second]);
		expect((await leaving(mirror, 'commons', 'engine_feedback')).map(({ fields }) => fields)).toEqual([
			{ rating: 2, flags: ['too_generic'], hour: '2026-11-21T08:00Z' }
		]);
		await mirror.dispatch('settings.change', { key: 'telemetry_sync_allowed', value: true });
		const all = await leaving(mirror, 'commons', 'engine_runs');
		expect(all.map(({ id }) => id)).toEqual([first, second].sort().reverse());
		const words = JSON.stringify(all.map(({ fields }) => fields));
		for (const id of [first, second, ...Object.values(at)]) expect(words).not.toContain(id);
	});

	test('stays here again with one command for a lane, which can be undone', async () => {
		const { mirror, rows, me, at } = await shared(54);
		await mirror.dispatch('engine_run.share', {
			id: await mirrored(mirror, at.local_only),
			sync_allowed: true
		});
		await mirror.dispatch('settings.change', { key: 'telemetry_sync_allowed', value: true });
		const tension = {
			identity_id: me,
			name: 'A',
			axis_a: 'One',
			axis_b: 'Two',
			sync_mode: 'share_full' as const
		};
		await mirror.dispatch('tension.create', { id: mirror.id(), ...tension });
		const before = await rows();
		const requests: string[] = [];
		for (const lane of ['summary', 'devices', 'public', 'commons'] as const) {
			const receipt = await mirror.dispatch('sharing.withdraw', { lane });
			expect([lane, receipt.result]).toEqual([lane, { withdrawn: lane === 'public' ? 2 : 1 }]);
			requests.push(receipt.request_id);
		}
		const nothing = { reflections: 0, tensions: 0 };
		expect(await counts(mirror)).toEqual({
			...{ summary: nothing, devices: { reflections: 0, mirrorbacks: 0 }, public: nothing },
			commons: { engine_runs: 0, engine_feedback: 0, evolution_events: 0, evolution_proposals: 0 }
		});
		for (const request_id of requests.reverse())
			expect((await mirror.dispatch('change.undo', { request_id })).code).toBe('accepted');
		expect(await rows()).toEqual(before);
	});
});

describe('a file that comes in', () => {
	test('puts nothing under a name that is here already further than this device', async () => {
		const { mirror, me } = await shared(58);
		const at = '2026-11-21T08:00:00.000Z';
		const theirs = {
			id: 'r',
			content: 'Not my words.',
			content_type: 'text',
			source: 'direct',
			created_at: at,
			metadata: null
		};
		const tension = {
			id: 't',
			name: 'T',
			axis_a: 'A',
			axis_b: 'B',
			position: null,
			intensity: null,
			origin: 'user_created'
		};
		const event = {
			event_type: 'export',
			from_version: null,
			to_version: null,
			event_data: '{}',
			timestamp: at
		};
		await mirror.import(
			bundleOf(
				await fileOf({
					identities: [{ id: me, created_at: at, updated_at: '2020-01-01T00:00:00.000Z', metadata: null }],
					reflections: [{ ...theirs, identity_id: me, visibility: 'sync_full_public' }],
					tensions: [
						{
							...tension,
							identity_id: me,
							sync_mode: 'share_full',
							created_at: at,
							updated_at: at,
							metadata: null
						}
					],
					evolution_events: [{ id: 'e', ...event, mirror_signature: null, sync_allowed: 1 }]
				})
			)
		);
		const [open] = (await mirror.read('reflections.get', { id: 'r' })).rows;
		expect(open?.visibility).toBe('local_only');
		const words = JSON.stringify(await leaving(mirror, 'public', 'reflections'));
		expect(words).not.toContain('Not my words.');
		expect(await leaving(mirror, 'public', 'tensions')).toEqual([]);
		expect(await leaving(mirror, 'commons', 'evolution_events')).toEqual([]);
	});
});

describe('the commons', () => {
	test('gets events by consent, and proposals only after this mirror made them public', async () => {
		const { mirror, database } = await watched(57);
		const proposal = {
			proposal_type: 'prompt_adjustment' as const,
			title: 'Heron',
			description: 'Why',
			evidence: null
		};
		const ids = [mirror.id(), mirror.id()] as const;
		for (const id of ids) {
			await mirror.dispatch('proposal.create', { id, ...proposal, changes: { lines: 0 } });
			await mirror.dispatch('proposal.test', { id });
		}
		const proposals = async () =>
			(await leaving(mirror, 'commons', 'evolution_proposals')).map(({ id }) => id);
		expect(await proposals()).toEqual([]);
		const publish = (id: string, is_public: boolean) =>
			mirror.dispatch('proposal.publish', { id, is_public });
		await publish(ids[0], true);
		expect(await proposals()).toEqual([ids[0]]);
		// As it comes in a bundle from a mirror that published it: that says nothing of this one.
		const elsewhere = { published_at: '2026-01-01', published_by: '0'.repeat(16), votes: { i: 'approve' } };
		await database.transaction((tx) =>
			tx.run('UPDATE evolution_proposals SET metadata = ? WHERE id = ?', [JSON.stringify(elsewhere), ids[1]])
		);
		expect(await proposals()).toEqual([ids[0]]);
		const [carrying] = await leaving(mirror, 'commons', 'evolution_proposals');
		expect(carrying?.fields).toMatchObject({ title: 'Heron', changes: { lines: 0 }, day: '2026-11-21' });
		expect(JSON.stringify(carrying?.fields)).not.toContain('published');
		await publish(ids[0], false);
		expect(await proposals()).toEqual([]);

		// What was withdrawn does not come back with an older bundle of one's own, not even as a copy.
		await publish(ids[0], true);
		const bundle = await mirror.export();
		await mirror.dispatch('sharing.withdraw', { lane: 'commons' });
		await mirror.import(bundle);
		expect(await proposals()).toEqual([]);
		await publish(ids[0], true);
		await mirror.dispatch('settings.change', { key: 'sharing_limit', value: 'sync_summary' });
		expect(await proposals()).toEqual([]);
		await mirror.dispatch('settings.change', { key: 'sharing_limit', value: 'sync_full_public' });

		// A consent that is taken back is taken back for what happened meanwhile.
		const consent = (value: boolean) =>
			mirror.dispatch('settings.change', { key: 'telemetry_sync_allowed', value });
		await consent(true);
		expect((await leaving(mirror, 'commons', 'evolution_events')).length).toBeGreaterThan(3);
		await consent(false);
		const installed = (await mirror.read('evolution.events', { limit: 200 })).rows.at(-1);
		expect(await leaving(mirror, 'commons', 'evolution_events')).toEqual([]);
		await mirror.dispatch('lifecycle.share', { id: installed?.id ?? '', sync_allowed: true });
		expect((await leaving(mirror, 'commons', 'evolution_events')).map(({ fields }) => fields)).toEqual([
			{ event_type: 'installation', from_version: null, to_version: null, hour: '2026-11-21T08:00Z' }
		]);
	});
});

describe('the anonymised summary', () => {
	test('holds no word of any entry, and its numbers are those of the entries', async () => {
		const { mirror, database, me, at } = await shared(55);
		const own = { identity_id: me, visibility: 'sync_summary' as const };
		// The words of the summary's own making would stand here, had it any.
		const text =
			'Patterns of reflections, tensions, mirrored counts: obligation language, version, self_critical.';
		const entries = [
			await mirror.write(`${text} I should call her, and I must write. Why do I never do it?`, own),
			await mirror.write(`I always think that I am not good enough. ${text}`, own)
		];
		for (const id of [...entries, at.local_only]) await mirrored(mirror, id);
		await mirrored(mirror, entries[0]!);
		const seed = { identity_id: me, sync_mode: 'share_anonymized' as const, name: 'Tension' };
		for (const [axis_a, axis_b, position] of [
			['Control', 'Surrender', -0.9],
			['surrender', 'CONTROL', -0.9],
			['Action', 'Rest', null],
			['Harbour', 'Orchard', 0.2]
		] as const)
			await mirror.dispatch('tension.create', { id: mirror.id(), ...seed, axis_a, axis_b, position });

		const [summary] = (await mirror.read('sharing.summary', {})).rows;
		const sent = summary?.text ?? '';
		const contents = await database.query('SELECT content, metadata FROM reflections');
		const words = new Set(
			contents.flatMap(
				(row) => `${row['content']} ${row['metadata']}`.toLowerCase().match(/\p{L}{4,}/gu) ?? []
			)
		);
		expect(words.size).toBeGreaterThan(30);
		for (const word of words) expect(sent.toLowerCase()).not.toContain(word);
		expect(sent).not.toMatch(/\p{L}{2,}/u);

		// Counted apart from the code that sums up: what the newest run of each of the three entries says.
		const runs = (await mirror.read('engine_runs.list', { limit: 50 })).rows;
		const counted = new Map<string, readonly string[]>();
		for (const run of runs.toReversed())
			if (entries.includes(run.reflection_id ?? '')) counted.set(run.reflection_id ?? '', run.patterns);
		const showing = (name: string) => [...counted.values()].filter((names) => names.includes(name)).length;
		expect(showing('obligation_language')).toBeGreaterThan(0);
		expect(JSON.parse(sent)).toMatchObject({ v: 1, n: 3, m: 2, x: 1 });
		const { p, t } = JSON.parse(sent) as { p: Record<string, number>; t: Record<string, number[]> };
		expect(p['a'] ?? 0).toBe(showing('obligation_language'));
		expect(p['b'] ?? 0).toBe(showing('absolute_thinking'));
		expect(p['g'] ?? 0).toBe(showing('open_question'));
		expect(t).toEqual({ a: [1, 0, 1, 0], d: [0, 0, 0, 1] });
	});

	test('is none where nothing may be counted', async () => {
		const mirror = await TestMirror.open(createWorld(56));
		await mirror.write('Nobody knows about the orchard.');
		expect((await mirror.read('sharing.summary', {})).rows).toEqual([]);
	});
});
