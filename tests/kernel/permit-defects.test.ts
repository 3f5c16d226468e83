import { describe, expect, test } from 'vitest';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { permitId, permitSignature, readPermit, type PermitToken } from '#kernel/permit.ts';
import { createPolicy } from '#kernel/policy.ts';
import { readPolicy } from '#kernel/policy-file.ts';
import type { Submitted } from '#kernel/request.ts';
import type { RunTool } from '#kernel/rules.ts';
import { echo, verified, world, type Bundle, type Kind } from './both-rules.ts';
import { vector } from './vectors.ts';

/*
 * What the reference does wrong about permits (KERNELS A12, lines 1 to 5), with the very input that shows it: what it leads to
 * by the reference's rules, which reproduce it, and by the mirror's.
 */

const digest = textDigest(sha256Hex);
const keys = { k: '07'.repeat(32) };

/** For `echo` of `x` by agent-001, once. */
function permit(given: Partial<PermitToken> = {}): PermitToken {
	const draft: PermitToken = {
		...{ permit_id: '', issuer: 'owner', subject: 'agent-001', jurisdiction: 'default', action: 'echo' },
		...{ params: { text: 'x' }, constraints: {}, max_executions: 1, valid_from_ms: 0 },
		...{ valid_until_ms: 1_800_000_000_000, evidence_hash: '', proposal_hash: 'p' },
		...{ nonce: 'n'.repeat(32), signature: '', key_id: 'k' },
		...given
	};
	const named = { ...draft, permit_id: permitId(draft, digest) };
	return { ...named, signature: permitSignature(named, hexToBytes(keys.k)) };
}

describe('1: the permit fields of a ledger', () => {
	const bundle = vector<Bundle & JsonObject>('bundles/17-permits.json');
	const altered = (at: number) => ({
		...bundle,
		ledger_entries: bundle.ledger_entries.map((entry, place) =>
			place === at ? { ...entry, permit_nonce: 'another' } : entry
		)
	});

	test('are hashed: the good one is good, which the reference calls corrupt', () => {
		const { is_valid, errors, as_reference } = verified(bundle);
		expect({ is_valid, errors }).toEqual({ is_valid: true, errors: [] });
		expect(as_reference).toMatchObject({ is_valid: false, errors: { length: 21 } });
	});

	test('cannot be changed unseen, as by the reference they can', () => {
		const at = bundle.ledger_entries.findIndex(({ permit_nonce }) => permit_nonce !== null);
		const { is_valid, errors, as_reference } = verified(altered(at));
		expect(is_valid).toBe(false);
		expect(errors.join()).toContain(`Entry ${at}: entry_hash mismatch`);
		expect(as_reference).toEqual(verified(bundle).as_reference);
	});
});

describe('2: a permit for no params', () => {
	const none = permit({ action: 'add', params: {} });
	const request = {
		...echo('r', 'x'),
		...{ params: {}, tool_call: { name: 'add', params: { a: 1, b: 2 } } }
	};

	test('by the reference lets a tool run with any, and the ledger does not say with which', () => {
		const { ask, ran } = world('reference', { keys });
		expect(ask({ request, permit: none }).entry).toMatchObject({ decision: 'ALLOW', params_hash: null });
		expect(ran).toEqual(['add']);
	});

	test('by ours lets none through, wherever they stand', () => {
		const { ask, ran } = world('mirror', { keys });
		expect(ask({ request, permit: none }).entry).toMatchObject({
			decision: 'DENY',
			error: 'Validation failed: tool_call.params must equal params'
		});
		const open = { ...request, params: { a: 1, b: 2 } };
		expect(ask({ request: open, permit: none }).entry.permit_denial_reasons).toEqual(['PARAMS_MISMATCH']);
		expect(ran).toEqual([]);
	});
});

