import { describe, expect, test } from 'vitest';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Kind, Request } from '#domain/command.ts';
import { shippedConfig } from '#domain/engine-config.ts';
import { proposalStatuses, type Proposal, type ProposalStatus } from '#domain/evolution.ts';
import { generateKey, signingKeyOf } from '#app/signing.ts';
import { bundleOf, databaseOf as fileOf } from '../bundle/make.ts';
import { createWorld, TestMirror } from './mirror.ts';
import { watched } from './rows.ts';

const quiet = {
	...{
		proposal_type: 'prompt_adjustment' as const,
		title: 'No questions',
		description: 'I only want my words.'
	},
	...{ changes: { questions: false }, evidence: null }
};
const stricter = {
	...{
		proposal_type: 'constitutional_amendment' as const,
		title: 'Stricter',
		description: 'Even less advice.'
	},
	...{ changes: { directive_threshold: 0.05 }, evidence: 'Two mirrorbacks sounded like advice.' }
};

async function propose(mirror: TestMirror, what: Omit<Request<'proposal.create'>['data'], 'id'> = quiet) {
	const id = mirror.id();
	expect((await mirror.dispatch('proposal.create', { id, ...what })).code).toBe('accepted');
	return id;
}

async function proposal(mirror: TestMirror, id: string): Promise<Proposal> {
	const [row] = (await mirror.read('proposals.get', { id })).rows;
	if (row === undefined) throw new Error('there is no such proposal');
	return row;
}

/** Asks for the step from its present status to another, by the command that takes it. */
async function step(mirror: TestMirror, id: string, status: ProposalStatus) {
	if (status === 'testing') return mirror.dispatch('proposal.test', { id });
	if (status !== 'applied') return mirror.dispatch('proposal.move', { id, status });
	const { from_version, to_version } = await proposal(mirror, id);
	return mirror.dispatch('proposal.apply', {
		...{ id, from_version: from_version ?? '0.0.0', to_version: to_version ?? '0.0.0' }
	});
}

const passing = { eligible_voters: 8934, approve: 6123, reject: 2811, abstain: 0 };

/** Brings a proposal to a status by legal steps. */
async function bring(mirror: TestMirror, id: string, status: ProposalStatus): Promise<void> {
	const ways: Readonly<Record<ProposalStatus, readonly ProposalStatus[]>> = {
		draft: [],
		testing: ['testing'],
		review: ['testing', 'review'],
		voting: ['testing', 'review', 'voting'],
		approved: ['testing', 'review', 'voting', 'approved'],
		applied: ['testing', 'review', 'voting', 'approved', 'applied'],
		rejected: ['testing', 'rejected']
	};
	for (const next of ways[status]) {
		if (next === 'approved') await mirror.dispatch('proposal.count', { id, ...passing });
		const { code, message } = await step(mirror, id, next);
		expect([next, code, message]).toEqual([next, 'accepted', null]);
	}
}

async function mirrored(mirror: TestMirror) {
	const [id, reflection_id, engine_run_id] = [
		mirror.id(),
		await mirror.write('I keep saying that I should call my sister, and then I watch the rain.'),
		mirror.id()
	];
	await mirror.dispatch('mirrorback.create', { id, reflection_id, engine_run_id });
	const [run] = (await mirror.read('engine_runs.list', { reflection_id })).rows;
	const [said] = (await mirror.read('mirrorbacks.list', { reflection_id })).rows;
	return { run, question: said?.metadata['question'] };
}

const config = async (mirror: TestMirror) => (await mirror.read('engine.config', {})).rows[0];
const history = async (mirror: TestMirror) => (await mirror.read('evolution.history', {})).rows;
const events = async (mirror: TestMirror) => (await mirror.read('evolution.events', { limit: 200 })).rows;

