import { beforeEach, describe, expect, test } from 'vitest';
import { TestMirror } from './mirror.ts';

let mirror: TestMirror;
let night: string;
let me: string;

/** Somebody with one of everything. */
beforeEach(async () => {
	mirror = await TestMirror.open();
	night = mirror.id();
	me = (await mirror.read('identities.list', {})).rows[0]?.id ?? '';
	await mirror.dispatch('identity.create', { id: night, name: 'Night self' });
	for (const [identity_id, visibility] of [
		[night, 'sync_full_public'],
		[night, 'local_only'],
		[me, 'sync_summary']
	] as const)
		await mirror.write(`Written by ${identity_id}.`, { identity_id, visibility });
	const [first] = (await mirror.read('reflections.list', { identity_id: night })).rows;
	const reflection_id = first?.id ?? '';
	await mirror.dispatch('mirrorback.create', { id: mirror.id(), engine_run_id: mirror.id(), reflection_id });
	await mirror.dispatch('thread.create', {
		...{ id: mirror.id(), identity_id: night, title: 'Nights' },
		reflection_ids: [reflection_id]
	});
	await mirror.dispatch('tension.create', {
		...{ id: mirror.id(), identity_id: night, name: 'Dark', axis_a: 'Sleep', axis_b: 'Wake' },
		sync_mode: 'share_full'
	});
	await mirror.dispatch('integration.create', {
		...{ id: mirror.id(), identity_id: night, integration_type: 'music' },
		config: { provider: 'Radio' }
	});
});

async function held() {
	const [reflections, threads, tensions, axes, integrations] = [
		await mirror.read('reflections.list', {}),
		await mirror.read('threads.list', {}),
		await mirror.read('tensions.list', {}),
		await mirror.read('axes.list', {}),
		await mirror.read('integrations.list', {})
	];
	return {
		reflections: reflections.rows.map((row) => row.identity_id),
		threads: threads.rows.map((row) => [row.identity_id, row.count]),
		tensions: tensions.rows.map((row) => [row.identity_id, row.sync_mode]),
		axes: axes.rows.map((row) => row.identity_id),
		integrations: integrations.rows.map((row) => row.identity_id)
	};
}

describe('removing an identity', () => {
	test('with all of it: what was written goes to the trash, the rest goes, and others keep theirs', async () => {
		const receipt = await mirror.dispatch('identity.delete', { id: night, what: 'all' });
		expect(receipt).toMatchObject({ code: 'accepted', result: { reflections: 2 } });
		expect(await held()).toEqual({
			reflections: [me],
			threads: [],
			tensions: [],
			axes: [],
			integrations: []
		});
		const trash = (await mirror.read('trash.list', {})).rows;
		expect(trash).toHaveLength(2);
		await mirror.dispatch('reflection.restore', { id: trash[0]?.id ?? '' });
		const [back] = (await mirror.read('reflections.get', { id: trash[0]?.id ?? '' })).rows;
		expect(back).toMatchObject({ identity_id: null, visibility: 'local_only' });
	});

	test('as anonymous: everything stays, belongs to nobody, and never leaves the device', async () => {
		await mirror.dispatch('identity.delete', { id: night, what: 'anonymous' });
		expect(await held()).toEqual({
			reflections: expect.arrayContaining([null, null, me]),
			threads: [[null, 1]],
			tensions: [[null, 'local_only']],
			axes: [null, null],
			integrations: [null]
		});
		for (const { id, identity_id } of (await mirror.read('reflections.list', {})).rows) {
			const [row] = (await mirror.read('reflections.get', { id })).rows;
			expect(row?.visibility).toBe(identity_id === null ? 'local_only' : 'sync_summary');
		}
		expect((await mirror.read('reflections.search', { query: 'written' })).total).toBe(3);
		expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true, errors: [] });
	});

	test('neither is done for one that is not there', async () => {
		const receipt = await mirror.dispatch('identity.delete', { id: mirror.id(), what: 'all' });
		expect(receipt.code).toBe('not_found');
	});
});

describe('an integration', () => {
	test('keeps its tokens on this device: no page sees one, no export holds one, an edit does not lose one', async () => {
		const [id, token] = [mirror.id(), 'tok-3f9a77e1c2'];
		await mirror.dispatch('integration.create', {
			...{ id, identity_id: me, integration_type: 'calendar' },
			config: { provider: 'CalDAV', access_token: token, calendar_id: 'home' }
		});
		const config = { provider: 'CalDAV', calendar_id: 'work' };
		await mirror.dispatch('integration.edit', { id, status: 'active', config });
		const seen = (await mirror.read('integrations.list', {})).rows.find((row) => row.id === id);
		expect(seen).toMatchObject({ status: 'active', config, secrets: ['access_token'] });
		expect(JSON.stringify(seen)).not.toContain(token);
	});

	test('names its provider, and a custom one its address', async () => {
		const note = (integration_type: 'custom' | 'email', config: Record<string, string>) =>
			mirror.dispatch('integration.create', { id: mirror.id(), identity_id: null, integration_type, config });
		expect((await note('email', { account: 'a' })).code).toBe('invalid_data');
		expect((await note('custom', { provider: 'Mine' })).code).toBe('invalid_data');
		expect((await note('custom', { provider: 'Mine', url: 'https://example.org' })).code).toBe('accepted');
	});
});