describe('3: a permit for one tool that is shown for another (pm20)', () => {
	interface Scenario {
		readonly keyring_hex: Readonly<Record<string, string>>;
		readonly policy: JsonObject;
		readonly steps: readonly { readonly request?: JsonObject; readonly permit?: JsonObject }[];
	}
	const { keyring_hex, policy, steps } = vector<Scenario>('scenarios/17-permits.json');
	const told = steps.find(({ request }) => request?.['request_id'] === 'pm20');
	const given = () => {
		const [read, token] = [readPolicy(policy), readPermit(told?.permit ?? {})];
		if (!read.ok || !token.ok) throw new Error('the scenario cannot be read');
		const request = told?.request as Submitted & JsonObject;
		return { world: { keys: keyring_hex, policy: read.value }, request, permit: token.value };
	};

	test('runs by the reference', () => {
		const { request, permit: shown, ...rest } = given();
		const { ask } = world('reference', rest.world);
		expect(ask({ request, permit: shown }).receipt).toMatchObject({ decision: 'ALLOW', tool_result: 3 });
	});

	test('never runs by ours', () => {
		const { request, permit: shown, ...rest } = given();
		const { ask, ran } = world('mirror', rest.world);
		expect(ask({ request, permit: shown }).entry.decision).toBe('DENY');
		const plain = { ...request, tool_call: { name: 'add' } };
		const { entry } = ask({ request: plain, permit: shown });
		expect(entry.permit_denial_reasons).toEqual(['ACTION_NOT_ALLOWED']);
		expect(ran).toEqual([]);
	});
});

describe('4: a permit that a stranger showed before', () => {
	test.each([
		['reference', 'DENY', ['REPLAY_DETECTED']],
		['mirror', 'ALLOW', null]
	] as const)('by the rules of the %s leads to %s', (rules, decision, reasons) => {
		const { ask } = world(rules, { keys });
		const stranger = ask({ request: echo('r1', 'x', { actor: 'agent-666' }), permit: permit() });
		expect(stranger.entry.permit_denial_reasons).toEqual(['SUBJECT_MISMATCH']);
		expect(ask({ request: echo('r2', 'x'), permit: permit() }).entry).toMatchObject({
			...{ decision, permit_denial_reasons: reasons }
		});
	});
});

describe('5: a permit that was good for a tool that failed', () => {
	test.each([
		['reference', null, 'ALLOW'],
		['mirror', permit().nonce, 'DENY']
	] as const)(
		'by the rules of the %s stands in the entry as %s, and after a restart leads to %s',
		(rules, nonce, next) => {
			const first = world(rules, { keys });
			const failing: RunTool = () => ({ ok: false, error: 'no' });
			const { entry, receipt } = first.ask({ request: echo('r1', 'x'), permit: permit(), run: failing });
			expect(receipt.status).toBe('FAILED');
			expect(entry.permit_nonce).toBe(nonce);
			const again = world(rules, { keys, before: first.entries });
			expect(again.ask({ request: echo('r2', 'x'), permit: permit() }).entry.decision).toBe(next);
		}
	);

	test('or that a policy denied after it: by ours the entry says by which', () => {
		const policy = createPolicy({ allowed_actors: ['*'], allowed_tools: ['echo'], max_intent_length: 2 });
		const denied = (rules: Kind) =>
			world(rules, { keys, policy }).ask({ request: echo('r1', 'x'), permit: permit() }).entry;
		expect(denied('reference')).toMatchObject({ decision: 'DENY', permit_digest: null });
		expect(denied('mirror')).toMatchObject({
			...{ decision: 'DENY', permit_digest: permit().permit_id, permit_verification: 'ALLOW' }
		});
	});
});

test.each<[Submitted['evidence'], string | null]>([
	[undefined, 'EVIDENCE_REQUIRED'],
	[[''], 'EVIDENCE_REQUIRED'],
	[' ', 'EVIDENCE_REQUIRED'],
	['a note', null]
])(
	'evidence that a permit requires: %j is asked for by the mirror, which the reference does not do',
	(evidence, lacks) => {
		const wanting = permit({ constraints: { require_evidence: true } });
		const asked = {
			...{ request_id: 'r', actor: 'agent-001', intent: 'try', ts_ms: 1, params: { text: 'x' } },
			...{ tool_call: { name: 'echo', params: { text: 'x' } } },
			...(evidence === undefined ? {} : { evidence })
		};
		const of = (kind: Kind) => world(kind, { keys }).ask({ request: asked, permit: wanting }).entry;
		expect(of('reference').permit_denial_reasons).toBe(null);
		expect(of('mirror').permit_denial_reasons).toEqual(lacks === null ? null : [lacks]);
	}
);
