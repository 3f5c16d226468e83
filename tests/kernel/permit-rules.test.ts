import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { createKernel, type Kernel, type KernelOptions, type Step } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import {
	permitId,
	permitSignature,
	signedWith,
	usesIn,
	type PermitStanding,
	type PermitToken
} from '#kernel/permit.ts';
import { createPolicy } from '#kernel/policy.ts';
import { Replay } from '#kernel/replay.ts';
import type { Outcome } from '#kernel/rules.ts';

const key = new Uint8Array(32).fill(7);
const digest = textDigest(sha256Hex);
const standing = signedWith(new Map([['k', key]]));
const policy = createPolicy({ allowed_actors: ['agent:a', 'agent:b'], allowed_tools: ['echo', 'add'] });

/** A permit for `echo` with `{text: 'x'}`, by agent:a, three times from 1000 to 2000. */
function permit(given: Partial<PermitToken> = {}): PermitToken {
	const draft: PermitToken = {
		...{ permit_id: '', issuer: 'owner', subject: 'agent:a', jurisdiction: 'default', action: 'echo' },
		...{
			params: { text: 'x' },
			constraints: {},
			max_executions: 3,
			valid_from_ms: 1000,
			valid_until_ms: 2000
		},
		...{ evidence_hash: '', proposal_hash: 'p', nonce: 'n'.repeat(32), signature: '', key_id: 'k' },
		...given
	};
	const named = { ...draft, permit_id: permitId(draft, digest) };
	return { ...named, signature: permitSignature(named, key) };
}

interface World {
	now: number;
	readonly kernel: Kernel;
	readonly entries: AuditEntry[];
	ask(given?: Asked): Step;
}
interface Asked {
	readonly actor?: string;
	readonly tool?: string;
	readonly params?: JsonObject;
	readonly permit?: PermitToken | null;
	readonly evidence?: string | readonly string[];
	readonly outcome?: Outcome;
}

function world(
	given: Partial<KernelOptions> & { standing?: PermitStanding; before?: AuditEntry[] } = {}
): World {
	const entries: AuditEntry[] = [...(given.before ?? [])];
	const kernel = createKernel({
		...{ config: { kernel_id: 'kernel-p', variant: 'strict' }, policy, rules: 'mirror', sha256: sha256Hex },
		clock: () => here.now,
		permits: { standing: given.standing ?? standing, uses: usesIn(entries) },
		...given
	});
	const here: World = {
		now: 1500,
		kernel,
		entries,
		ask({
			actor = 'agent:a',
			tool = 'echo',
			params = { text: 'x' },
			outcome = { ok: true } as const,
			...more
		} = {}) {
			const step = kernel.submit(
				{
					...{ request_id: `r${entries.length}`, ts_ms: 1, actor, intent: 'try', params },
					...{ tool_call: { name: tool }, evidence: more.evidence ?? null }
				},
				() => outcome,
				more.permit === undefined ? permit() : more.permit
			);
			if (!step.ok) throw new Error(step.error.message);
			entries.push(step.value.entry);
			return step.value;
		}
	};
	return here;
}

const reasons = ({ entry }: Step) => entry.permit_denial_reasons;

