import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#base/hash.ts';
import { DryRun, type DryRunReport } from '#kernel/dry-run.ts';
import { createKernel } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import type { KernelRequest } from '#kernel/request.ts';
import type { LedgerFacts } from '#kernel/tried-variant.ts';
import type { VariantName } from '#kernel/variants.ts';
import { request, submitted } from './make.ts';

const policy = createPolicy({ allowed_actors: ['*'], allowed_tools: ['read', 'write'] });
const constraints = { scope: 'one', non_goals: [], success_criteria: ['read'] };
const read = { tool_call: { name: 'read' } } as const;

/** What a kernel of one variant wrote about requests. */
function ledgerOf(
	variant: VariantName,
	asked: readonly Partial<KernelRequest>[],
	under: JurisdictionPolicy = policy
): AuditEntry[] {
	const config = { kernel_id: 'kernel-v', variant };
	let now = 1000;
	const clock = () => now;
	const kernel = createKernel({ config, policy: under, clock, sha256: sha256Hex, rules: 'mirror' });
	return asked.map((given, at) => {
		now++;
		return submitted(kernel, request(`r${at}`, given)).entry;
	});
}

function tried(
	entries: readonly AuditEntry[],
	variant: VariantName,
	facts: Partial<LedgerFacts> & Pick<LedgerFacts, 'variant'>,
	by: JurisdictionPolicy = policy
): DryRunReport {
	const run = new DryRun(by, { variant, ledger: { policy, never: [], ...facts } });
	run.push(entries);
	return run.finish();
}

describe('a ledger that is tried on another variant', () => {
	test('by its own variant stays as it is, also what that refused', () => {
		const entries = ledgerOf('dual-channel', [{ ...read, constraints }, read, { ...read, intent: ' ' }]);
		expect(tried(entries, 'dual-channel', { variant: 'dual-channel' })).toMatchObject({
			...{ entries: 3, passed_over: 0, same: 3, unknown: 0, denied: [], allowed: [] }
		});
	});

	test('is refused where it is known that there was no evidence, and not told where only its hash is', () => {
		const entries = ledgerOf('strict', [
			read,
			{ ...read, evidence: ['sha256:0'] },
			{ ...read, evidence: ' ' }
		]);
		const report = tried(entries, 'evidence-first', { variant: 'strict' });
		expect(report).toMatchObject({
			...{ allow_to_deny: 1, unknown: 2, same: 0, lacking: { evidence: 2, constraints: 0 } },
			denied: [
				{
					...{ request_id: 'r0', tool_name: 'read' },
					reasons: ['Variant requirements not met: Evidence field is required for this kernel variant']
				}
			]
		});
	});

	test('says of constraints only what is known without them', () => {
		const entries = ledgerOf('strict', [read, { ...read, params: {}, constraints: null }]);
		const missing = ['Variant requirements not met: Constraints dict is required in params'];
		// The second came without any params at all.
		expect(tried(entries, 'dual-channel', { variant: 'strict' })).toMatchObject({
			...{ allow_to_deny: 1, unknown: 1, lacking: { constraints: 1 } },
			denied: [{ request_id: 'r1', reasons: missing }]
		});
		expect(tried(entries, 'dual-channel', { variant: 'strict', never: ['constraints'] })).toMatchObject({
			...{ allow_to_deny: 2, unknown: 0 },
			denied: [
				{ request_id: 'r0', reasons: missing },
				{ request_id: 'r1', reasons: missing }
			]
		});
	});

	test('what the variant refused is allowed by one that wants less, under the very policy that let it pass', () => {
		const entries = ledgerOf('dual-channel', [read]);
		expect(tried(entries, 'strict', { variant: 'dual-channel' })).toMatchObject({
			deny_to_allow: 1,
			allowed: [
				{
					...{ request_id: 'r0', tool_name: null },
					reasons: ['Variant requirements not met: Constraints dict is required in params']
				}
			]
		});
		// Under another policy it hangs on the tool, which its entry does not name.
		const fewer = { ...policy, allowed_tools: ['write'] };
		expect(tried(entries, 'strict', { variant: 'dual-channel' }, fewer)).toMatchObject({
			...{ deny_to_allow: 0, unknown: 1, lacking: { tool: 1 } }
		});
	});

	test('a purpose that only the permissive one takes is refused by the others', () => {
		const long = createPolicy({ ...policy, max_intent_length: 8192 });
		const asked = [{ ...read, intent: 'x'.repeat(5000) }];
		const taken = ledgerOf('permissive', asked, long);
		expect(tried(taken, 'strict', { variant: 'permissive', policy: long }, long).denied).toMatchObject([
			{ reasons: ['Ambiguity detected: Intent exceeds maximum length of 4096'] }
		]);
		// The other way round nobody measured its params: they were never looked at.
		const refused = ledgerOf('strict', asked, long);
		expect(tried(refused, 'permissive', { variant: 'strict', policy: long }, long)).toMatchObject({
			...{ deny_to_allow: 0, unknown: 1 }
		});
	});

	test('where an answer is given it is the one that a kernel of that variant and policy would give', () => {
		const name = fc.constantFrom<VariantName>('strict', 'permissive', 'evidence-first', 'dual-channel');
		const asked = fc.record({
			actor: fc.constantFrom('owner', 'agent'),
			tool_call: fc.constantFrom({ name: 'read' }, { name: 'write' }, { name: 'erase' }),
			intent: fc.constantFrom('Do it', ' ', 'x'.repeat(5000)),
			evidence: fc.constantFrom(null, '', ' ', 'e', ['e'], []),
			constraints: fc.constantFrom(null, constraints, { scope: 'one' }),
			params: fc.constantFrom({}, { commit: 'c' })
		});
		const given = fc.constantFrom(
			policy,
			createPolicy({ ...policy, allowed_actors: ['owner'], max_intent_length: 8192 }),
			createPolicy({ ...policy, allowed_tools: ['read'] }),
			createPolicy({ ...policy, allowed_tools: ['*'], max_intent_length: 8192 })
		);
		let known = 0;
		fc.assert(
			fc.property(
				fc.array(asked, { maxLength: 6 }),
				fc.tuple(name, given),
				fc.tuple(name, given),
				(requests, [variant, under], [other, by]) => {
					const before = ledgerOf(variant, requests, under);
					const after = ledgerOf(other, requests, by);
					for (const [at, entry] of before.entries()) {
						const report = tried([entry], other, { variant, policy: under }, by);
						if (report.unknown > 0) continue;
						known++;
						const isChanged = report.allow_to_deny + report.deny_to_allow === 1;
						expect(isChanged).toBe(entry.decision !== after[at]?.decision);
						const [reason] = report.denied.flatMap(({ reasons }) => reasons);
						if (reason !== undefined && !reason.startsWith('Variant')) {
							expect(after[at]?.error).toContain(reason);
						}
					}
				}
			),
			{ numRuns: 300 }
		);
		// Not by saying nothing.
		expect(known).toBeGreaterThan(300);
	});
});