describe('a proposal', () => {
	test('goes only where the specification lets it go from each status, and every other step is refused in words', async () => {
		const allowed: Readonly<Record<ProposalStatus, readonly ProposalStatus[]>> = {
			draft: ['testing'],
			testing: ['testing', 'review', 'rejected', 'draft'],
			review: ['voting', 'rejected', 'draft'],
			voting: ['approved', 'rejected'],
			approved: ['applied'],
			applied: [],
			rejected: []
		};
		const mirror = await TestMirror.open(createWorld(61));
		for (const from of proposalStatuses) {
			for (const to of proposalStatuses) {
				const id = await propose(mirror);
				await bring(mirror, id, from);
				if (from === 'voting') await mirror.dispatch('proposal.count', { id, ...passing });
				const receipt = await step(mirror, id, to);
				const isAllowed = allowed[from].includes(to);
				expect([from, to, receipt.code]).toEqual([from, to, isAllowed ? 'accepted' : 'invalid_data']);
				if (!isAllowed) expect(receipt.message).toMatch(/^[A-Z].+\.$/);
				expect((await proposal(mirror, id)).status).toBe(isAllowed ? to : from);
			}
		}
	});

	test('passes with 6123 against 2811 at .67, and not with one vote too few', async () => {
		const mirror = await TestMirror.open(createWorld(62));
		const id = await propose(mirror);
		await bring(mirror, id, 'voting');
		expect((await step(mirror, id, 'approved')).message).toBe('Nobody has voted yet.');
		const few = { eligible_voters: 200, approve: 66, reject: 34, abstain: 90 };
		await mirror.dispatch('proposal.count', { id, ...few });
		expect((await step(mirror, id, 'approved')).code).toBe('invalid_data');
		// The threshold is of those who decide; what this mirror's identity votes is added to the count.
		const [me] = (await mirror.read('identities.list', {})).rows;
		await mirror.dispatch('proposal.count', { id, ...few, approve: 68, reject: 33 });
		await mirror.dispatch('proposal.vote', { id, identity_id: me?.id ?? '', choice: 'reject' });
		expect((await proposal(mirror, id)).vote_results).toMatchObject({
			...{
				eligible_voters: 201,
				votes_cast: 192,
				approve: 68,
				reject: 34,
				threshold: 0.67,
				guardian_required: 0
			}
		});
		expect((await step(mirror, id, 'approved')).code).toBe('invalid_data');
		await mirror.dispatch('proposal.vote', { id, identity_id: me?.id ?? '', choice: 'approve' });
		await mirror.dispatch('proposal.count', { id, ...passing });
		expect((await proposal(mirror, id)).vote_results?.approval_rate).toBeCloseTo(6124 / 8935, 12);
		expect((await step(mirror, id, 'approved')).code).toBe('accepted');
		expect(await proposal(mirror, id)).toMatchObject({ status: 'approved' });
		const tooMany = await mirror.dispatch('proposal.count', { id, ...passing, eligible_voters: 5 });
		expect(tooMany.message).toContain('must not count more votes than there are voters');
	});

	test('that amends the constitution needs four guardians, whose signatures are checked', async () => {
		const mirror = await TestMirror.open(createWorld(63));
		const id = await propose(mirror, stricter);
		await bring(mirror, id, 'voting');
		await mirror.dispatch('proposal.count', { id, ...passing });
		const { content_hash } = await proposal(mirror, id);
		const sign = (by: Request<'proposal.sign'>['data']['by'], hash = content_hash) =>
			mirror.dispatch('proposal.sign', { id, content_hash: hash, by });
		const guardian = async (signs = content_hash) => {
			const key = await signingKeyOf(await generateKey());
			return { public_key: key.publicKey, signature: await key.sign(new TextEncoder().encode(signs)) };
		};
		const [first, second] = [await guardian(), await guardian()];
		for (const by of [null, first, second, second]) expect((await sign(by)).code).toBe('accepted');
		expect((await proposal(mirror, id)).vote_results?.guardian_signatures).toBe(3);
		expect((await step(mirror, id, 'approved')).message).toContain('four guardians');

		const flipped = {
			...first,
			signature: first.signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
		};
		const wrong = [flipped, { ...first, public_key: second.public_key }, await guardian('0'.repeat(64))];
		for (const by of wrong) expect((await sign(by)).code).toBe('invalid_data');
		expect((await sign(await guardian('0'.repeat(64)), '0'.repeat(64))).code).toBe('version_conflict');
		expect((await proposal(mirror, id)).vote_results?.guardian_signatures).toBe(3);

		expect((await sign(await guardian())).code).toBe('accepted');
		expect((await step(mirror, id, 'approved')).code).toBe('accepted');
		expect((await step(mirror, id, 'applied')).code).toBe('accepted');
		expect(await config(mirror)).toMatchObject({ version: '2.0.0', directive_threshold: 0.05 });
	});

	test('changes only what its type may, never what the constitution forbids, and only while it is a draft', async () => {
		const mirror = await TestMirror.open(createWorld(64));
		const create = async (more: object) =>
			(
				await mirror.core.dispatch({
					id: mirror.id(),
					kind: 'proposal.create',
					data: { id: mirror.id(), ...quiet, ...more }
				})
			).code;
		expect(await create({ changes: { patterns: [] } })).toBe('invalid_data');
		expect(await create({ changes: {} })).toBe('invalid_data');
		expect(await create({ changes: { lines: 3 } })).toBe('invalid_data');
		expect(await create({ ...stricter, changes: { directive_threshold: 0.16 } })).toBe('invalid_data');
		expect(await create({ title: ' ' })).toBe('invalid_data');
		const id = await propose(mirror);
		const edited = { ...quiet, id, title: 'Shorter', changes: { lines: 0 } };
		expect((await mirror.dispatch('proposal.edit', edited)).code).toBe('accepted');
		await step(mirror, id, 'testing');
		expect((await mirror.dispatch('proposal.edit', edited)).code).toBe('invalid_data');
		expect((await mirror.dispatch('proposal.delete', { id })).code).toBe('invalid_data');
		expect(await proposal(mirror, id)).toMatchObject({ title: 'Shorter', changes: { lines: 0 } });
		await step(mirror, id, 'draft');
		expect((await mirror.dispatch('proposal.delete', { id })).code).toBe('accepted');
	});

	test('is the person’s own until it is published, and a draft cannot be', async () => {
		const mirror = await TestMirror.open(createWorld(65));
		const id = await propose(mirror);
		const publish = async (is_public: boolean) =>
			(await mirror.dispatch('proposal.publish', { id, is_public })).code;
		expect(await publish(true)).toBe('invalid_data');
		await step(mirror, id, 'testing');
		expect((await proposal(mirror, id)).published_at).toBeNull();
		expect(await publish(true)).toBe('accepted');
		expect((await proposal(mirror, id)).published_at).toMatch(/^2026-.*Z$/);
		expect(await publish(false)).toBe('accepted');
		expect((await proposal(mirror, id)).published_at).toBeNull();
		// What is rewritten is the person's own again.
		await publish(true);
		await step(mirror, id, 'draft');
		expect((await proposal(mirror, id)).published_at).toBeNull();
	});
});