describe('a permit', () => {
	test('lets through what it says, as often as it says, and its entries tell of each use', () => {
		const { ask } = world();
		for (let use = 0; use < 3; use++)
			expect(ask().entry).toMatchObject({
				...{ decision: 'ALLOW', permit_verification: 'ALLOW', permit_digest: permit().permit_id },
				...{ permit_nonce: permit().nonce, permit_max_executions: 3 }
			});
		expect(reasons(ask())).toEqual(['REPLAY_DETECTED']);
	});

	test.each<[string | readonly string[], string[] | null]>([
		['', ['EVIDENCE_REQUIRED']],
		[' \t\n', ['EVIDENCE_REQUIRED']],
		[[], ['EVIDENCE_REQUIRED']],
		[[''], ['EVIDENCE_REQUIRED']],
		[['', ' '], ['EVIDENCE_REQUIRED']],
		['a note', null],
		[['', 'a note'], null]
	])('that wants evidence, with %j: %j', (evidence, expected) => {
		const wanting = permit({ constraints: { require_evidence: true } });
		expect(reasons(world().ask({ evidence, permit: wanting }))).toEqual(expected);
	});

	test.each<[string, Asked, Partial<PermitToken>, number, string[]]>([
		['is for one tool only (A12, 3)', { tool: 'add' }, {}, 1500, ['ACTION_NOT_ALLOWED']],
		['is for one caller only', { actor: 'agent:b' }, {}, 1500, ['SUBJECT_MISMATCH']],
		['is for its params only', { params: { text: 'y' } }, {}, 1500, ['PARAMS_MISMATCH']],
		['is for no others beside them', { params: { text: 'x', more: 1 } }, {}, 1500, ['PARAMS_MISMATCH']],
		['is for all of them', { params: {} }, {}, 1500, ['PARAMS_MISMATCH']],
		['has not begun', {}, {}, 999, ['NOT_YET_VALID']],
		['is over', {}, {}, 2001, ['EXPIRED']],
		['is of another jurisdiction', {}, { jurisdiction: 'x' }, 1500, ['JURISDICTION_MISMATCH']],
		['is of another key', {}, { key_id: 'other' }, 1500, ['UNKNOWN_KEY_ID']],
		['is for a tool that the policy forbids', { tool: 'rm' }, { action: 'rm' }, 1500, ['ACTION_NOT_ALLOWED']],
		[
			'forbids params',
			{},
			{ constraints: { forbidden_params: ['text'] } },
			1500,
			['FORBIDDEN_PARAM_DETECTED:text']
		],
		['wants evidence', {}, { constraints: { require_evidence: true } }, 1500, ['EVIDENCE_REQUIRED']],
		[
			'says what nobody here understands',
			{},
			{ constraints: { only_sober: 1 } },
			1500,
			['CONSTRAINT_UNKNOWN:only_sober']
		],
		[
			'is wrong in everything',
			{ actor: 'agent:b', tool: 'add', params: {} },
			{},
			2001,
			[...['EXPIRED', 'ACTION_NOT_ALLOWED', 'SUBJECT_MISMATCH', 'PARAMS_MISMATCH']]
		]
	])('that %s lets nothing through', (_what, asked, given, now, expected) => {
		const here = world();
		here.now = now;
		const step = here.ask({ ...asked, permit: permit(given) });
		expect(reasons(step)).toEqual(expected);
		expect(step.entry).toMatchObject({
			...{ decision: 'DENY', permit_verification: 'DENY', permit_nonce: null },
			error: `Permit verification failed: ${expected.join(', ')}`
		});
	});

	test('that was changed in any field lets nothing through', () => {
		const changes: Partial<PermitToken>[] = [
			...[
				{ issuer: 'x' },
				{ subject: 'agent:b' },
				{ action: 'add' },
				{ params: {} },
				{ nonce: 'm'.repeat(32) }
			],
			...[{ max_executions: 9 }, { valid_from_ms: 1 }, { valid_until_ms: 9999 }, { proposal_hash: 'q' }],
			...[{ constraints: { open_params: ['*'] } }, { evidence_hash: 'e' }, { permit_id: 'f'.repeat(64) }]
		];
		for (const change of changes)
			expect(reasons(world().ask({ permit: { ...permit(), ...change } }))).toEqual(['SIGNATURE_INVALID']);
		expect(reasons(world().ask({ permit: null }))).toEqual(['MISSING_PERMIT']);
		expect(reasons(world({ standing: () => 'REVOKED' }).ask())).toEqual(['REVOKED']);
	});

	test('leaves open what it says that it leaves open, and no more', () => {
		const { ask } = world();
		const one = permit({ params: { text: 'x', to: null }, constraints: { open_params: ['to'] } });
		expect(ask({ permit: one, params: { text: 'x', to: 'anybody' } }).entry.decision).toBe('ALLOW');
		expect(ask({ permit: one, params: { text: 'x' } }).entry.decision).toBe('ALLOW');
		expect(reasons(ask({ permit: one, params: { text: 'y', to: 1 } }))).toEqual(['PARAMS_MISMATCH']);
		const all = permit({ params: {}, constraints: { open_params: ['*'] } });
		expect(ask({ permit: all, params: { any: 1 } }).entry.decision).toBe('ALLOW');
	});

	test('is not burned by a stranger, a failed check or a policy that says no (A12, 4 and 5)', () => {
		const here = world({
			policy: { ...policy, rules: [{ kind: 'words', words: ['no'], in: 'params', deny: true }] }
		});
		const once = permit({
			max_executions: 1,
			params: { text: null },
			constraints: { open_params: ['text'] }
		});
		const ask = (given: Asked) => here.ask({ permit: once, ...given });
		ask({ actor: 'agent:b' });
		ask({ tool: 'add' });
		const denied = ask({ params: { text: 'no' } });
		expect(denied.entry).toMatchObject({
			...{ decision: 'DENY', error: expect.stringContaining('Jurisdiction denied') },
			...{ permit_verification: 'ALLOW', permit_digest: once.permit_id, permit_nonce: null }
		});
		expect(ask({}).entry.decision).toBe('ALLOW');
		expect(reasons(ask({}))).toEqual(['REPLAY_DETECTED']);
	});

	test('is used by what ran and failed, also after a restart (A12, 5)', () => {
		const here = world();
		const once = permit({ max_executions: 1 });
		const failed = here.ask({ permit: once, outcome: { ok: false, error: 'not_found' } });
		expect(failed).toMatchObject({
			receipt: { status: 'FAILED' },
			entry: { permit_nonce: once.nonce, permit_verification: 'ALLOW' }
		});
		const again = world({ head: here.kernel.head(), before: here.entries });
		expect(reasons(again.ask({ permit: once }))).toEqual(['REPLAY_DETECTED']);
	});

	test('stands in entries that verify, field by field', () => {
		const here = world();
		here.ask();
		here.ask({ permit: null });
		here.ask({ outcome: { ok: false, error: 'x' } });
		const verify = (entries: readonly AuditEntry[]) => {
			const replay = new Replay({ sha256: sha256Hex });
			replay.push(entries);
			return replay.finish().is_valid;
		};
		expect(verify(here.entries)).toBe(true);
		for (const change of [{ permit_nonce: 'x' }, { permit_subject: 'x' }, { permit_max_executions: 9 }])
			expect(verify(here.entries.map((entry, at) => (at === 0 ? { ...entry, ...change } : entry)))).toBe(
				false
			);
	});
});
