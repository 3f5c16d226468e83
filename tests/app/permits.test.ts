import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import type { CommandInput } from '#domain/command.ts';
import type { LedgerItem } from '#domain/ledger.ts';
import type { Permit } from '#domain/permit.ts';
import type { Answer } from '#domain/view.ts';
import { evidenceHash } from '#kernel/ledger.ts';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { createWorld, databaseOf, TestMirror } from './mirror.ts';
import { sql } from '../storage/sql.ts';

const constraints = { scope: 'the list', non_goals: 'no advice', success_criteria: ['it was read'] };
const until = '2026-11-21T22:00:00.000Z';

async function give(mirror: TestMirror, more: Partial<CommandInput<'permit.issue'>> = {}): Promise<Permit> {
	const receipt = await mirror.dispatch('permit.issue', {
		...{ label: 'My sister', tool: 'tensions.list', max_executions: 3, valid_until: until },
		...more
	});
	const { rows } = await mirror.read('permits.list', {});
	const found = rows.find(({ permit_id }) => permit_id === receipt.result?.['permit_id']);
	if (found === undefined) throw new Error(`${receipt.code}: ${receipt.message}`);
	return found;
}

function ask(
	mirror: TestMirror,
	permit: Permit | object,
	kind: string,
	data: object = {},
	more: object = {}
) {
	const token = 'token' in permit ? permit.token : permit;
	return mirror.core.byPermit(token, { id: mirror.id(), kind, data, constraints, ...more });
}

async function newest(mirror: TestMirror): Promise<LedgerItem | undefined> {
	return (await mirror.read('ledger.list', { limit: 1 })).rows[0];
}

async function errors(mirror: TestMirror) {
	return (await mirror.read('ledger.verify', {})).rows[0]?.errors;
}

async function tension(mirror: TestMirror, name: string): Promise<object> {
	const data = { id: mirror.id(), identity_id: null, name, axis_a: 'work', axis_b: 'rest' };
	await mirror.dispatch('tension.create', data);
	return { ...data, id: mirror.id() };
}

