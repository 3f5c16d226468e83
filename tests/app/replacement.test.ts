import { describe, expect, test } from 'vitest';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';
import type { JsonObject } from '#base/canonical.ts';
import type { CommandInput, Kind } from '#domain/command.ts';
import type { KernelStatus, LedgerItem } from '#domain/ledger.ts';
import type { Receipt } from '#domain/receipt.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { evidenceHash, paramsHash } from '#kernel/ledger.ts';
import { policyHash } from '#records/succession.ts';

const digest = textDigest(sha256Hex);

async function kernels(mirror: TestMirror, port = 'owner'): Promise<readonly KernelStatus[]> {
	return (await mirror.read('kernel.status', {})).rows.filter((kernel) => kernel.port === port);
}

async function entries(mirror: TestMirror): Promise<readonly LedgerItem[]> {
	return (await mirror.read('ledger.list', { limit: 500 })).rows;
}

async function verified(mirror: TestMirror) {
	return (await mirror.read('ledger.verify', {})).rows[0];
}

const replace = (mirror: TestMirror, data: Partial<CommandInput<'kernel.replace'>> = {}): Promise<Receipt> =>
	mirror.dispatch('kernel.replace', { port: 'owner', reason: 'archival', ...data });

const halt = (mirror: TestMirror, port: CommandInput<'kernel.halt'>['port'] = 'owner') =>
	mirror.dispatch('kernel.halt', { port, reason: 'suspicion' });

/** The owner's policy without some of its tools. */
async function without(mirror: TestMirror, ...kinds: readonly Kind[]) {
	const policy = (await kernels(mirror))[0]?.policy as { allowed_tools: string[] };
	return {
		...policy,
		allowed_tools: policy.allowed_tools.filter((tool) => !kinds.some((kind) => kind === tool))
	};
}

/** The entry in which the kernel in charge commits to what was asked of a halted one. */
async function accounted(mirror: TestMirror, port = 'owner') {
	const [now] = await kernels(mirror, port);
	const { rows } = await mirror.read('ledger.evidence', { kernel_id: now?.kernel_id ?? '' });
	return rows[0]?.ledger_entries[1];
}

function accountOf(halted: KernelStatus | undefined, requests: JsonObject[]) {
	return {
		tool_name: 'kernel.account',
		params_hash: paramsHash({ kernel_id: halted?.kernel_id ?? '', requests }, digest)
	};
}

async function tamper(world: World, sql: string): Promise<void> {
	const database = await databaseOf(world);
	await database.transaction((tx) => tx.script(sql));
	await database.close();
}

