import { expect, test } from 'vitest';
import { TestMirror } from './mirror.ts';
import {
	consider,
	takePolicy,
	writePolicy,
	type Policy,
	type Sample,
	type Variant
} from '#app/policy-trial.ts';
import type { KernelPort } from '#domain/kernel.ts';
import { createTrials } from '#app/policy-trials.ts';
import { trialDesk, type Desk } from '#app/policy-desk.ts';
import type { RemoteDesk } from '#app/policy-trials.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const sample: Sample = {
	...{ actor: 'owner', tool: 'tension.create', intent: 'Create a tension', params: '', evidence: [] },
	...{ constraints: null, ts_ms: noon, agreed: false, before: 0 }
};

async function policyOf(mirror: TestMirror): Promise<Policy> {
	const [kernel] = (await mirror.read('kernel.status', {})).rows;
	return kernel?.policy as Policy;
}

/** The kernel in charge of a port, as the page gives it to a dry run. */
async function ledgerOf(mirror: TestMirror, port: KernelPort) {
	const kernels = (await mirror.read('kernel.status', {})).rows;
	const kernel = kernels.find((one) => one.port === port && one.closed_at === null);
	if (kernel === undefined) throw new Error(`there is no kernel of ${port}`);
	const { kernel_id, variant, policy } = kernel;
	return { kernel_id, port, variant: variant as Variant, policy: policy as Policy };
}

const without = (policy: Policy, tool: string): Policy => ({
	...policy,
	allowed_tools: policy.allowed_tools.filter((name) => name !== tool)
});

function considered(given: object, present: Policy, more: Partial<Sample> = {}) {
	const asked = {
		port: 'owner',
		variant: 'strict',
		tried: 'strict',
		given: given as Policy,
		present
	} as const;
	return consider({ ...asked, sample: { ...sample, ...more } });
}

/** The desk as the page has it, without the border of a worker. */
function remote(desk: Desk): RemoteDesk {
	return {
		consider: async (asked) => desk.consider(asked),
		take: desk.take,
		write: desk.write,
		begin: async (asked) => desk.begin(asked),
		follow: async (slice) => desk.follow(slice),
		push: async (slice) => desk.push(slice),
		finish: async () => desk.finish()
	};
}

function trialsOf(mirror: TestMirror, end: () => void = () => undefined) {
	return createTrials({
		open: async () => ({ desk: remote(trialDesk()), end }),
		after: () => new Promise(() => undefined),
		read: (view, params) => mirror.read(view, params)
	});
}

test('how much a request may carry is measured on what is really asked for, in a sample as in the mirror', async () => {
	const mirror = await TestMirror.open();
	const present = await policyOf(mirror);
	const longest = 'a'.repeat(1024 * 1024);
	await mirror.write(longest);
	const limited = { ...present, max_param_bytes: 2000 };
	const params = JSON.stringify({ content: 'a'.repeat(3000) });
	const sentence = /^Params size \(\d+ bytes\) exceeds maximum \(2000 bytes\)$/;
	expect(considered(limited, present, { tool: 'reflection.create', params })).toMatchObject({
		edited: { decision: 'DENY', violations: [expect.stringMatching(sentence)] },
		present: { decision: 'ALLOW' }
	});
	await mirror.dispatch('kernel.replace', { port: 'owner', reason: 'policy', policy: limited });
	const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };
	const data = { id: mirror.id(), identity_id: null, ...day };
	const refused = await mirror.dispatch('reflection.create', { ...data, content: 'a'.repeat(3000) });
	expect(refused).toMatchObject({ code: 'refused', error: expect.stringContaining('Params size (') });
	const written = await mirror.dispatch('reflection.create', { ...data, content: 'a'.repeat(1000) });
	expect(written.code).toBe('accepted');
	await mirror.core.close();
});