describe('leave that was given', () => {
	test('to read is an entry for each reading, is used up, and lets nothing else through', async () => {
		const mirror = await TestMirror.open();
		await tension(mirror, 'Rest');
		const permit = await give(mirror, { max_executions: 2 });
		expect(permit.subject).toMatch(/^agent:[0-9a-f]{12}$/);
		for (let use = 1; use <= 2; use++) {
			const { receipt, rows } = await ask(mirror, permit, 'tensions.list');
			expect(receipt).toMatchObject({ code: 'accepted', result: { rows: 1 } });
			expect(rows).toMatchObject([{ name: 'Rest' }]);
			expect(await newest(mirror)).toMatchObject({
				...{ position: receipt.position, actor: permit.subject, intent: 'Read tensions.list' },
				...{ tool_name: 'tensions.list', decision: 'ALLOW' }
			});
			expect((await mirror.read('permits.list', {})).rows[0]).toMatchObject({
				...{ uses: use, last_position: receipt.position }
			});
		}
		const third = await ask(mirror, permit, 'tensions.list');
		expect(third).toMatchObject({
			receipt: { code: 'refused', error: 'Permit verification failed: REPLAY_DETECTED' },
			rows: null
		});
		const write = await ask(mirror, permit, 'tension.create', await tension(mirror, 'Again'));
		expect(write).toMatchObject({ receipt: { code: 'refused' }, rows: null });
		expect(await newest(mirror)).toMatchObject({
			...{ actor: permit.subject, decision: 'DENY', intent: expect.stringMatching(/tension/i) },
			error: expect.stringContaining('ACTION_NOT_ALLOWED')
		});
		expect((await mirror.read('tensions.list', {})).rows).toHaveLength(2);
		expect(await errors(mirror)).toEqual([]);
		expect(verifyBundle(await mirror.export(), sql)).toMatchObject({ ok: true, value: { errors: [] } });
	});

	test('is listed page by page, the newest first; what cannot be read any more ends no page', async () => {
		let mirror = await TestMirror.open();
		const ids: string[] = [];
		for (let at = 0; at < 7; at++) ids.push((await give(mirror, { label: `Friend ${at % 3}` })).permit_id);
		const order = (await mirror.read('permits.list', {})).rows.map(({ permit_id }) => permit_id);
		expect([...order].sort()).toEqual([...ids].sort());
		const paged = async () => {
			const found: string[] = [];
			let after: { issued_at: string; permit_id: string } | null = null;
			for (;;) {
				const page: Answer<'permits.list'> = await mirror.read('permits.list', { after, limit: 3 });
				const { rows, total } = page;
				expect(total).toBe(7);
				found.push(...rows.map(({ permit_id }) => permit_id));
				if (rows.length < 3) return found;
				const { issued_at = '', permit_id = '' } = rows.at(-1) ?? {};
				after = { issued_at, permit_id };
			}
		};
		expect(await paged()).toEqual(order);
		const [, broken] = order;
		await mirror.core.close();
		const database = await databaseOf(mirror.world);
		await database.transaction((tx) =>
			tx.run('UPDATE permits SET token = ? WHERE permit_id = ?', ['{}', broken ?? ''])
		);
		await database.close();
		mirror = await TestMirror.open(mirror.world);
		expect(await paged()).toEqual(order.filter((id) => id !== broken));
	});

	test('to write writes what it is for and nothing else, under the name of who asked', async () => {
		const mirror = await TestMirror.open();
		const data = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
		const permit = await give(mirror, {
			...{ tool: 'tension.create', params: { axis_a: 'work', axis_b: 'rest', identity_id: null } },
			open_params: ['id', 'name']
		});
		const other = await ask(mirror, permit, 'tension.create', { ...data, axis_b: 'play' });
		expect(other.receipt.error).toContain('PARAMS_MISMATCH');
		const { receipt, rows } = await ask(mirror, permit, 'tension.create', data);
		expect([receipt.code, rows]).toEqual(['accepted', null]);
		expect((await mirror.read('tensions.list', {})).rows).toMatchObject([{ name: 'Rest' }]);
		expect((await mirror.read('permits.list', {})).rows[0]?.uses).toBe(1);
		expect(await errors(mirror)).toEqual([]);
		expect(verifyBundle(await mirror.export(), sql)).toMatchObject({ ok: true, value: { errors: [] } });
	});

	test('wants the caller to say how far it goes; what she says stands in no ledger', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror);
		for (const said of [undefined, { scope: 'x' }, { ...constraints, scope: ' ' }]) {
			const { receipt } = await ask(mirror, permit, 'tensions.list', {}, { constraints: said });
			expect(receipt).toMatchObject({
				code: 'refused',
				error: expect.stringContaining('Variant requirements not met')
			});
		}
		const { receipt } = await ask(
			mirror,
			permit,
			'tensions.list',
			{},
			{
				constraints: { ...constraints, scope: 'canaryword' }
			}
		);
		expect(receipt.code).toBe('accepted');
		const evidence = JSON.stringify((await mirror.read('ledger.evidence', {})).rows);
		for (const word of ['canaryword', 'My sister']) expect(evidence).not.toContain(word);
		expect((await mirror.read('permits.list', {})).rows[0]?.uses).toBe(1);
	});

	test('is over when its time is, when it is taken away, and for whoever changes it', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror);
		const reason = async (token: object) => (await ask(mirror, token, 'tensions.list')).receipt.error;
		const { token } = permit as { token: JsonObject };
		expect(await reason({ ...token, max_executions: 99 })).toContain('SIGNATURE_INVALID');
		expect(await reason({ ...token, key_id: 'other', subject: 'agent:0123456789ab' })).toContain(
			'UNKNOWN_KEY_ID'
		);
		expect((await newest(mirror))?.actor).toBe('agent:000000000000');
		expect((await ask(mirror, { nothing: 1 }, 'tensions.list')).receipt).toMatchObject({
			code: 'invalid_request',
			position: null
		});
		mirror.world.now = Date.parse(until) + 1;
		expect(await reason(token)).toContain('EXPIRED');
		mirror.world.now -= 60_000;
		expect((await mirror.dispatch('permit.revoke', { permit_id: permit.permit_id })).code).toBe('accepted');
		expect(await reason(token)).toContain('REVOKED');
		expect((await mirror.dispatch('permit.revoke', { permit_id: permit.permit_id })).code).toBe('not_found');
		expect((await mirror.read('permits.list', {})).rows[0]).toMatchObject({ uses: 0 });
		expect(await errors(mirror)).toEqual([]);
	});

	test('stays used over restarts and replaced kernels, and is not used by a request that comes again', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror, { max_executions: 2 });
		const request = { id: mirror.id(), kind: 'tensions.list', data: {}, constraints };
		const first = await mirror.core.byPermit(permit.token, request);
		const again = await mirror.restart();
		expect((await again.core.byPermit(permit.token, request)).receipt).toEqual(first.receipt);
		await again.dispatch('kernel.replace', { port: 'agent', reason: 'archival' });
		expect((await ask(again, permit, 'tensions.list')).receipt.code).toBe('accepted');
		expect((await ask(again, permit, 'tensions.list')).receipt.error).toContain('REPLAY_DETECTED');
		expect(await errors(again)).toEqual([]);
	});

	test('answers nobody with what somebody else asked, not even for the very same request', async () => {
		const mirror = await TestMirror.open();
		const data = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
		const request = { id: mirror.id(), kind: 'tension.create', data, constraints };
		const own = await mirror.core.dispatch(request);
		expect(own.code).toBe('accepted');
		const wide = { tool: 'tension.create' as const, open_params: ['*'], max_executions: 9 };
		const [friend, other] = [await give(mirror, wide), await give(mirror, { ...wide, label: 'My brother' })];
		const reader = await give(mirror);
		const { token } = friend as { token: JsonObject };
		const forged = { ...token, subject: other.subject };
		for (const [shown, actor, code, error] of [
			[friend.token, friend.subject, 'duplicate_request', 'Tool execution failed: duplicate_request'],
			[reader.token, reader.subject, 'refused', 'ACTION_NOT_ALLOWED'],
			[forged, 'agent:000000000000', 'refused', 'SIGNATURE_INVALID']
		] as const) {
			const { receipt, rows } = await mirror.core.byPermit(shown, request);
			expect(receipt).toMatchObject({ code, result: null, error: expect.stringContaining(error) });
			expect(receipt.position).not.toBe(own.position);
			expect(rows).toBeNull();
			expect(await newest(mirror)).toMatchObject({ actor, decision: 'DENY', request_id: request.id });
		}
		// Whoever asked is answered again, without an entry.
		const { total } = await mirror.read('ledger.list', { limit: 1 });
		expect(await mirror.core.dispatch(request)).toEqual(own);

		const theirs = { ...request, id: mirror.id(), data: { ...data, id: mirror.id() } };
		const first = await mirror.core.byPermit(friend.token, theirs);
		expect(first.receipt.code).toBe('accepted');
		expect((await mirror.core.byPermit(friend.token, theirs)).receipt).toEqual(first.receipt);
		for (const receipt of [
			await mirror.core.dispatch(theirs),
			(await mirror.core.byPermit(other.token, theirs)).receipt
		])
			expect(receipt).toMatchObject({ code: 'duplicate_request', status: 'FAILED', result: null });
		expect((await mirror.read('ledger.list', { limit: 1 })).total).toBe((total ?? 0) + 3);
		expect((await mirror.read('tensions.list', {})).rows).toHaveLength(2);
		expect(await errors(mirror)).toEqual([]);
	});

	test('says nothing of what was asked so long ago that it is packed', async () => {
		const mirror = await TestMirror.open();
		const data = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
		const request = { id: mirror.id(), kind: 'tension.create', data, constraints };
		const own = await mirror.core.dispatch(request);
		const reader = await give(mirror);
		for (const text of ['Later.', 'Later still.', 'Now.']) await mirror.write(text);
		await mirror.dispatch('ledger.archive', { kept: 1, together: own.position ?? 0 });
		expect(await mirror.core.dispatch(request)).toMatchObject({ code: 'duplicate_request', position: null });
		const { receipt } = await mirror.core.byPermit(reader.token, request);
		expect(receipt).toMatchObject({ code: 'refused', error: expect.stringContaining('ACTION_NOT_ALLOWED') });
		expect(receipt.message).not.toContain('so long ago');
		expect(await newest(mirror)).toMatchObject({ actor: reader.subject, decision: 'DENY' });
	});

	test('is not used by what could not run: data that does not fit, or an id that was used', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror, { tool: 'tension.create', open_params: ['*'], max_executions: 2 });
		const data = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
		const uses = async () => (await mirror.read('permits.list', {})).rows[0]?.uses;
		const own = { id: mirror.id(), kind: 'tension.create', data: { ...data, id: mirror.id() } };
		await mirror.core.dispatch(own);
		for (const [code, wrong, more] of [
			['invalid_data', { ...data, name: 7 }, {}],
			['invalid_data', { ...data, id: 'mine' }, {}],
			['duplicate_request', data, { id: own.id }]
		] as const) {
			const { receipt } = await ask(mirror, permit, 'tension.create', wrong, more);
			expect(receipt).toMatchObject({ code, status: 'FAILED', error: `Tool execution failed: ${code}` });
			expect(await newest(mirror)).toMatchObject({
				...{ position: receipt.position, actor: permit.subject, decision: 'DENY' }
			});
			expect(await uses()).toBe(0);
		}
		expect((await ask(mirror, permit, 'tension.create', data)).receipt.code).toBe('accepted');
		expect(await uses()).toBe(1);
		const again = await mirror.restart();
		expect((await again.read('permits.list', {})).rows[0]?.uses).toBe(1);
		expect(await errors(again)).toEqual([]);
		expect(verifyBundle(await again.export(), sql)).toMatchObject({ ok: true, value: { errors: [] } });
	});

	test('takes what a request rests on: the ledger has its hash, and other evidence is another request', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror);
		const request = { id: mirror.id(), kind: 'tensions.list', data: {}, constraints };
		const asked = (evidence: unknown) => mirror.core.byPermit(permit.token, { ...request, evidence });
		const first = await asked(['canaryword', 'b']);
		expect(first.receipt.code).toBe('accepted');
		const hash = evidenceHash(['canaryword', 'b'], textDigest(sha256Hex));
		expect(JSON.stringify((await mirror.read('ledger.evidence', {})).rows)).toContain(
			`"evidence_hash":"${hash}"`
		);
		expect((await asked(['canaryword', 'b'])).receipt).toEqual(first.receipt);
		for (const other of [['canaryword'], 'canaryword', undefined])
			expect((await asked(other)).receipt.code).toBe('duplicate_request');
		const wrong = await ask(mirror, permit, 'tensions.list', {}, { evidence: 7 });
		expect(wrong.receipt).toMatchObject({
			code: 'refused',
			error: expect.stringContaining('evidence must be')
		});
		expect((await mirror.read('permits.list', {})).rows[0]?.uses).toBe(1);
		expect(JSON.stringify((await mirror.read('ledger.evidence', {})).rows)).not.toContain('canaryword');
		expect(await errors(mirror)).toEqual([]);
	});

	test('is worth nothing while the agents’ kernel is halted, and what a handler refuses uses it', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror, { tool: 'tension.place', open_params: ['*'] });
		const nowhere = { id: 'nowhere', position: 0, intensity: 0.5 };
		const failed = await ask(mirror, permit, 'tension.place', nowhere);
		expect(failed.receipt).toMatchObject({ status: 'FAILED', code: 'not_found' });
		expect((await mirror.read('permits.list', {})).rows[0]?.uses).toBe(1);
		await mirror.dispatch('kernel.halt', { port: 'agent', reason: 'asked' });
		expect((await ask(mirror, permit, 'tension.place', { id: 'nowhere' })).receipt.code).toBe('halted');
		expect(await mirror.write('The owner goes on.')).toBeTruthy();
		expect(await errors(mirror)).toEqual([]);
	});

	test('opens nothing that the app does not let anybody ask for', async () => {
		const mirror = await TestMirror.open();
		const permit = await give(mirror, { open_params: ['*'] });
		for (const kind of ['settings.change', 'kernel.halt', 'permit.issue', 'system.health', 'nothing.known']) {
			const { receipt, rows } = await ask(mirror, permit, kind);
			expect([receipt.decision, rows]).toEqual(['DENY', null]);
			expect(await newest(mirror)).toMatchObject({ actor: permit.subject, decision: 'DENY' });
		}
	});

	test('cannot be given by the app itself, in the past, or for what nobody may ask', async () => {
		const mirror = await TestMirror.open();
		const wrong = { label: 'x', tool: 'tensions.list', max_executions: 1, valid_until: until } as const;
		mirror.world.now = Date.parse(until) + 1;
		expect((await mirror.dispatch('permit.issue', wrong)).code).toBe('invalid_data');
		expect(
			(
				await mirror.core.dispatch({
					...{ id: mirror.id(), kind: 'permit.issue' },
					data: { ...wrong, tool: 'settings.change' }
				})
			).code
		).toBe('invalid_data');
	});
});

test('a permit whose uses were taken out of the database is found by a verification', async () => {
	const world = createWorld();
	const mirror = await TestMirror.open(world);
	const permit = await give(mirror);
	await ask(mirror, permit, 'tensions.list');
	await mirror.core.close();
	const database = await databaseOf(world);
	await database.transaction((tx) => tx.script('DELETE FROM permit_uses'));
	await database.close();
	const again = await TestMirror.open(world);
	expect((await errors(again))?.join()).toContain('permit');
	await again.core.close();
});
