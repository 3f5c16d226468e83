import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { createKernel, type Admitted, type Kernel } from '#kernel/kernel.ts';
import { genesis, type AuditEntry } from '#kernel/ledger.ts';
import { createPolicy, openPolicy } from '#kernel/policy.ts';
import { Replay } from '#kernel/replay.ts';
import type { KernelRequest } from '#kernel/request.ts';
import type { Outcome } from '#kernel/rules.ts';
import { mirrorKernel, request, submitted } from './make.ts';

const digest = textDigest(sha256Hex);

function admitted(kernel: Kernel, asked: KernelRequest): Admitted {
	const admission = kernel.admit(asked);
	if (!admission.ok || admission.value.kind !== 'admitted') throw new Error('not admitted');
	return admission.value;
}

function isValid(entries: readonly AuditEntry[]): boolean {
	const replay = new Replay({ sha256: sha256Hex });
	replay.push(entries);
	const { is_valid, as_reference } = replay.finish();
	return is_valid && as_reference.is_valid;
}

describe('a request that is admitted', () => {
	test('passes the states in order and becomes one entry', () => {
		const path: string[] = [];
		const kernel = mirrorKernel({ onTransition: (_from, to) => path.push(to) });
		const asked = request('r1', { evidence: ['a', 'b'] });
		const admission = admitted(kernel, asked);
		expect(kernel.head()).toEqual({ state: 'EXECUTING', next_seq: 0, last_hash: genesis, ts_ms: 0 });
		expect(admission.call).toEqual(asked.tool_call);

		const step = kernel.conclude(admission, { ok: true, result: { id: 7 } });
		expect(path.join(' ')).toBe('IDLE VALIDATING ARBITRATING EXECUTING AUDITING IDLE');
		expect(kernel.transitions()).toBe(6);
		expect(step.entry).toMatchObject({
			ledger_seq: 0,
			prev_hash: genesis,
			request_id: 'r1',
			actor: 'owner',
			decision: 'ALLOW',
			tool_name: 'reflection.create',
			params_hash: digest(canonicalJson(asked.params as Json)),
			evidence_hash: digest('{"evidence":["a","b"]}'),
			error: null
		});
		expect(step.receipt).toMatchObject({ status: 'ACCEPTED', decision: 'ALLOW', tool_result: { id: 7 } });
		expect(step.receipt.evidence_hash).toBe(step.entry.entry_hash);
		expect(step.head).toEqual({
			state: 'IDLE',
			next_seq: 1,
			last_hash: step.entry.entry_hash,
			ts_ms: step.entry.ts_ms
		});
		expect(step.head).toEqual(kernel.head());
	});

	test('may only intend: then nothing is executed', () => {
		const path: string[] = [];
		const policy = createPolicy({ ...openPolicy, allow_intent_only: true });
		const kernel = mirrorKernel({ policy, onTransition: (_from, to) => path.push(to) });
		const step = submitted(kernel, request('r1', { tool_call: null, params: {} }));
		expect(step.entry).toMatchObject({ decision: 'ALLOW', tool_name: null, params_hash: null });
		expect(path).not.toContain('EXECUTING');
	});

	test('commits to what is known only once it is done, and to all that was asked', () => {
		const kernel = mirrorKernel();
		const params = { commit: 'c' };
		const admission = admitted(kernel, request('r1', { params, tool_call: { name: 'import.run', params } }));
		const step = kernel.conclude(admission, { ok: true, params: { rows: 12, commit: 'another' } });
		expect(step.entry.params_hash).toBe(digest('{"commit":"c","rows":12}'));
	});

	test('runs its tool with the params of the request where the call names none', () => {
		const kernel = mirrorKernel();
		const asked = request('r1', { tool_call: { name: 'settings.change' } });
		expect(admitted(kernel, asked).call).toEqual({ name: 'settings.change', params: asked.params });
	});
});

describe('a request that fails', () => {
	test('is an entry that says why and nothing of what was asked for, and the kernel goes on', () => {
		const kernel = mirrorKernel();
		const step = kernel.conclude(admitted(kernel, request('r1', { evidence: 'e' })), {
			ok: false,
			error: 'not_found'
		});
		expect(step.receipt).toMatchObject({ status: 'FAILED', decision: 'DENY', tool_result: null });
		expect(step.entry).toMatchObject({
			error: 'Tool execution failed: not_found',
			tool_name: null,
			params_hash: null,
			evidence_hash: null
		});
		expect(submitted(kernel, request('r2')).entry).toMatchObject({ ledger_seq: 1, decision: 'ALLOW' });
	});

	test('a tool that throws is one that failed', () => {
		const kernel = mirrorKernel();
		const step = kernel.submit(request('r1'), () => {
			throw new Error('disk full');
		});
		expect(step).toMatchObject({ value: { entry: { error: 'Tool execution failed: disk full' } } });
		expect(kernel.head().state).toBe('IDLE');
	});

	test('by the reference a tool that throws leaves the kernel stuck, without an entry', () => {
		const kernel = createKernel({
			config: { kernel_id: 'k', variant: 'strict' },
			policy: openPolicy,
			rules: 'reference',
			clock: () => 1,
			sha256: sha256Hex
		});
		expect(() =>
			kernel.submit(request('r1'), () => {
				throw new Error('disk full');
			})
		).toThrow('disk full');
		expect(kernel.admit(request('r2'))).toMatchObject({
			error: { code: 'busy', message: 'Expected state IDLE, but in EXECUTING' }
		});
	});
});

