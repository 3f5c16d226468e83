import { beforeAll, describe, expect, test } from 'vitest';
import type { Database, SqlValue } from '#storage/database.ts';
import { createWorld, databaseOf, TestMirror } from './mirror.ts';

/**
 * Every enumeration and range of the specification (C1): the values that it names are taken, others are refused with a
 * reason, by the schema itself and by the commands.
 */

const time = '2026-11-21T08:00:00.000Z';
const json = { valid: ['{}', '[]', null], invalid: ['{', 'no'] };
const flag = { valid: [0, 1], invalid: [2, -1] };

/** A row that is taken, and by column what else is, and what is not. */
interface Case {
	readonly row: Readonly<Record<string, SqlValue>>;
	readonly columns: Readonly<
		Record<string, { readonly valid: readonly SqlValue[]; readonly invalid: readonly SqlValue[] }>
	>;
}

const cases: Readonly<Record<string, Case>> = {
	identities: { row: { id: 'n', created_at: time, updated_at: time }, columns: { metadata: json } },
	reflections: {
		row: { id: 'n', identity_id: 'i', content: 'Words.', visibility: 'local_only', created_at: time },
		columns: {
			content: { valid: ['a', ' a\n'], invalid: ['', ' \n\t', null] },
			content_type: { valid: ['text', 'markdown', 'audio_transcript'], invalid: ['html', ''] },
			visibility: {
				valid: ['local_only', 'sync_summary', 'sync_full_private', 'sync_full_public'],
				invalid: ['share_full', 'public', '', null]
			},
			source: { valid: ['direct', 'import', 'integration'], invalid: ['email', ''] },
			metadata: json
		}
	},
	mirrorbacks: {
		row: { id: 'n', reflection_id: 'r', content: 'Said.', engine_version: '1.0.0', created_at: time },
		columns: {
			reflection_id: { valid: ['r'], invalid: ['none', null] },
			content: { valid: ['a'], invalid: [null] },
			metadata: json
		}
	},
	threads: {
		row: { id: 'n', identity_id: null, title: null, started_at: time, last_active: time, status: 'active' },
		columns: {
			status: { valid: ['active', 'paused', 'archived'], invalid: ['deleted', '', null] },
			metadata: json
		}
	},
	thread_reflections: {
		row: { thread_id: 't', reflection_id: 'r', position: 2, added_at: time },
		columns: {
			position: { valid: [2, -5, 0], invalid: [1, null] },
			thread_id: { valid: ['t'], invalid: ['none'] }
		}
	},
	tensions: {
		row: {
			...{ id: 'n', identity_id: null, name: 'A', axis_a: 'One', axis_b: 'Two', origin: 'user_created' },
			...{ sync_mode: 'local_only', created_at: time, updated_at: time }
		},
		columns: {
			name: {
				valid: ['a', 'a'.repeat(100), '🌊'.repeat(100)],
				invalid: ['', 'a'.repeat(101), '🌊'.repeat(101), null]
			},
			position: { valid: [-1, -0.5, 0, 1, null], invalid: [-1.01, 1.01, 2] },
			intensity: { valid: [0, 0.5, 1, null], invalid: [-0.01, 1.01] },
			origin: {
				valid: ['system_seed', 'llm_suggested', 'user_created'],
				invalid: ['user_defined', '', null]
			},
			sync_mode: {
				valid: ['local_only', 'share_anonymized', 'share_full'],
				invalid: ['sync_summary', '', null]
			},
			metadata: json
		}
	},
	axes: {
		row: { id: 'n', identity_id: null, name: 'Time', created_at: time },
		columns: {
			name: { valid: ['a'], invalid: ['', null] },
			category: { valid: ['temporal', 'anything', null], invalid: [] },
			metadata: json
		}
	},
	engine_runs: {
		row: { id: 'n', config_version: '1.0.0', engine_mode: 'manual', timestamp: time },
		columns: {
			engine_mode: { valid: ['local_llm', 'remote_llm', 'manual'], invalid: ['auto', '', null] },
			duration_ms: { valid: [1, 60_000, null], invalid: [0, -1] },
			mirrorback_length: { valid: [0, 1, null], invalid: [-1] },
			patterns: json,
			tensions_surfaced: json,
			flags: json,
			sync_allowed: flag
		}
	},
	engine_feedback: {
		row: { id: 'n', engine_run_id: 'e', rating: 3, timestamp: time },
		columns: {
			// The last: without a rating, flags or notes there is nothing in it.
			rating: { valid: [1, 2, 3, 4, 5], invalid: [0, 6, -1, null] },
			flags: { valid: ['["too_long"]', null], invalid: ['['] },
			engine_run_id: { valid: ['e'], invalid: ['none', null] },
			sync_allowed: flag
		}
	},
	evolution_proposals: {
		row: {
			...{ id: 'n', proposal_type: 'prompt_adjustment', status: 'draft', title: 'A title' },
			...{ description: 'Why.', changes: '{}', created_at: time }
		},
		columns: {
			proposal_type: {
				valid: [
					...['prompt_adjustment', 'pattern_detection', 'tension_heuristic', 'constitutional_amendment'],
					...['safety_refinement', 'performance_optimization']
				],
				invalid: ['pattern_add', '', null]
			},
			status: {
				valid: ['draft', 'testing', 'review', 'voting', 'approved', 'applied', 'rejected'],
				invalid: ['active', '', null]
			},
			changes: { valid: ['{}'], invalid: ['{', null] },
			evidence: json,
			test_results: json,
			vote_results: json,
			metadata: json
		}
	},
	evolution_history: {
		row: { id: 'n', evolution_id: 'p', event_type: 'upgrade', applied_at: time, reversible: 1 },
		columns: {
			event_type: {
				valid: ['upgrade', 'downgrade', 'fork', 'rollback', 'merge', 'hotfix'],
				invalid: ['export', '', null]
			},
			reversible: { valid: [0, 1], invalid: [2, null] },
			metadata: json
		}
	},
	evolution_events: {
		row: { id: 'n', event_type: 'installation', event_data: '{}', timestamp: time },
		columns: {
			event_type: {
				valid: [
					...['installation', 'deletion', 'fork', 'regression', 'integration_add', 'integration_remove'],
					...['upgrade', 'downgrade', 'config_change', 'export', 'import']
				],
				invalid: ['rollback', '', null]
			},
			event_data: { valid: ['{}'], invalid: ['{', null] },
			sync_allowed: flag
		}
	},
	integrations: {
		row: { id: 'n', integration_type: 'notes', status: 'active', config: '{}', connected_at: time },
		columns: {
			integration_type: {
				valid: ['calendar', 'notes', 'email', 'health', 'journal', 'tasks', 'music', 'location', 'custom'],
				invalid: ['weather', '', null]
			},
			status: { valid: ['active', 'paused', 'disconnected', 'error'], invalid: ['revoked', '', null] },
			config: { valid: ['{}'], invalid: ['{', null] },
			metadata: json
		}
	}
};