describe('the engine', () => {
	test('is changed by what is applied, says so in its runs, and is as before after a rollback', async () => {
		const mirror = await TestMirror.open(createWorld(66));
		const narrow = {
			...{
				proposal_type: 'pattern_detection' as const,
				title: 'No obligations',
				description: 'I know them.'
			},
			...{ changes: { patterns: ['relationship_focus' as const] }, evidence: null }
		};
		const before = await mirrored(mirror);
		expect(before.run).toMatchObject({ config_version: '1.0.0' });
		expect(before.run?.patterns).toContain('obligation_language');
		expect(await config(mirror)).toEqual(shippedConfig);

		const [first, second] = [await propose(mirror), await propose(mirror, narrow)];
		for (const id of [first, second]) await bring(mirror, id, 'applied');
		expect(await config(mirror)).toEqual({
			...{ ...shippedConfig, version: '1.2.0', questions: false, patterns: ['relationship_focus'] }
		});
		const after = await mirrored(mirror);
		expect(after.run).toMatchObject({ config_version: '1.2.0', patterns: ['relationship_focus'] });
		expect(after.question).toBeNull();

		const [newest, older] = await history(mirror);
		const roll = (id: string, from_version: string, to_version: string) =>
			mirror.dispatch('evolution.rollback', { id, from_version, to_version });
		expect([newest?.can_roll_back, older?.can_roll_back]).toEqual([true, false]);
		expect((await roll(older?.id ?? '', '1.2.0', '1.0.0')).code).toBe('invalid_data');
		expect((await roll(newest?.id ?? '', '1.1.0', '1.0.0')).code).toBe('version_conflict');
		expect((await roll(newest?.id ?? '', '1.2.0', '1.1.0')).code).toBe('accepted');
		expect(await config(mirror)).toEqual({ ...shippedConfig, version: '1.1.0', questions: false });
		expect((await roll(older?.id ?? '', '1.1.0', '1.0.0')).code).toBe('accepted');
		expect(await config(mirror)).toEqual(shippedConfig);
		expect((await mirrored(mirror)).run?.config_version).toBe('1.0.0');
		expect(await proposal(mirror, second)).toMatchObject({
			status: 'applied',
			rolled_back_at: expect.any(String)
		});

		// No version ever means two configurations.
		const third = await propose(mirror, { ...quiet, changes: { lines: 0 } });
		await bring(mirror, third, 'applied');
		expect(await config(mirror)).toMatchObject({ version: '1.3.0', lines: 0, questions: true });
		expect(
			(await history(mirror)).map(({ event_type, from_version, to_version }) => [
				event_type,
				from_version,
				to_version
			])
		).toEqual([
			['upgrade', '1.0.0', '1.3.0'],
			['rollback', '1.1.0', '1.0.0'],
			['rollback', '1.2.0', '1.1.0'],
			['upgrade', '1.1.0', '1.2.0'],
			['upgrade', '1.0.0', '1.1.0']
		]);
	});

	test('is tried on earlier entries before anything is changed, and what the trial says is true', async () => {
		const mirror = await TestMirror.open(createWorld(67));
		for (let entry = 0; entry < 6; entry++) await mirrored(mirror);
		const said = (await mirror.read('engine_runs.list', {})).total;
		const id = await propose(mirror);
		await step(mirror, id, 'testing');
		const { test_results } = await proposal(mirror, id);
		expect(test_results).toMatchObject({ entries: 6, config_version: '1.0.0', mirrorbacks_before: 6 });
		expect(test_results?.changed).toBeGreaterThan(0);
		expect(test_results?.highest_directive).toBeLessThan(0.15);
		expect(await config(mirror)).toEqual(shippedConfig);
		expect((await mirror.read('engine_runs.list', {})).total).toBe(said);
		const nothing = await propose(mirror, { ...quiet, changes: { questions: true } });
		await step(mirror, nothing, 'testing');
		expect((await proposal(mirror, nothing)).test_results?.changed).toBe(0);
	});

	test('goes a way of its own by a fork, which stays known and cannot be rolled back', async () => {
		const mirror = await TestMirror.open(createWorld(68));
		const fork = (from_version: string) =>
			mirror.dispatch('evolution.fork', { name: 'My own way', from_version });
		expect((await fork('7.0.0')).code).toBe('version_conflict');
		expect((await fork('1.0.0')).code).toBe('accepted');
		expect((await history(mirror))[0]).toMatchObject({
			...{
				event_type: 'fork',
				from_version: '1.0.0',
				title: 'My own way',
				reversible: false,
				can_roll_back: false
			}
		});
		expect((await events(mirror))[0]).toMatchObject({ event_type: 'fork', authenticity: 'valid' });
	});

	test('keeps its history: no statement changes or removes an entry', async () => {
		const { mirror, database } = await watched(69);
		await bring(mirror, await propose(mirror), 'applied');
		for (const statement of [
			"UPDATE evolution_history SET applied_by = 'x'",
			'DELETE FROM evolution_history'
		])
			await expect(database.transaction((tx) => tx.run(statement))).rejects.toThrow('insert only');
		expect(await history(mirror)).toHaveLength(1);
	});
});