describe('a request that is refused', () => {
	const refusals: readonly (readonly [string, Partial<KernelRequest>, string])[] = [
		['an empty actor', { actor: '' }, 'Validation failed: actor is required'],
		['a blank intent', { intent: ' \u3000' }, 'Ambiguity detected: Empty intent is ambiguous'],
		['a stranger', { actor: 'x' }, "Jurisdiction denied: Actor 'x' is not in allowed actors"],
		[
			'a call with other params than the request has',
			{ tool_call: { name: 'reflection.create', params: { rows: 9 } } },
			'Validation failed: tool_call.params must equal params'
		],
		[
			'evidence that is neither text nor texts',
			{ evidence: 7 as unknown as string },
			'Validation failed: evidence must be a string or a list of strings'
		],
		[
			'params that JSON cannot say',
			{ params: { a: undefined as unknown as string }, tool_call: null },
			'Validation failed: params must be JSON: a undefined has no form in JSON'
		]
	];

	test.each(refusals)('%s: its entry says why', (_name, given, error) => {
		const kernel = mirrorKernel();
		const admission = kernel.admit(request('r1', given));
		if (!admission.ok || admission.value.kind !== 'refused') throw new Error('not refused');
		const { step } = admission.value;
		expect(step.receipt).toMatchObject({ status: 'REJECTED', decision: 'DENY', error });
		expect(step.entry).toMatchObject({ error, tool_name: null, params_hash: null, evidence_hash: null });
		expect(kernel.head()).toEqual(step.head);
		expect(isValid([step.entry, submitted(kernel, request('r2')).entry])).toBe(true);
	});

	test('has text in its entry, whatever was submitted as id, actor and intent', () => {
		const kernel = mirrorKernel();
		const step = kernel.submit({ request_id: 12, actor: ['a'], ts_ms: 1 }, () => ({ ok: true }));
		expect(step).toMatchObject({ value: { entry: { request_id: '12', actor: '["a"]', intent: 'null' } } });
	});
});

describe('a kernel that takes nothing', () => {
	test('is busy between admission and conclusion', () => {
		const kernel = mirrorKernel();
		const admission = admitted(kernel, request('r1'));
		expect(kernel.admit(request('r2'))).toMatchObject({
			error: { code: 'busy', message: 'Expected state IDLE, but in EXECUTING' }
		});
		kernel.conclude(admission, { ok: true });
		expect(() => kernel.conclude(admission, { ok: true })).toThrow('does not wait');
	});

	test('is halted for good, by an entry with the reason', () => {
		const kernel = mirrorKernel();
		submitted(kernel, request('r1'));
		const last = kernel.halt('Owner asked');
		expect(last).toMatchObject({
			value: {
				entry: {
					request_id: 'HALT',
					actor: 'SYSTEM',
					intent: 'Owner asked',
					decision: 'HALT',
					ledger_seq: 1
				},
				receipt: { status: 'ACCEPTED', decision: 'HALT', state_from: 'IDLE', state_to: 'HALTED' }
			}
		});
		for (const closed of [kernel, mirrorKernel({ head: kernel.head() })]) {
			const head = closed.head();
			expect(head.state).toBe('HALTED');
			expect(closed.admit(request('r2'))).toEqual({
				ok: false,
				error: { code: 'halted', message: 'Kernel is halted' }
			});
			expect(closed.halt('again')).toMatchObject({
				error: { message: 'Cannot halt from terminal state HALTED' }
			});
			expect(closed.boot()).toMatchObject({ error: { code: 'halted' } });
			expect(closed.head()).toEqual(head);
		}
	});

	test('halted in mid-request drops the request', () => {
		const kernel = mirrorKernel();
		const admission = admitted(kernel, request('r1'));
		expect(kernel.halt('stop')).toMatchObject({
			value: { entry: { state_from: 'EXECUTING', state_to: 'HALTED' } }
		});
		expect(() => kernel.conclude(admission, { ok: true })).toThrow('does not wait');
	});

	test('was not booted', () => {
		const kernel = mirrorKernel({ head: { state: 'BOOTING', next_seq: 0, last_hash: genesis, ts_ms: 0 } });
		expect(kernel.admit(request('r1'))).toMatchObject({
			error: { code: 'not_booted', message: 'Kernel not booted' }
		});
		expect(kernel.boot()).toMatchObject({ value: { state: 'IDLE' } });
		expect(kernel.boot()).toMatchObject({
			error: { code: 'already_booted', message: 'Kernel already booted' }
		});
		expect(kernel.admit(request('r1')).ok).toBe(true);
	});
});

