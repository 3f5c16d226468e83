import * as v from 'valibot';
import { canonicalJson, isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { parseJson, type JsonFailure } from '#base/json.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { utf8Text } from '#base/text-file.ts';
import { resumedFrom, runScenario, type ScenarioFailure, type ScenarioRun } from '#app/scenario.ts';
import { readEvidenceText, verifyEvidence, type EvidenceFailure } from '#kernel/evidence.ts';
import { decide } from '#kernel/policy.ts';
import { readPolicy } from '#kernel/policy-file.ts';
import type { Verification } from '#kernel/replay.ts';

/**
 * What can be asked of a file without a mirror: for the command line, and for pages that look into a file before
 * anything is imported.
 */

const digest = textDigest(sha256Hex);

/** The canonical form of raw JSON text, and its hash. */
export function canonicalForm(
	bytes: Uint8Array
): Result<{ serialized: string; sha256: string }, JsonFailure | Failure<'not_text'>> {
	const text = utf8Text(bytes);
	if (!text.ok) return text;
	const value = parseJson(text.value);
	if (!value.ok) return value;
	const serialized = canonicalJson(value.value);
	return ok({ serialized, sha256: digest(serialized) });
}

/** Verifies evidence in any shape that the reference or its adapters write. `root`: what was noted when it was exported. */
export function verifyEvidenceText(
	text: string,
	known: { root?: string } = {}
): Result<Verification, EvidenceFailure> {
	const evidence = readEvidenceText(text);
	if (!evidence.ok) return evidence;
	return ok(
		verifyEvidence(evidence.value, sha256Hex, known.root === undefined ? {} : { pinned_root: known.root })
	);
}

export interface ScenarioReport extends ScenarioRun {
	/** The root hash that the file says it leads to; null where it says none, or that no other language can reach it. */
	readonly expected_root_hash: string | null;
}

/** Scenarios that go on from others go on from so many at most. */
const longestHistory = 10;

/**
 * Runs a scenario file by the reference's rules. `readOther` answers with the text of a scenario by its name: of the one
 * that this one goes on from.
 */
export async function runScenarioText(
	text: string,
	readOther: (name: string) => Promise<string | null>,
	depth = 0
): Promise<Result<ScenarioReport, JsonFailure | ScenarioFailure>> {
	const file = parseJson(text);
	if (!file.ok) return file;
	const name = resumedFrom(file.value);
	const other = name === null || depth === longestHistory ? null : await readOther(name);
	const before = other === null ? null : await runScenarioText(other, readOther, depth + 1);
	if (before?.ok === false) return before;
	const run = runScenario(file.value, sha256Hex, before?.value.ledger_entries);
	return run.ok ? ok({ ...run.value, expected_root_hash: expectedRoot(file.value) }) : run;
}

function expectedRoot(file: Json): string | null {
	if (!isObject(file) || file.replayable_in_another_language === false) return null;
	return typeof file.expected_root_hash === 'string' ? file.expected_root_hash : null;
}

export interface PolicyDecision {
	readonly decision: 'ALLOW' | 'DENY';
	readonly violations: readonly string[];
}

const policyFile = v.object({
	vectors: v.array(
		v.object({
			policy_given: v.optional(v.custom<JsonObject>(isObject, 'must be an object')),
			policy_effective: v.optional(v.custom<JsonObject>(isObject, 'must be an object')),
			request: v.custom<JsonObject>(isObject, 'must be an object')
		})
	)
});

/** What each policy of a file says to its request, in the order of the file's vectors. */
export function decidePolicyText(
	text: string
): Result<readonly PolicyDecision[], JsonFailure | Failure<'not_a_policy' | 'not_a_policy_file'>> {
	const file = parseJson(text);
	if (!file.ok) return file;
	const parsed = v.safeParse(policyFile, file.value);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		return err(failure('not_a_policy_file', `${v.getDotPath(issue) ?? 'vectors'}: ${issue.message}`));
	}
	const decisions: PolicyDecision[] = [];
	for (const { policy_given, policy_effective, request } of parsed.output.vectors) {
		const policy = readPolicy(policy_given ?? policy_effective ?? {});
		if (!policy.ok) return policy;
		const { allowed, violations } = decide(policy.value, request, { ts_ms: 0 });
		decisions.push({ decision: allowed ? 'ALLOW' : 'DENY', violations });
	}
	return ok(decisions);
}