test('a sample is decided on as the kernel itself would, under both policies, with all that is against it', async () => {
	const mirror = await TestMirror.open();
	const present = await policyOf(mirror);
	const edited = {
		...without(present, 'tension.create'),
		rules: [{ kind: 'hours', from: '06:00', to: '10:00', zone: 'UTC', reason: 'Only early; or not at all' }]
	};
	expect(considered(edited, present)).toMatchObject({
		kind: 'policy',
		edited: {
			decision: 'DENY',
			violations: ["Tool 'tension.create' is not in allowed tools", 'Only early; or not at all']
		},
		present: { decision: 'ALLOW', violations: [] },
		comparison: { tools: { added: [], removed: ['tension.create'] }, is_same: false },
		losses: [
			{ what: 'writing', when: 'at times' },
			{ what: 'upkeep', when: 'at times' }
		]
	});
	// What the sample says is what the mirror then does.
	await mirror.dispatch('kernel.replace', {
		port: 'owner',
		reason: 'policy',
		policy: without(present, 'tension.create')
	});
	const data = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
	const receipt = await mirror.dispatch('tension.create', { ...data, origin: 'user_created' });
	expect(receipt.error).toBe("Jurisdiction denied: Tool 'tension.create' is not in allowed tools");
});

test('what would stand still is named: for good, or at certain hours, and the app cannot ask itself', async () => {
	const present = await policyOf(await TestMirror.open());
	const lost = (more: Partial<Policy>) => {
		const found = considered({ ...present, ...more }, present);
		return found.kind === 'policy' ? found.losses : null;
	};
	const hours = (from: string, to: string) => ({ kind: 'hours', from, to, zone: 'UTC' }) as const;
	expect(lost({})).toEqual([]);
	expect(lost({ allowed_actors: ['owner'] })).toEqual([{ what: 'upkeep', when: 'always' }]);
	expect(lost({ rules: [{ kind: 'ask' }] })).toEqual([{ what: 'upkeep', when: 'always' }]);
	expect(lost({ rules: [{ kind: 'ask', actors: ['owner'] }] })).toEqual([]);
	expect(lost({ rules: [hours('06:00', '09:00'), hours('10:00', '12:00')] })).toEqual([
		{ what: 'writing', when: 'always' },
		{ what: 'upkeep', when: 'always' }
	]);
	expect(lost({ rules: [{ ...hours('06:00', '22:00'), actors: ['owner'] }] })).toEqual([
		{ what: 'writing', when: 'at times' }
	]);
});

test('a rate counts what was allowed just before, and who is asked first may agree', async () => {
	const present = await policyOf(await TestMirror.open());
	const rate = { kind: 'rate', limit: 2, window_ms: 60_000, per: 'actor_and_tool' };
	const rules = [rate, { kind: 'ask', tools: ['tension.create'] }];
	const said = (more: Partial<Sample>) => {
		const found = considered({ ...present, rules }, present, more);
		return found.kind === 'policy' ? found.edited?.violations : null;
	};
	expect(said({ before: 1 })).toEqual(['Ask first: tension.create']);
	expect(said({ before: 1, agreed: true })).toEqual([]);
	expect(said({ before: 2, agreed: true })).toEqual(['Rate limit of 2 in 60 s is reached']);
	expect(said({ params: '{"a":' })).toBeUndefined();
	expect(said({ intent: '' })).toEqual(['Ambiguity detected: Empty intent is ambiguous']);
});

test('what is no policy is told place by place, and the present one still decides', async () => {
	const present = await policyOf(await TestMirror.open());
	const given = {
		...present,
		max_intent_length: 'many',
		rules: [{ kind: 'rate', limit: 0, window_ms: 1, per: 'actor' }]
	};
	const found = considered(given, present);
	expect(found).toMatchObject({ kind: 'no policy', present: { decision: 'ALLOW' } });
	expect(found.kind === 'no policy' && found.issues.map(({ path }) => path)).toEqual([
		'max_intent_length',
		'rules.0.limit'
	]);
});