describe('a replaced kernel', () => {
	test('is followed by one under the same policy, and nothing of its history is lost', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('Before.');
		const [before] = await kernels(mirror);
		const receipt = await replace(mirror);
		const [after, replaced] = await kernels(mirror);
		expect(receipt).toMatchObject({
			...{ code: 'accepted', status: 'ACCEPTED', decision: 'ALLOW' },
			result: { kernel_id: after?.kernel_id, previous_kernel_id: before?.kernel_id, findings: 0 }
		});
		expect(after).toMatchObject({ entries: 1, state: 'IDLE', closed_at: null, reason: 'archival' });
		expect(after?.kernel_id).toMatch(/^kernel-\d+$/);
		expect(after?.policy).toEqual(before?.policy);
		expect(replaced).toEqual({ ...before, closed_at: after?.opened_at });
		const [first] = await entries(mirror);
		expect(first).toMatchObject({
			...{ tool_name: 'kernel.succeed', actor: 'owner', ledger_seq: 0, position: receipt.position },
			entry_hash: receipt.evidence_hash
		});
		await mirror.write('After.');
		expect((await entries(mirror))[0]).toMatchObject({ kernel_id: after?.kernel_id, ledger_seq: 1 });
		expect((await mirror.read('reflections.get', { id })).rows[0]?.content).toBe('Before.');
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
		const again = await mirror.restart();
		expect((await kernels(again))[0]?.kernel_id).toBe(after?.kernel_id);
		expect(await verified(again)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('by one under another policy changes what is allowed, and the ledger commits to which', async () => {
		const mirror = await TestMirror.open();
		const [before] = await kernels(mirror);
		const policy = await without(mirror, 'tension.create');
		expect((await replace(mirror, { reason: 'policy', policy })).code).toBe('accepted');
		expect(
			await mirror.dispatch('tension.create', {
				...{
					id: mirror.id(),
					identity_id: null,
					name: 'Rest',
					axis_a: 'work',
					axis_b: 'rest',
					origin: 'user_created'
				}
			})
		).toMatchObject({
			code: 'refused',
			error: "Jurisdiction denied: Tool 'tension.create' is not in allowed tools"
		});
		expect(await mirror.write('This is still allowed.')).toBeTruthy();
		const [after] = await kernels(mirror);
		expect(after).toMatchObject({ policy_by: 'owner', reason: 'policy' });
		const evidence = (await mirror.read('ledger.evidence', { kernel_id: after?.kernel_id ?? '' })).rows[0];
		expect(evidence?.ledger_entries[0]).toMatchObject({
			params_hash: paramsHash(
				{
					previous_kernel_id: before?.kernel_id ?? '',
					previous_root: before?.root_hash ?? '',
					entries: before?.entries ?? 0,
					policy_hash: policyHash(after?.policy as JsonObject)
				},
				digest
			)
		});
		expect(await verified(mirror)).toMatchObject({ is_valid: true });
	});

	test('keeps the policy that was chosen when the app brings other commands', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		await replace(mirror, { reason: 'policy', policy: await without(mirror, 'tension.create') });
		const [chosen] = await kernels(mirror);
		await mirror.core.close();
		await asOtherVersion(world);
		const later = await TestMirror.open(world);
		await later.write('After the update.');
		expect((await kernels(later))[0]?.kernel_id).toBe(chosen?.kernel_id);
		await later.core.close();
	});

	test('stays in charge where the policy is none, and where the evidence does not verify, which says all that is wrong', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		for (const text of ['One.', 'Two.', 'Three.']) await mirror.write(text);
		const [before] = await kernels(mirror);
		expect(await replace(mirror, { policy: { allowed_actors: 'owner' } })).toMatchObject({
			...{ code: 'invalid_data', position: null },
			message: expect.stringContaining('allowed_actors')
		});
		await mirror.core.close();
		await tamper(
			world,
			`UPDATE ledger SET fields = replace(fields, 'Save', 'Gave') WHERE kernel_id = '${before?.kernel_id}'`
		);
		const tampered = await TestMirror.open(world);
		const refused = await replace(tampered);
		expect(refused).toMatchObject({ code: 'not_verified', position: null });
		for (const seq of [2, 3, 4]) expect(refused.message).toContain(`Entry ${seq}: entry_hash mismatch`);
		expect(await kernels(tampered)).toHaveLength(1);
		// A person is not locked out of her own mirror by a damage that she knows of.
		expect((await replace(tampered, { damaged: 'accept' })).result).toMatchObject({ findings: 3 });
		expect((await kernels(tampered))[0]?.kernel_id).not.toBe(before?.kernel_id);
		expect(await tampered.write('It goes on.')).toBeTruthy();
		expect((await verified(tampered))?.errors.join()).toContain('entry_hash mismatch');
		await tampered.core.close();
	});

	test('leaves its rates to the next one: so many an hour are so many, however often it is replaced', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const rated = (await kernels(mirror))[0]?.policy as JsonObject;
		const rate = { kind: 'rate', window_ms: 3_600_000, per: 'actor_and_tool', tools: ['settings.change'] };
		const under = (limit: number) =>
			replace(mirror, { reason: 'policy', policy: { ...rated, rules: [{ ...rate, limit }] } });
		const codes = async (on: TestMirror, times: number) => {
			const found: string[] = [];
			for (let at = 0; at < times; at++)
				found.push((await on.dispatch('settings.change', { key: 'last_export_position', value: at })).code);
			return found;
		};
		await under(2);
		expect(await codes(mirror, 3)).toEqual(['accepted', 'accepted', 'refused']);
		for (let at = 0; at < 2; at++) {
			expect((await replace(mirror)).code).toBe('accepted');
			expect(await codes(mirror, 1)).toEqual(['refused']);
		}
		// Twice in a row: what counts was allowed by none of the two last ones.
		for (let at = 0; at < 2; at++) await replace(mirror);
		expect(await codes(mirror, 1)).toEqual(['refused']);
		await under(3);
		expect(await codes(mirror, 2)).toEqual(['accepted', 'refused']);
		const again = await mirror.restart();
		expect(await codes(again, 1)).toEqual(['refused']);
		world.now += 3_600_000;
		await replace(again);
		expect(await codes(again, 4)).toEqual(['accepted', 'accepted', 'accepted', 'refused']);
		expect(await verified(again)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('is replaced once, however often the same request comes', async () => {
		const mirror = await TestMirror.open();
		const request = { id: mirror.id(), kind: 'kernel.replace', data: { port: 'owner', reason: 'archival' } };
		const first = await mirror.core.dispatch(request);
		const second = await mirror.core.dispatch(request);
		expect(second).toEqual({ ...first, result: { ...first.result, findings: undefined } });
		expect((await replace(mirror)).code).toBe('accepted');
		const third = await (await mirror.restart()).core.dispatch(request);
		expect(third).toEqual(second);
		expect(await kernels(await mirror.restart())).toHaveLength(3);
	});

	test('writes of its last requests and those of the next one: each has one receipt and stands in one ledger', async () => {
		const mirror = await TestMirror.open();
		const asked: Promise<Receipt>[] = [];
		for (let at = 0; at < 100; at++) {
			asked.push(mirror.dispatch('settings.change', { key: 'last_export_position', value: at }));
			if (at % 20 === 10) asked.push(replace(mirror));
		}
		const receipts = await Promise.all(asked);
		expect(receipts.filter(({ code }) => code !== 'accepted')).toEqual([]);
		expect(await kernels(mirror)).toHaveLength(6);
		const all = await entries(mirror);
		for (const { request_id, position, evidence_hash } of receipts) {
			const standing = all.filter((entry) => entry.request_id === request_id);
			expect(standing).toMatchObject([{ position, entry_hash: evidence_hash }]);
		}
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});
});

describe('a rollback', () => {
	test('returns to the policy of the kernel before, under an id that says so', async () => {
		const mirror = await TestMirror.open();
		expect(await mirror.dispatch('kernel.rollback', { port: 'owner' })).toMatchObject({
			...{ code: 'not_found', position: null },
			message: expect.stringContaining('no policy to return to')
		});
		const [original] = await kernels(mirror);
		await replace(mirror, { reason: 'policy', policy: await without(mirror, 'reflection.create') });
		const rolled = await mirror.dispatch('kernel.rollback', { port: 'owner' });
		const [now] = await kernels(mirror);
		expect(rolled).toMatchObject({ code: 'accepted', result: { kernel_id: now?.kernel_id } });
		expect(now?.kernel_id).toMatch(/^rollback-\d+$/);
		expect(now).toMatchObject({ policy: original?.policy, policy_by: 'app', reason: 'rollback' });
		expect(await mirror.write('Allowed again.')).toBeTruthy();
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('to the policy of before an update of the app stays, until the owner goes on to what it brings', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const [today] = await kernels(mirror);
		await mirror.core.close();
		await asOtherVersion(world);
		const updated = await TestMirror.open(world);
		await updated.write('By the policy that the update brought.');
		const rolled = await updated.dispatch('kernel.rollback', { port: 'owner' });
		const data = { key: 'last_export_position', value: 1 } as const;
		const { code } = await updated.dispatch('settings.change', data);
		expect([rolled.code, code]).toEqual(['accepted', 'refused']);
		const again = await updated.restart();
		expect((await again.dispatch('settings.change', data)).code).toBe('refused');
		const [now, before] = await kernels(again);
		expect(now).toMatchObject({ kernel_id: rolled.result?.['kernel_id'], policy_by: 'owner', state: 'IDLE' });
		expect(before?.policy).toEqual(today?.policy);
		const back = await again.dispatch('kernel.rollback', { port: 'owner' });
		expect(await again.write('And back to what the app brings.')).toBeTruthy();
		expect((await kernels(again))[0]).toMatchObject({
			...{ kernel_id: back.result?.['kernel_id'], policy_by: 'app', policy: today?.policy }
		});
		expect(await verified(again)).toMatchObject({ is_valid: true, errors: [] });
		await again.core.close();
	});
});

describe('a halted kernel', () => {
	test('changes nothing any more, in this start or the next, while reading and exporting go on', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('Kept.');
		const { last_export } = (await mirror.read('settings.get', {})).rows[0] ?? {};
		expect(await halt(mirror)).toMatchObject({
			...{ code: 'accepted', decision: 'HALT', state_to: 'HALTED' },
			position: (await entries(mirror))[0]?.position
		});
		expect((await entries(mirror))[0]).toMatchObject({
			...{ request_id: 'HALT', actor: 'SYSTEM', intent: 'Halted by the owner: something looks wrong' }
		});
		expect(await halt(mirror)).toMatchObject({ code: 'halted', position: null });
		const again = await mirror.restart();
		expect(await again.dispatch('reflection.trash', { id })).toMatchObject({
			...{ code: 'halted', position: null, state_to: 'HALTED' },
			message: expect.stringContaining('Replace the kernel to go on')
		});
		expect((await again.read('reflections.get', { id })).rows[0]?.content).toBe('Kept.');
		expect((await again.read('reflections.search', { query: 'kept' })).rows).toHaveLength(1);
		expect((await again.export()).length).toBeGreaterThan(1000);
		// It writes nothing down of that export, for nobody may write.
		expect((await again.read('settings.get', {})).rows[0]?.last_export).toEqual(last_export);
		const [now] = await kernels(again);
		expect(now).toMatchObject({ state: 'HALTED' });
		expect(await verified(again)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('is followed by one that begins with what was asked of it meanwhile', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('Kept.');
		await halt(mirror);
		const request = { id: mirror.id(), kind: 'reflection.trash', data: { id } };
		for (let at = 0; at < 2; at++) expect((await mirror.core.dispatch(request)).code).toBe('halted');
		await mirror.export();
		const [halted] = await kernels(mirror);
		const receipt = await replace(mirror, { reason: 'halted' });
		expect(receipt.code).toBe('accepted');
		const [now] = await kernels(mirror);
		expect(now).toMatchObject({ state: 'IDLE', entries: 2 });
		const evidence = (await mirror.read('ledger.evidence', { kernel_id: now?.kernel_id ?? '' })).rows[0];
		const requests = [
			{ kind: 'bundle.export', refused: 0, allowed: 1 },
			{ kind: 'reflection.trash', refused: 2, allowed: 0 }
		];
		expect(evidence?.ledger_entries[1]).toMatchObject({
			tool_name: 'kernel.account',
			params_hash: paramsHash({ kernel_id: halted?.kernel_id ?? '', requests }, digest)
		});
		// What was asked of the old one is done by the new one when it is asked again.
		expect((await mirror.core.dispatch(request)).code).toBe('accepted');
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('lets nobody pass but the owner, by her own port: no permit, and none that was made up', async () => {
		const mirror = await TestMirror.open();
		await halt(mirror, 'agent');
		const made = {
			...{
				permit_id: 'a'.repeat(64),
				issuer: 'owner',
				subject: 'agent:0123456789ab',
				jurisdiction: 'default'
			},
			...{ action: 'bundle.export', params: {}, constraints: {}, max_executions: 9, valid_from_ms: 0 },
			...{ valid_until_ms: Number.MAX_SAFE_INTEGER, evidence_hash: '', proposal_hash: 'b'.repeat(64) },
			...{ nonce: 'c'.repeat(32), signature: 'd'.repeat(64), key_id: 'nobody' }
		};
		const file = { what: 'bundle', sha256: 'a'.repeat(64), bytes: 1, host: 'example.org' };
		for (const [kind, data] of [
			['bundle.export', {}],
			['egress.release', file],
			['tensions.list', {}]
		] as const)
			expect(await mirror.core.byPermit(made, { id: mirror.id(), kind, data })).toMatchObject({
				receipt: {
					...{ code: 'halted', status: 'REJECTED', decision: 'DENY', result: null, position: null },
					message: expect.stringContaining('halted by its owner')
				},
				rows: null
			});
		const [halted] = await kernels(mirror, 'agent');
		await replace(mirror, { port: 'agent', reason: 'halted' });
		expect(await accounted(mirror, 'agent')).toMatchObject(
			accountOf(halted, [
				{ kind: 'bundle.export', refused: 1, allowed: 0 },
				{ kind: 'egress.release', refused: 1, allowed: 0 },
				{ kind: 'tensions.list', refused: 1, allowed: 0 }
			])
		);
	});

	test('passes nothing that its own policy forbade before', async () => {
		const mirror = await TestMirror.open();
		const policy = { allowed_actors: [], allowed_tools: [] };
		await replace(mirror, { port: 'egress', reason: 'policy', policy });
		await halt(mirror, 'egress');
		const { receipt, file } = await mirror.core.exportBundle({ id: mirror.id(), data: {} });
		expect(file).toBeNull();
		expect(receipt).toMatchObject({
			...{ code: 'refused', error: expect.stringContaining('Jurisdiction denied') },
			message: expect.stringContaining('not let out')
		});
		const [halted] = await kernels(mirror, 'egress');
		await replace(mirror, { port: 'egress', reason: 'halted' });
		expect(await accounted(mirror, 'egress')).toMatchObject(
			accountOf(halted, [{ kind: 'egress.release', refused: 1, allowed: 0 }])
		);
		await replace(mirror, { reason: 'policy', policy: await without(mirror, 'bundle.export') });
		await halt(mirror);
		expect((await mirror.core.exportBundle({ id: mirror.id(), data: {} })).receipt.code).toBe('refused');
	});

	test('asks first where its policy does, and lets pass what was agreed to', async () => {
		const mirror = await TestMirror.open();
		const [before] = await kernels(mirror, 'egress');
		const policy = { ...(before?.policy as JsonObject), rules: [{ kind: 'ask' }] };
		expect((await replace(mirror, { port: 'egress', reason: 'policy', policy })).code).toBe('accepted');
		await halt(mirror, 'egress');
		const asked = { id: mirror.id(), data: {} };
		expect((await mirror.core.exportBundle(asked)).receipt.code).toBe('ask_first');
		const agreed = await mirror.core.exportBundle({ id: mirror.id(), data: {}, agreed: true });
		expect(agreed.file).not.toBeNull();
	});

	test('is followed by a count of each minute, for the time goes on while its own stands still', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('Kept.');
		await halt(mirror);
		for (const asked of [70, 5]) {
			for (let at = 0; at < asked; at++) await mirror.dispatch('reflection.trash', { id });
			mirror.world.now += 60_000;
		}
		const [halted] = await kernels(mirror);
		await replace(mirror, { reason: 'halted' });
		expect(await accounted(mirror)).toMatchObject(
			accountOf(halted, [{ kind: 'reflection.trash', refused: 65, allowed: 0 }])
		);
	});

	test('of what leaves lets nothing else stop', async () => {
		const mirror = await TestMirror.open();
		expect((await halt(mirror, 'egress')).code).toBe('accepted');
		expect(await mirror.write('The owner goes on.')).toBeTruthy();
		expect((await mirror.export()).length).toBeGreaterThan(1000);
		expect((await kernels(mirror, 'egress'))[0]).toMatchObject({ state: 'HALTED', entries: 2 });
		expect((await replace(mirror, { port: 'egress', reason: 'halted' })).code).toBe('accepted');
		expect((await kernels(mirror, 'egress'))[0]).toMatchObject({ state: 'IDLE', entries: 2 });
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});
});

describe('what leaves the device', () => {
	test('has an entry with the hash of the very file as its evidence', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Something.');
		const bytes = await mirror.export();
		const [egress] = await kernels(mirror, 'egress');
		const evidence = (await mirror.read('ledger.evidence', { kernel_id: egress?.kernel_id ?? '' })).rows[0];
		expect(evidence?.ledger_entries.at(-1)).toMatchObject({
			...{ tool_name: 'egress.release', actor: 'system', decision: 'ALLOW' },
			evidence_hash: evidenceHash(
				[`sha256:${sha256Hex(bytes)}`, `bytes:${bytes.length}`, 'host:this device'],
				digest
			)
		});
		expect(
			await mirror.dispatch('egress.release', {
				...{ what: 'bundle', sha256: 'a'.repeat(64), bytes: 1, host: null }
			})
		).toMatchObject({
			code: 'refused',
			error: "Jurisdiction denied: Actor 'owner' is not in allowed actors"
		});
	});

	test('is asked about file by file, whatever the page made, and never said by whoever asks', async () => {
		const mirror = await TestMirror.open();
		const file = new Blob(['{"ledger_entries": []}']);
		const release = (what: string, more: object = {}) =>
			mirror.core.releaseFile({ id: mirror.id(), what, ...more }, file);
		for (const what of ['evidence', 'archive', 'proof', 'checklists', 'policy'])
			expect(await release(what)).toMatchObject({ code: 'accepted', result: { bytes: file.size } });
		const [egress] = await kernels(mirror, 'egress');
		const evidence = (await mirror.read('ledger.evidence', { kernel_id: egress?.kernel_id ?? '' })).rows[0];
		const sha256 = sha256Hex(new Uint8Array(await file.arrayBuffer()));
		expect(evidence?.ledger_entries.at(-1)).toMatchObject({
			...{ tool_name: 'egress.release', actor: 'system', decision: 'ALLOW' },
			evidence_hash: evidenceHash([`sha256:${sha256}`, `bytes:${file.size}`, 'host:this device'], digest)
		});
		expect(await release('anything')).toMatchObject({ code: 'invalid_request', position: null });
		const policy = { ...(egress?.policy as JsonObject), rules: [{ kind: 'ask' }] };
		await replace(mirror, { port: 'egress', reason: 'policy', policy });
		expect(await release('evidence')).toMatchObject({ code: 'ask_first', status: 'REJECTED' });
		expect(await release('evidence', { agreed: true })).toMatchObject({ code: 'accepted' });
		await halt(mirror, 'egress');
		const [halted] = await kernels(mirror, 'egress');
		expect((await release('proof', { agreed: true })).code).toBe('accepted');
		await replace(mirror, {
			...{ port: 'egress', reason: 'policy', policy: { allowed_actors: [], allowed_tools: [] } }
		});
		expect(await accounted(mirror, 'egress')).toMatchObject(
			accountOf(halted, [{ kind: 'egress.release', refused: 0, allowed: 1 }])
		);
		expect(await release('archive')).toMatchObject({
			...{ code: 'refused', message: expect.stringContaining('not let out') }
		});
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('stays where a policy lets nothing out, and the mirror does not say that it left', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Something.');
		const policy = { allowed_actors: [], allowed_tools: [] };
		await replace(mirror, { port: 'egress', reason: 'policy', policy });
		const { receipt, file, name } = await mirror.core.exportBundle({ id: mirror.id(), data: {} });
		expect({ file, name }).toEqual({ file: null, name: null });
		expect(receipt).toMatchObject({ code: 'refused', message: expect.stringContaining('not let out') });
		expect((await mirror.read('settings.get', {})).rows[0]).toMatchObject({ last_export: null });
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});
});

test('below the version that brought them, kernels are neither replaced nor halted, in a sentence', async () => {
	const mirror = await TestMirror.open();
	await mirror.dispatch('schema.rollback', { to: '1.2.0' });
	for (const receipt of [await replace(mirror), await halt(mirror)])
		expect(receipt).toMatchObject({ code: 'refused', message: expect.stringContaining('Release the hold') });
	expect(await mirror.write('Held.')).toBeTruthy();
	await mirror.dispatch('schema.release', {});
	expect((await replace(mirror)).code).toBe('accepted');
	expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
});