describe('the life of a mirror', () => {
	test('is told by its real causes, each signed with a key that never leaves', async () => {
		const { mirror } = await watched(71);
		const add = {
			id: mirror.id(),
			identity_id: null,
			integration_type: 'notes' as const,
			config: { provider: 'Mine' }
		};
		const done: [Kind, object][] = [
			['settings.change', { key: 'telemetry_sync_allowed', value: true }],
			['settings.change', { key: 'crisis_card', value: 'Call Ada.' }],
			['settings.change', { key: 'telemetry_sync_allowed', value: false }],
			['integration.create', add],
			['integration.delete', { id: add.id }],
			['integration.delete', { id: add.id }]
		];
		for (const [kind, data] of done) await mirror.core.dispatch({ id: mirror.id(), kind, data });
		const bundle = await mirror.export();
		await mirror.import(bundle);
		const told = (await events(mirror)).toReversed();
		expect(told.map(({ event_type, sync_allowed }) => [event_type, sync_allowed])).toEqual([
			['installation', false],
			['config_change', false],
			['config_change', false],
			// What was refused did not happen.
			['integration_add', false],
			['integration_remove', false],
			['export', false],
			['import', false]
		]);
		expect(told.every(({ authenticity }) => authenticity === 'valid')).toBe(true);
		const [installation] = told;
		await mirror.dispatch('lifecycle.share', { id: installation?.id ?? '', sync_allowed: true });
		expect((await events(mirror)).at(-1)).toMatchObject({ sync_allowed: true, authenticity: 'valid' });
		const { privateKey } = await generateKey();
		await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow();
	});

	test('goes on in a browser that gives no key: what happens is told, and not signed', async () => {
		const { mirror } = await watched(80, () => Promise.reject(new Error('no key is kept here')));
		const bundle = await mirror.export();
		expect((await mirror.import(bundle)).code).toBe('accepted');
		const told = (await events(mirror)).map(({ event_type, authenticity }) => [event_type, authenticity]);
		expect(told).toEqual(['import', 'export', 'installation'].map((type) => [type, 'unsigned']));
		const id = await propose(mirror, stricter);
		await bring(mirror, id, 'voting');
		const { content_hash } = await proposal(mirror, id);
		expect((await mirror.dispatch('proposal.sign', { id, content_hash, by: null })).code).toBe(
			'invalid_data'
		);
	});

	test('is told once of its beginning, however often it is opened', async () => {
		const mirror = await TestMirror.open(createWorld(72));
		const again = await mirror.restart();
		expect((await events(again)).map(({ event_type }) => event_type)).toEqual(['installation']);
	});

	test.each([
		['event_type', 'deletion'],
		['event_data', '{"what":"app"}'],
		['timestamp', '2020-01-01T00:00:00.000Z'],
		['to_version', '9.9.9'],
		['mirror_signature', 'none']
	])('an event whose %s was changed says so', async (column, value) => {
		const { mirror, database } = await watched(73);
		await database.transaction((tx) => tx.run(`UPDATE evolution_events SET ${column} = ?`, [value]));
		expect((await events(mirror)).map(({ authenticity }) => authenticity)).toEqual(['changed']);
	});

	test('an event of another mirror’s key, or of none, is told apart', async () => {
		const { mirror, database } = await watched(74);
		const sign = (signature: string | null) =>
			database.transaction((tx) => tx.run('UPDATE evolution_events SET mirror_signature = ?', [signature]));
		await sign(`p256:${'0'.repeat(16)}:${bytesToHex(new Uint8Array(64))}`);
		expect((await events(mirror))[0]?.authenticity).toBe('foreign');
		await sign(null);
		expect((await events(mirror))[0]?.authenticity).toBe('unsigned');
	});
});