test('a policy goes out as text and comes back the same', async () => {
	const present = await policyOf(await TestMirror.open());
	const policy: Policy = {
		...present,
		rules: [{ kind: 'hours', from: '17:00', to: '24:00', zone: 'Europe/Vienna' }]
	};
	const { json, yaml } = await writePolicy(policy, { id: 'kernel-1', variant: 'strict' });
	for (const [text, kind] of [
		[json, 'policy'],
		[yaml, 'kernels']
	] as const) {
		const taken = await takePolicy(text);
		expect(taken).toMatchObject({ ok: true, value: { kind, ignored: [] } });
		const again = taken.ok ? considered(taken.value.policy, policy) : null;
		expect(again).toMatchObject({ comparison: { is_same: true } });
	}
	expect(await takePolicy(`${yaml}extra: 1\n`)).toMatchObject({ value: { ignored: ['extra'] } });
	expect(await takePolicy('policy: [')).toMatchObject({ ok: false, error: { code: 'not_yaml' } });
});

test('a dry run names the entries that would be denied now, also packed ones, and can be stopped', async () => {
	const mirror = await TestMirror.open();
	for (const text of ['One.', 'Two.', 'Three.', 'Four.']) await mirror.write(text);
	await mirror.dispatch('ledger.archive', { kept: 1, together: 2 });
	const [kernel] = (await mirror.read('kernel.status', {})).rows;
	const policy = without(await policyOf(mirror), 'reflection.create');
	const told: number[] = [];
	const wrote = await ledgerOf(mirror, 'owner');
	const asked = {
		policy,
		variant: 'strict',
		kernel: wrote,
		tell: (done: number) => told.push(done)
	} as const;
	const run = await trialsOf(mirror).dryRun({ ...asked, signal: new AbortController().signal });
	const list = (await mirror.read('ledger.list', { limit: 500 })).rows;
	const writings = list.filter(({ tool_name }) => tool_name === 'reflection.create').reverse();
	expect(writings).toHaveLength(4);
	expect(run).toMatchObject({
		ok: true,
		value: {
			...{ entries: kernel?.entries, allow_to_deny: 4, unknown: 0, is_damaged: false },
			denied: writings.map(({ position, request_id }) => ({ position, request_id }))
		}
	});
	expect(told.length).toBeGreaterThan(1);
	expect(told.at(-1)).toBe(kernel?.entries);
	let ended = 0;
	const stop = new AbortController();
	stop.abort();
	const cancelled = trialsOf(mirror, () => ended++).dryRun({ ...asked, signal: stop.signal });
	expect(await cancelled).toMatchObject({ ok: false, error: { code: 'cancelled' } });
	expect(ended).toBe(1);
});

test('a rate that is tried counts what the kernels before allowed, as a live one does', async () => {
	const mirror = await TestMirror.open();
	for (const text of ['One.', 'Two.']) await mirror.write(text);
	mirror.world.now += 30 * 60_000;
	for (let at = 0; at < 2; at++)
		await mirror.dispatch('kernel.replace', { port: 'owner', reason: 'archival' });
	await mirror.write('Within the hour of both.');
	mirror.world.now += 31 * 60_000;
	await mirror.write('An hour after them.');
	const kernel = await ledgerOf(mirror, 'owner');
	const tools = ['reflection.create'];
	const rule = { kind: 'rate', limit: 2, window_ms: 3_600_000, per: 'tool', tools } as const;
	const { signal } = new AbortController();
	const asked = { variant: 'strict', kernel, tell: () => undefined, signal } as const;
	const run = await trialsOf(mirror).dryRun({
		...asked,
		policy: { ...kernel.policy, rules: [rule] }
	});
	const [written] = (await mirror.read('ledger.list', { limit: 2 })).rows.slice(1);
	expect(run).toMatchObject({
		ok: true,
		value: { allow_to_deny: 1, same: 1, denied: [{ position: written?.position }] }
	});
});