describe('by the rules of the mirror', () => {
	test('a configuration that cannot be honoured is refused', () => {
		const config = { kernel_id: 'k', variant: 'strict' } as const;
		expect(() => mirrorKernel({ config: { ...config, hash_alg: 'md5' } })).toThrow(
			'hash_alg md5 is not sha256'
		);
		const kernel = mirrorKernel({ config: { ...config, require_audit: false, fail_closed: false } });
		expect(kernel.config).toMatchObject({ require_audit: true, fail_closed: true, max_intent_length: 4096 });
		const head = { state: 'EXECUTING', next_seq: 0, last_hash: genesis, ts_ms: 0 } as const;
		expect(() => mirrorKernel({ head })).toThrow('between requests');
	});

	test('the smaller of the two limits of params holds', () => {
		const config = { kernel_id: 'k', variant: 'strict', max_param_bytes: 10 } as const;
		expect(submitted(mirrorKernel({ config }), request('r1')).entry.error).toMatch(
			/exceeds maximum \(10 bytes\)$/
		);
	});

	test('states that a policy leaves out cannot be passed', () => {
		const policy = createPolicy({
			...openPolicy,
			allow_intent_only: true,
			allowed_states: ['IDLE', 'VALIDATING', 'ARBITRATING', 'AUDITING']
		});
		const kernel = mirrorKernel({ policy });
		expect(submitted(kernel, request('r1', { tool_call: null })).entry.decision).toBe('ALLOW');
		expect(submitted(kernel, request('r2')).entry.error).toBe(
			"Jurisdiction denied: State 'EXECUTING' is not in allowed states"
		);
	});

	test('the same id twice is two requests: the caller keeps receipts', () => {
		const kernel = mirrorKernel();
		const ran: string[] = [];
		const run = (text: string) => (): Outcome => {
			ran.push(text);
			return { ok: true, result: text };
		};
		kernel.submit(request('same'), run('one'));
		expect(kernel.submit(request('same'), run('two'))).toMatchObject({
			value: { receipt: { tool_result: 'two' } }
		});
		expect(ran).toEqual(['one', 'two']);
	});

	test('time never goes back', () => {
		const times = [2000, 1500, 2500];
		const kernel = mirrorKernel({ clock: () => times[kernel_seq()] ?? 0 });
		function kernel_seq(): number {
			return kernel.head().next_seq;
		}
		const seen = ['a', 'b', 'c', 'd'].map((id) => submitted(kernel, request(id)).entry.ts_ms);
		expect(seen).toEqual([2000, 2000, 2500, 2500]);
	});
});

const anyRequest = fc.record({
	request_id: fc.string(),
	actor: fc.constantFrom('owner', 'stranger', ''),
	intent: fc.string({ unit: 'binary', maxLength: 20 }),
	evidence: fc.constantFrom('', 'note', null),
	fails: fc.boolean(),
	passes: fc.integer({ min: -5, max: 50 })
});

/** Runs requests, making the kernel anew from its head before each request whose place is in `restarts`. */
function run(
	requests: readonly (typeof anyRequest extends fc.Arbitrary<infer R> ? R : never)[],
	restarts: ReadonlySet<number>
): AuditEntry[] {
	let now = 0;
	let kernel = mirrorKernel({ clock: () => now });
	return requests.map(({ passes, fails, ...given }, at) => {
		if (restarts.has(at)) kernel = mirrorKernel({ clock: () => now, head: kernel.head() });
		now += passes;
		const step = kernel.submit(request('', given), () => (fails ? { ok: false, error: 'no' } : { ok: true }));
		if (!step.ok) throw new Error(step.error.message);
		return step.value.entry;
	});
}

describe('whatever is asked', () => {
	test('the same requests at the same times give the same ledger, and restarts leave no trace in it', () => {
		fc.assert(
			fc.property(fc.array(anyRequest, { maxLength: 12 }), fc.array(fc.nat(12)), (requests, restarts) => {
				const entries = run(requests, new Set());
				expect(run(requests, new Set())).toEqual(entries);
				expect(run(requests, new Set(restarts))).toEqual(entries);
				expect(isValid(entries)).toBe(true);
				expect(entries.map(({ ledger_seq }) => ledger_seq)).toEqual([...requests.keys()]);
			})
		);
	});
});