class Enough extends Error {}

let database: Database;

/** Whether the schema takes a row. Nothing of it stays. */
async function takes(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean> {
	const columns = Object.keys(row);
	try {
		return await database.transaction(async (tx) => {
			await tx.run(
				`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
				Object.values(row)
			);
			throw new Enough();
		});
	} catch (error) {
		if (error instanceof Enough) return true;
		expect((error as Error).message).toMatch(/constraint|null value/i);
		return false;
	}
}

describe('the schema', () => {
	beforeAll(async () => {
		const world = createWorld(31);
		await (await TestMirror.open(world)).core.close();
		database = await databaseOf(world);
		await database.transaction(async (tx) => {
			const put = (sql: string) => tx.run(sql.replaceAll('$t', `'${time}'`));
			await put(`INSERT INTO identities (id, created_at, updated_at) VALUES ('i', $t, $t)`);
			for (const id of ['r', 's'])
				await put(
					`INSERT INTO reflections (id, identity_id, content, visibility, created_at) VALUES ('${id}', 'i', 'A', 'local_only', $t)`
				);
			await put(`INSERT INTO threads (id, started_at, last_active, status) VALUES ('t', $t, $t, 'active')`);
			await put(
				`INSERT INTO thread_reflections (thread_id, reflection_id, position, added_at) VALUES ('t', 's', 1, $t)`
			);
			await put(
				`INSERT INTO engine_runs (id, config_version, engine_mode, timestamp) VALUES ('e', '1.0.0', 'manual', $t)`
			);
		});
	});

	for (const [table, { row, columns }] of Object.entries(cases)) {
		test(`takes what the specification names in ${table}, and nothing else`, async () => {
			expect(await takes(table, row)).toBe(true);
			for (const [column, { valid, invalid }] of Object.entries(columns)) {
				for (const value of valid)
					expect([column, value, await takes(table, { ...row, [column]: value })]).toEqual([
						column,
						value,
						true
					]);
				for (const value of invalid)
					expect([column, value, await takes(table, { ...row, [column]: value })]).toEqual([
						column,
						value,
						false
					]);
			}
		});
	}

	test('lets nobody’s words be nothing but local', async () => {
		const row = { ...cases['reflections']?.row, identity_id: null };
		expect(await takes('reflections', row)).toBe(true);
		for (const visibility of ['sync_summary', 'sync_full_private', 'sync_full_public'])
			expect(await takes('reflections', { ...row, visibility })).toBe(false);
	});

	test('lets history only grow', async () => {
		const { row = {} } = cases['evolution_history'] ?? {};
		const columns = Object.keys(row);
		await database.transaction((tx) =>
			tx.run(
				`INSERT INTO evolution_history (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
				Object.values(row)
			)
		);
		for (const sql of ['DELETE FROM evolution_history', `UPDATE evolution_history SET applied_by = 'me'`])
			await expect(database.transaction((tx) => tx.run(sql))).rejects.toThrow('insert only');
	});
});

/** By kind: data that is accepted, and by field what else is, and what is refused. */
type Given = (mirror: TestMirror) => Promise<Record<string, unknown>>;
const asked: readonly (readonly [
	kind: string,
	given: Given,
	field: string,
	valid: readonly unknown[],
	invalid: readonly unknown[]
])[] = [
	[
		'reflection.create',
		reflection,
		'visibility',
		['local_only', 'sync_summary', 'sync_full_private', 'sync_full_public'],
		['share_full', '', null]
	],
	['reflection.create', reflection, 'content_type', ['text', 'markdown', 'audio_transcript'], ['html', '']],
	['reflection.create', reflection, 'content', ['a'], ['', ' \n\t']],
	['thread.edit', thread, 'status', ['active', 'paused', 'archived'], ['deleted', '']],
	[
		'tension.create',
		tension,
		'name',
		['a'.repeat(100), '🌊'.repeat(100)],
		['', 'a'.repeat(101), '🌊'.repeat(101)]
	],
	['tension.create', tension, 'position', [-1, -0.5, 0, 1, null], [-1.01, 1.01, '0']],
	['tension.create', tension, 'intensity', [0, 0.5, 1, null], [-0.01, 1.01]],
	[
		'tension.create',
		tension,
		'origin',
		['system_seed', 'llm_suggested', 'user_created'],
		['user_defined', '']
	],
	[
		'tension.create',
		tension,
		'sync_mode',
		['local_only', 'share_anonymized', 'share_full'],
		['sync_summary', '']
	],
	['feedback.give', feedback, 'rating', [1, 2, 3, 4, 5], [0, 6, 2.5, null]],
	[
		'integration.create',
		integration,
		'integration_type',
		['calendar', 'notes', 'email', 'health', 'journal', 'tasks', 'music', 'location', 'custom'],
		['weather', '']
	],
	[
		'integration.create',
		integration,
		'status',
		['active', 'paused', 'disconnected', 'error'],
		['revoked', '']
	]
];

async function reflection(mirror: TestMirror): Promise<Record<string, unknown>> {
	const [me] = (await mirror.read('identities.list', {})).rows;
	return {
		id: mirror.id(),
		identity_id: me?.id,
		content: 'Words.',
		created_at: time,
		local_date: '2026-11-21'
	};
}

async function thread(mirror: TestMirror): Promise<Record<string, unknown>> {
	const id = mirror.id();
	await mirror.dispatch('thread.create', { id, identity_id: null, title: null });
	return { id };
}

async function tension(mirror: TestMirror): Promise<Record<string, unknown>> {
	return { id: mirror.id(), identity_id: null, name: 'A', axis_a: 'One', axis_b: 'Two' };
}

async function feedback(mirror: TestMirror): Promise<Record<string, unknown>> {
	const engine_run_id = mirror.id();
	await mirror.dispatch('mirrorback.create', {
		id: mirror.id(),
		engine_run_id,
		reflection_id: await mirror.write('Words.')
	});
	return { id: mirror.id(), engine_run_id };
}

async function integration(mirror: TestMirror): Promise<Record<string, unknown>> {
	const config = { provider: 'Mine', url: 'https://example.org' };
	return { id: mirror.id(), identity_id: null, integration_type: 'notes', config };
}

describe('the commands', () => {
	test('share what belongs to somebody, and of what belongs to nobody nothing', async () => {
		const mirror = await TestMirror.open(createWorld(33));
		const { id, ...rest } = await reflection(mirror);
		const owned = String(id);
		await mirror.core.dispatch({ id: mirror.id(), kind: 'reflection.create', data: { id, ...rest } });
		const nobodys = await mirror.write('Nobody wrote this.', { identity_id: null });
		const share = (ids: string[], visibility: 'local_only' | 'sync_full_public') =>
			mirror.dispatch('reflection.share', { ids, visibility });
		const shown = async (one: string) =>
			(await mirror.read('reflections.get', { id: one })).rows[0]?.visibility;
		expect((await share([owned], 'sync_full_public')).result).toEqual({ shared: 1 });
		expect(await shown(owned)).toBe('sync_full_public');
		const refused = await share([owned, nobodys], 'sync_full_public');
		expect([refused.code, await shown(nobodys)]).toEqual(['invalid_data', 'local_only']);
		expect((await share([owned, nobodys], 'local_only')).result).toEqual({ shared: 1 });
		expect((await mirror.read('reflections.versions', { id: owned })).rows).toEqual([]);
	});

	test('let a run be shared with what was said of it, and take that back', async () => {
		const mirror = await TestMirror.open(createWorld(34));
		const said = await feedback(mirror);
		await mirror.core.dispatch({ id: mirror.id(), kind: 'feedback.give', data: { ...said, rating: 2 } });
		const id = String(said['engine_run_id']);
		const shared = async () => (await mirror.read('engine_runs.list', {})).rows[0]?.sync_allowed;
		expect(await shared()).toBe(false);
		for (const sync_allowed of [true, false]) {
			await mirror.dispatch('engine_run.share', { id, sync_allowed });
			expect(await shared()).toBe(sync_allowed);
		}
	});

	for (const [kind, given, field, valid, invalid] of asked) {
		test(`${kind} takes what the specification names as ${field}, and refuses the rest with a reason`, async () => {
			const mirror = await TestMirror.open(createWorld(32));
			const ask = async (value: unknown) =>
				mirror.core.dispatch({ id: mirror.id(), kind, data: { ...(await given(mirror)), [field]: value } });
			for (const value of valid) expect([value, (await ask(value)).code]).toEqual([value, 'accepted']);
			for (const value of invalid) {
				const { code, message } = await ask(value);
				expect([value, code]).toEqual([value, 'invalid_data']);
				expect(message).toMatch(/^(?:".+"|What was sent) .+\.$/);
			}
		});
	}
});