test('a dry run decides as another kind of kernel would, and says of each changed decision why', async () => {
	const mirror = await TestMirror.open();
	await mirror.write('One.');
	await mirror.write('Two.');
	const kernel = await ledgerOf(mirror, 'owner');
	const { signal } = new AbortController();
	const run = (variant: Variant, port = kernel) =>
		trialsOf(mirror).dryRun({ policy: port.policy, variant, kernel: port, tell: () => undefined, signal });
	// The first was the identity to write as.
	const asked = { allow_to_deny: 3, deny_to_allow: 0, unknown: 0 };
	expect(await run('strict')).toMatchObject({ value: { ...asked, allow_to_deny: 0, same: 3, allowed: [] } });
	expect(await run('permissive')).toMatchObject({ value: { ...asked, allow_to_deny: 0, same: 3 } });
	const [second, first] = (await mirror.read('ledger.list', { limit: 2 })).rows;
	const writings = [first, second].map((entry) => ({
		position: entry?.position,
		tool_name: entry?.tool_name
	}));
	// None of the person's own changes comes with either.
	for (const [variant, reason] of [
		['evidence-first', 'Evidence field is required for this kernel variant'],
		['dual-channel', 'Constraints dict is required in params']
	] as const) {
		const reasons = [`Variant requirements not met: ${reason}`];
		expect(await run(variant)).toMatchObject({
			value: {
				...asked,
				denied: [{ tool_name: 'identity.create', reasons }, ...writings.map((at) => ({ ...at, reasons }))]
			}
		});
	}
	// What left had evidence: that it was allowed says so.
	await mirror.export();
	const egress = await ledgerOf(mirror, 'egress');
	expect(await run('evidence-first', egress)).toMatchObject({ value: { same: 1, unknown: 0 } });
	expect(await run('strict', egress)).toMatchObject({ value: { same: 1, unknown: 0 } });
});

test('the sample is decided on as the chosen kind of kernel, the present decision and the losses as by the one there is', async () => {
	const present = await policyOf(await TestMirror.open());
	const asked = { port: 'owner', variant: 'strict', given: present, present, sample } as const;
	expect(consider({ ...asked, tried: 'evidence-first' })).toMatchObject({
		...{ losses: [], present: { decision: 'ALLOW' } },
		edited: {
			decision: 'DENY',
			violations: ['Variant requirements not met: Evidence field is required for this kernel variant']
		}
	});
	const given = { ...sample, evidence: ['a note'] };
	expect(consider({ ...asked, tried: 'evidence-first', sample: given })).toMatchObject({
		edited: { decision: 'ALLOW' }
	});
});

test('of a kernel that there never was there are no entries', async () => {
	const mirror = await TestMirror.open();
	const { rows } = await mirror.read('kernel.entries', { kernel_id: 'none' });
	expect(rows).toEqual([{ entries: [], positions: [], next: null, is_damaged: false }]);
});

test('what takes too long is stopped, and the next question is answered', async () => {
	let ended = 0;
	const never: RemoteDesk = { ...remote(trialDesk()), consider: () => new Promise(() => undefined) };
	const desks = [never, remote(trialDesk())];
	const trials = createTrials({
		open: async () => ({ desk: desks.shift() ?? never, end: () => ended++ }),
		after: (ms) => (ms > 0 && desks.length === 1 ? Promise.resolve() : new Promise(() => undefined)),
		read: () => Promise.reject(new Error('nobody asks'))
	});
	const present = await policyOf(await TestMirror.open());
	const kernel = { port: 'owner', variant: 'strict', tried: 'strict' } as const;
	const asked = { ...kernel, given: present, present, sample };
	expect(await trials.consider(asked)).toMatchObject({ ok: false, error: { code: 'too_slow' } });
	expect(ended).toBe(1);
	expect(await trials.consider(asked)).toMatchObject({ ok: true, value: { kind: 'policy' } });
});

const asksFirst = (mirror: TestMirror) =>
	policyOf(mirror).then((policy) =>
		mirror.dispatch('kernel.replace', {
			...{ port: 'owner', reason: 'policy' },
			policy: {
				...policy,
				rules: [{ kind: 'ask', tools: ['reflection.create'], reason: 'Am I sure?' }]
			}
		})
	);

const written = (mirror: TestMirror) => {
	const [id, created_at] = [mirror.id(), new Date(mirror.world.now).toISOString()];
	return { id, identity_id: null, content: 'Said.', created_at, local_date: created_at.slice(0, 10) };
};