describe('what a file says was decided', () => {
	const at = '2030-01-01T00:00:00.000Z';
	const nothing = {
		evidence: null,
		test_results: null,
		vote_results: null,
		approved_at: null,
		applied_at: null
	};
	const foreign = {
		...{
			id: 'p',
			proposal_type: 'constitutional_amendment',
			status: 'voting',
			from_version: '1.0.0',
			to_version: null
		},
		...{ title: 'Theirs', description: 'Theirs', changes: '{"directive_threshold":0.01}', created_at: at },
		...nothing
	};
	const signatures = ['k1', 'k2', 'k3', 'k4'].map((public_key) => ({
		public_key,
		signed_at: at,
		added_by: '0'.repeat(16)
	}));

	test('decides nothing here: neither votes nor guardians nor an approval', async () => {
		const mirror = await TestMirror.open(createWorld(76));
		const counted = { eligible_voters: 9, approve: 9, reject: 0, abstain: 0 };
		const metadata = JSON.stringify({
			signatures,
			counted,
			counted_by: '0'.repeat(16),
			votes: { i: 'approve' }
		});
		const approved = {
			...foreign,
			id: 'q',
			status: 'approved',
			metadata: JSON.stringify({ approved_by: 'x' })
		};
		await mirror.import(
			bundleOf(await fileOf({ evolution_proposals: [{ ...foreign, metadata }, approved] }))
		);
		expect(await proposal(mirror, 'p')).toMatchObject({ status: 'voting', signatures: [], votes: {} });
		expect((await step(mirror, 'p', 'approved')).message).toBe('Nobody has voted yet.');
		expect((await step(mirror, 'q', 'applied')).code).toBe('invalid_data');
		expect(await config(mirror)).toEqual(shippedConfig);
	});

	test('is no history of this mirror: its own change can be rolled back, and the next one applied', async () => {
		const mirror = await TestMirror.open(createWorld(77));
		await bring(mirror, await propose(mirror), 'applied');
		const [own] = await history(mirror);
		const change = {
			evolution_id: 'x',
			event_type: 'upgrade',
			applied_at: at,
			applied_by: 'them',
			reversible: 1
		};
		const before = { ...shippedConfig, version: '1.0.0', patterns: [] };
		const rows = [
			{ ...change, id: 'a', from_version: '1.0.0', to_version: '999999.999999.999999', metadata: null },
			{
				...change,
				id: 'b',
				from_version: '1.0.0',
				to_version: '1.1.0',
				metadata: JSON.stringify({ before })
			},
			{
				...change,
				id: 'c',
				from_version: '1.1.0',
				to_version: '1.0.0',
				metadata: JSON.stringify({ rolls_back: own?.id })
			}
		];
		await mirror.import(bundleOf(await fileOf({ evolution_history: rows })));
		const told = await history(mirror);
		expect(told.filter(({ can_roll_back }) => can_roll_back).map(({ id }) => id)).toEqual([own?.id]);
		const versions = { from_version: '1.1.0', to_version: '1.0.0' };
		expect((await mirror.dispatch('evolution.rollback', { id: 'b', ...versions })).code).toBe('invalid_data');
		expect((await mirror.dispatch('evolution.rollback', { id: own?.id ?? '', ...versions })).code).toBe(
			'accepted'
		);
		expect(await config(mirror)).toEqual(shippedConfig);
		await bring(mirror, await propose(mirror, { ...quiet, changes: { lines: 0 } }), 'applied');
		expect(await config(mirror)).toMatchObject({ version: '1.2.0', lines: 0 });
	});

	test('a bundle of one’s own brings history and proposals, not the setting of the engine, and says so', async () => {
		const mirror = await TestMirror.open(createWorld(78));
		await bring(mirror, await propose(mirror), 'applied');
		const bundle = await mirror.export();
		const other = await TestMirror.open(createWorld(79));
		expect((await other.stage(bundle)).notices.join(' ')).toContain(
			'configuration 1.1.0. It is not taken over'
		);
		await other.import(bundle);
		expect(await config(other)).toEqual(shippedConfig);
		expect((await history(other)).map(({ can_roll_back }) => can_roll_back)).toEqual([false]);
	});
});

describe('the constitution', () => {
	test('is accepted as it stands, and a file that is another one since is flagged', async () => {
		const { mirror, database } = await watched(75);
		const shown = async () => (await mirror.read('constitution.list', {})).rows;
		expect((await shown()).map(({ accepted }) => accepted)).toEqual(Array(6).fill(null));
		const files = Object.fromEntries((await shown()).map(({ name, sha256 }) => [name, sha256]));
		const other = { ...files, '03_safety': '0'.repeat(64) };
		expect((await mirror.dispatch('constitution.accept', { files: other })).code).toBe('version_conflict');
		expect((await mirror.dispatch('constitution.accept', { files })).code).toBe('accepted');
		expect((await shown()).every(({ accepted, sha256 }) => accepted === sha256)).toBe(true);
		// As it is after an update of the app that brought another text.
		await database.transaction((tx) =>
			tx.run("UPDATE settings SET value = ? WHERE key = 'constitution'", [JSON.stringify(other)])
		);
		const flagged = (await shown()).filter(({ accepted, sha256 }) => accepted !== sha256);
		expect(flagged.map(({ name }) => name)).toEqual(['03_safety']);
	});
});
