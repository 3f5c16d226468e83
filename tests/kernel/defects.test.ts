import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { readEvidence } from '#kernel/evidence.ts';
import { createKernel, type Kernel } from '#kernel/kernel.ts';
import { evidenceHash, type AuditEntry } from '#kernel/ledger.ts';
import { createPolicy, openPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import type { Submitted } from '#kernel/request.ts';
import { runScenarioTool } from '#app/scenario-tools.ts';
import type { VariantName } from '#kernel/variants.ts';
import { ask, submit, surfaced } from '../wire/make.ts';
import { echo, verified, world, type Asked, type Bundle, type Kind } from './both-rules.ts';
import { vector } from './vectors.ts';

/*
 * What the reference does wrong (KERNELS A12, lines 6 to 14; permits have a file of their own), with the very input that shows
 * it: what it leads to by the reference's rules, which reproduce it, and by the mirror's. Line 9 takes a store of ledgers, and
 * stands in tests/app/replacement.test.ts.
 */

const digest = textDigest(sha256Hex);

describe('6: what breaks the reference', () => {
	test.each<readonly [string, VariantName, Asked, Partial<AuditEntry>]>([
		[
			'a result that JSON cannot say',
			'strict',
			{ request: echo('r', 'x'), run: () => ({ ok: true, result: untyped(() => 1) }) },
			{ decision: 'DENY', error: 'Tool execution failed: Result is not JSON: a function has no form in JSON' }
		],
		[
			'params of a tool that JSON cannot say',
			'strict',
			{ request: echo('r', 'x', { tool_call: { name: 'echo', params: { text: untyped(() => 1) } } }) },
			{ decision: 'DENY', error: 'Validation failed: tool_call.params must equal params' }
		],
		[
			'a tool call whose params are a list',
			'strict',
			{ request: echo('r', 'x', { tool_call: { name: 'echo', params: ['x'] } }) },
			{ decision: 'DENY', error: 'Validation failed: tool_call.params must be a dictionary' }
		],
		[
			'evidence that is a list',
			'evidence-first',
			{ request: echo('r', 'x', { evidence: ['evidence-001'] }) },
			{ decision: 'ALLOW', error: null, evidence_hash: evidenceHash(['evidence-001'], digest) }
		]
	])('%s has its entry, and the kernel goes on', (_what, variant, asked, entry) => {
		const here = world('mirror', { variant });
		expect(here.ask(asked).entry).toMatchObject(entry);
		expect(here.ask({ request: echo('r2', 'y', { evidence: 'e' }) }).entry.decision).toBe('ALLOW');
	});

	test('a list as evidence, of which the reference never comes back', () => {
		const { kernel } = world('reference', { variant: 'evidence-first' });
		const request = echo('r', 'x', { evidence: ['evidence-001'] });
		expect(() => kernel.submit(request, runScenarioTool)).toThrow(TypeError);
		expect(kernel.head()).toMatchObject({ state: 'ARBITRATING', next_seq: 0 });
	});
});

function untyped(value: unknown): Json {
	return value as Json;
}

describe('7: the id of a request that was used for something else', () => {
	test('by the reference gives the result of the other', () => {
		const { ask, ran } = world('reference');
		ask({ request: echo('same', 'one') });
		expect(ask({ request: echo('same', 'two') }).receipt).toMatchObject({ tool_result: 'one' });
		expect(ran).toEqual(['echo']);
	});

	test('by ours is refused, by an entry', async () => {
		const { surface, said } = surfaced();
		const [one, two] = ['one', 'two'].map((text) =>
			submit('same', { tool_call: { name: 'echo', params: { text } } })
		);
		await ask(surface, 'POST', '/submit', one);
		const [, answer] = await ask(surface, 'POST', '/submit', two);
		expect(answer).toMatchObject({ status: 'FAILED', result: null });
		expect(said).toEqual(['one']);
		const [, evidence] = await ask(surface, 'GET', '/evidence');
		expect(evidence).toMatchObject({
			ledger_entries: [{ decision: 'ALLOW' }, { error: expect.stringContaining('another request') }]
		});
	});
});

describe('8: a kernel is what it was made', () => {
	test('once it is halted it is not booted again, nor is any made from what it left', () => {
		const { kernel, ask } = world('mirror');
		ask({ request: echo('r1', 'x') });
		kernel.halt('Enough');
		const options = { config: { kernel_id: 'k', variant: 'strict' }, policy: openPolicy } as const;
		const again = createKernel({
			...options,
			...{ rules: 'mirror', clock: () => 1, sha256: sha256Hex, head: kernel.head() }
		});
		for (const halted of [kernel, again]) {
			expect(halted.boot()).toMatchObject({ ok: false, error: { message: 'Kernel is halted' } });
			expect(halted.admit(echo('r2', 'x'))).toMatchObject({ ok: false, error: { code: 'halted' } });
			expect(halted.head()).toMatchObject({ state: 'HALTED', next_seq: 2 });
		}
	});

	test('its policy is not changed under it, by whoever gave it or reads it', () => {
		const allowed_tools = ['echo'];
		const roles: Record<string, string[]> = { agents: ['agent-001'] };
		const policy = createPolicy({ allowed_actors: ['role:agents'], allowed_tools, roles });
		const { kernel, ask } = world('mirror', { policy });
		allowed_tools.push('add');
		roles['agents']?.push('agent-666');
		expect(ask({ request: echo('r1', 'x', { actor: 'agent-666' }) }).entry.decision).toBe('DENY');
		const params = { a: 1, b: 2 };
		const add = echo('r2', '', { params, tool_call: { name: 'add', params } });
		expect(ask({ request: add }).entry.decision).toBe('DENY');
		expect(() => (kernel.policy.allowed_tools as string[]).push('add')).toThrow(TypeError);
		expect(() => Object.assign(kernel.policy, { allowed_tools: ['*'] })).toThrow(TypeError);
		expect(ask({ request: add }).entry.decision).toBe('DENY');
		expect(ask({ request: echo('r3', 'x') }).entry.decision).toBe('ALLOW');
	});
});

describe('10: what the reference does not look at', () => {
	test.each<readonly [string, Partial<JurisdictionPolicy>, Submitted, string]>([
		[
			'allowed_states',
			{ allowed_states: ['IDLE', 'VALIDATING', 'ARBITRATING', 'AUDITING'] },
			{},
			"State 'EXECUTING' is not in allowed states"
		],
		[
			'allow_intent_only',
			{ allow_intent_only: false },
			{ tool_call: null },
			'A request without a tool call is not allowed'
		]
	])('%s', (_name, given, more, why) => {
		const policy = { ...openPolicy, ...given };
		const decided = (rules: Kind) => world(rules, { policy }).ask({ request: echo('r', 'x', more) }).entry;
		expect(decided('reference').decision).toBe('ALLOW');
		expect(decided('mirror')).toMatchObject({ decision: 'DENY', error: `Jurisdiction denied: ${why}` });
	});

	test.each([
		[{ hash_alg: 'md5' }, TypeError],
		[{ variant: 'permissive', require_audit: false } as const, TypeError]
	])('%j cannot be honoured, and makes no kernel', (given, error) => {
		const config = { kernel_id: 'k', variant: 'strict', ...given } as const;
		const options = { config, policy: openPolicy, clock: () => 1, sha256: sha256Hex };
		expect(() => createKernel({ ...options, rules: 'reference' })).not.toThrow();
		expect(() => createKernel({ ...options, rules: 'mirror' })).toThrow(error);
	});

	test('max_param_bytes of a configuration', () => {
		const config = { kernel_id: 'k', variant: 'strict', max_param_bytes: 5 } as const;
		const options = { config, policy: openPolicy, clock: () => 1, sha256: sha256Hex };
		const decided = (kernel: Kernel | Kernel<Json>) => {
			const step = kernel.submit(echo('r', 'x'), () => ({ ok: true }));
			return step.ok ? step.value.entry.error : step.error.message;
		};
		expect(decided(createKernel({ ...options, rules: 'reference' }))).toBeNull();
		expect(decided(createKernel({ ...options, rules: 'mirror' }))).toMatch(/exceeds maximum \(5 bytes\)$/);
	});
});

test('11: several things that are missing are named in one order, however they are listed', () => {
	const missing = ['zeta', 'intent', 'alpha'];
	const orders = [missing, missing.toReversed(), ['alpha', 'zeta', 'intent']];
	const told = orders.map((required_fields) => {
		const policy = { ...openPolicy, required_fields };
		return world('mirror', { policy }).ask({ request: echo('r', 'x') }).entry.error;
	});
	expect(new Set(told)).toEqual(
		new Set([
			"Jurisdiction denied: Required field 'alpha' is missing or empty; Required field 'zeta' is missing or empty"
		])
	);
	const blanks = [
		{ scope: '', non_goals: '', success_criteria: ' ' },
		{ success_criteria: ' ', non_goals: '', scope: '' }
	];
	const unmet = blanks.map((constraints) => {
		const request = echo('r', 'x', { params: { constraints }, tool_call: null });
		const policy = { ...openPolicy, allow_intent_only: true };
		return world('mirror', { variant: 'dual-channel', policy }).ask({ request }).entry.error;
	});
	expect(unmet[0]).toBe(
		"Variant requirements not met: Constraint 'non_goals' cannot be empty; Constraint 'scope' cannot be empty; Constraint 'success_criteria' cannot be empty"
	);
	expect(unmet[1]).toBe(unmet[0]);
});

test('12: a request is one entry, and each transition is told as it happens', () => {
	const seen: string[] = [];
	const { ask, entries } = world('mirror', { onTransition: (from, to) => seen.push(`${from} ${to}`) });
	ask({ request: echo('r', 'x') });
	expect(entries).toHaveLength(1);
	expect(seen).toEqual([
		'BOOTING IDLE',
		'IDLE VALIDATING',
		'VALIDATING ARBITRATING',
		'ARBITRATING EXECUTING',
		'EXECUTING AUDITING',
		'AUDITING IDLE'
	]);
});

describe('13: one verifier, whatever the shape', () => {
	const { ledger_entries, root_hash } = vector<Bundle>('bundles/02-strict-three.json');
	const shapes = (entries: readonly Json[]): readonly Json[] => [
		{ root_hash, ledger_entries: entries },
		{ root_hash, entries, entry_count: entries.length },
		entries
	];

	test('reads every shape, computes every hash, and passes nothing that it cannot read', () => {
		for (const shape of shapes(ledger_entries))
			expect(verified(shape)).toMatchObject({ is_valid: true, entries_verified: 3 });
		// The links are right: only who computes the hash finds it.
		const altered = ledger_entries.map((entry, at) => (at === 1 ? { ...entry, intent: 'Another' } : entry));
		for (const shape of shapes(altered))
			expect(verified(shape).errors.join()).toContain('Entry 1: entry_hash mismatch');
		for (const unreadable of [{}, { rows: [] }, { ledger_entries: 'none' }, 7, null, 'x'])
			expect(readEvidence(unreadable)).toMatchObject({ ok: false });
	});
});

describe('14: a root that was noted outside', () => {
	const good = vector<Bundle>('bundles/02-strict-three.json');

	test.each(['rehash-all', 'truncate-consistent'])('finds what no hash can: %s', (tampering) => {
		const { tampered } = vector<{ tampered: { file: string; tampering: string; base: string }[] }>(
			'index.json'
		);
		const found = tampered.find(
			(each) => each.tampering.startsWith(tampering) || each.file.includes(tampering)
		);
		if (found === undefined) throw new Error('there is no such file');
		const forged = vector<JsonObject>(found.file);
		const noted = vector<Bundle>(`bundles/${found.base}.json`).root_hash;
		expect(verified(forged)).toMatchObject({ is_valid: true });
		expect(verified(forged, { pinned_root: noted }).is_valid).toBe(false);
		expect(verified(vector<JsonObject>(`bundles/${found.base}.json`), { pinned_root: noted })).toMatchObject({
			is_valid: true
		});
	});

	test('and says nothing against the ledger that it was noted of', () => {
		expect(
			verified(vector<JsonObject>('bundles/02-strict-three.json'), { pinned_root: good.root_hash })
		).toMatchObject({
			errors: []
		});
	});
});