test('what the person is asked first about is done once she agrees, and the ledger says that she did', async () => {
	const mirror = await TestMirror.open();
	await asksFirst(mirror);
	const data = written(mirror);
	expect(await mirror.dispatch('reflection.create', data)).toMatchObject({
		...{ code: 'ask_first', status: 'REJECTED' },
		error: 'Jurisdiction denied: Ask first: reflection.create (Am I sure?)'
	});
	const allowed = await mirror.dispatch('reflection.create', data, { agreed: true });
	expect(allowed.code).toBe('accepted');
	const [entry] = (await mirror.read('ledger.list', { limit: 1 })).rows;
	expect(entry).toMatchObject({
		decision: 'ALLOW',
		intent: 'Save a reflection (agreed to when asked first)'
	});
	expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true, errors: [] });
	// The next one is asked about again.
	expect((await mirror.dispatch('reflection.create', written(mirror))).code).toBe('ask_first');
});

test('who is asked before anything leaves is asked once for a bundle, and nothing leaves before', async () => {
	const mirror = await TestMirror.open();
	await mirror.write('To be kept elsewhere too.');
	const egress = (await mirror.read('kernel.status', {})).rows.find(({ port }) => port === 'egress');
	const policy = { ...egress?.policy, rules: [{ kind: 'ask' as const }] };
	await mirror.dispatch('kernel.replace', { port: 'egress', reason: 'policy', policy });
	const before = await mirror.core.exportBundle({ id: mirror.id(), data: {} });
	expect(before).toMatchObject({ receipt: { code: 'ask_first' }, file: null });
	const after = await mirror.core.exportBundle({ id: mirror.id(), data: {}, agreed: true });
	expect(after.receipt.code).toBe('accepted');
	expect(after.file?.size).toBeGreaterThan(0);
	const [entry] = (await mirror.read('ledger.list', { limit: 1 })).rows;
	expect(entry).toMatchObject({
		...{ tool_name: 'egress.release', actor: 'system' },
		intent: expect.stringContaining('(agreed to when asked first)')
	});
});

test('where something else is against it too, agreeing is not offered and does not help', async () => {
	const mirror = await TestMirror.open();
	const present = await policyOf(mirror);
	const policy = { ...without(present, 'reflection.create'), rules: [{ kind: 'ask' as const }] };
	await mirror.dispatch('kernel.replace', { port: 'owner', reason: 'policy', policy });
	const receipt = await mirror.dispatch('reflection.create', written(mirror), { agreed: true });
	expect(receipt).toMatchObject({ code: 'refused', error: expect.not.stringContaining('Ask first') });
	expect((await mirror.dispatch('reflection.create', written(mirror))).code).toBe('refused');
});

test('whoever returns to what the app brings has it renewed with the app', async () => {
	const mirror = await TestMirror.open();
	await asksFirst(mirror);
	const kernel = async () => (await mirror.read('kernel.status', {})).rows[0];
	expect(await kernel()).toMatchObject({ policy_by: 'owner' });
	const proposed = (await mirror.read('kernel.proposed', {})).rows.find(({ port }) => port === 'owner');
	const policy = proposed?.policy as Policy;
	const data = { port: 'owner', reason: 'policy' } as const;
	const again = { ...policy, allowed_tools: [...policy.allowed_tools].reverse() };
	expect((await mirror.dispatch('kernel.replace', { ...data, policy: again })).code).toBe('accepted');
	expect(await kernel()).toMatchObject({ policy_by: 'app', policy });
	const before = await kernel();
	const after = await mirror.restart();
	expect((await after.read('kernel.status', {})).rows[0]?.kernel_id).toBe(before?.kernel_id);
});

test('below the version that brought kernels to replace, policies are still read and tried out', async () => {
	const mirror = await TestMirror.open();
	await mirror.write('Before.');
	await mirror.dispatch('schema.rollback', { to: '1.2.0' });
	const kernel = await ledgerOf(mirror, 'owner');
	const policy = without(kernel.policy, 'reflection.create');
	const asked = { policy, variant: 'strict', kernel, tell: () => undefined } as const;
	const run = await trialsOf(mirror).dryRun({ ...asked, signal: new AbortController().signal });
	expect(run).toMatchObject({ ok: true, value: { allow_to_deny: 1 } });
	expect((await mirror.read('kernel.proposed', {})).rows).toHaveLength(3);
});
