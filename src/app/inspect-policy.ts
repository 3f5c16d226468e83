import type { Json, JsonObject } from '#base/canonical.ts';
import { parseJson, type JsonFailure } from '#base/json.ts';
import { ok, type Failure, type Result } from '#base/result.ts';
import { parseYaml, type YamlFailure } from '#app/yaml.ts';
import { DryRun, type DryRunReport } from '#kernel/dry-run.ts';
import { readEvidence } from '#kernel/evidence.ts';
import {
	isKernelsFile,
	kernelsRecord,
	readKernelsFile,
	withEnvironment,
	type KernelsFile
} from '#kernel/kernels-file.ts';
import type { JurisdictionPolicy } from '#kernel/policy.ts';
import { comparePolicies, type PolicyComparison } from '#kernel/policy-comparison.ts';
import { policyKeys, policyRecord, readPolicy } from '#kernel/policy-file.ts';
import { policyHash } from '#records/succession.ts';

/** What can be asked of a policy in a file: for the command line, and for pages that show a policy before it is in force. */

/** A policy as a file holds it: alone, or in a whole configuration. */
export interface PolicyFile {
	readonly kind: 'policy' | 'kernels';
	readonly policy: JurisdictionPolicy;
	/** Of which kernel it was saved; null where it is a policy alone. */
	readonly kernel: KernelsFile['kernel'] | null;
	/** All that was read, with every default filled in. */
	readonly record: JsonObject;
	/** Of the policy in the order that its record has: the same one however its lists are written. */
	readonly policy_hash: string;
	/** What stands in the file and is not looked at, as paths. */
	readonly ignored: readonly string[];
	/** The variables of the environment that stand in for what the file says. */
	readonly environment: readonly string[];
}

/** The text is no JSON and no YAML; or it is, and not a policy. */
export type PolicyFileFailure = JsonFailure | YamlFailure | Failure<'not_a_policy' | 'not_a_kernels_file'>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a policy, or a `kernels.yaml` with what the environment says instead. Text that begins as JSON is read as JSON. */
export async function readPolicyText(
	text: string,
	environment: Environment = {}
): Promise<Result<PolicyFile, PolicyFileFailure>> {
	const given = text.trimStart().startsWith('{') ? parseJson(text) : await parseYaml(text);
	if (!given.ok) return given;
	return isKernelsFile(given.value) ? configuration(given.value, environment) : policyAlone(given.value);
}

function configuration(
	file: JsonObject,
	variables: Environment
): Result<PolicyFile, Failure<'not_a_kernels_file'>> {
	const { given, environment } = withEnvironment(file, variables);
	const read = readKernelsFile(given);
	if (!read.ok) return read;
	const { policy, kernel } = read.value.file;
	const { ignored } = read.value;
	return ok({
		kind: 'kernels',
		kernel,
		record: kernelsRecord(read.value.file),
		ignored,
		environment,
		...hashed(policy)
	});
}

function policyAlone(given: Json): Result<PolicyFile, Failure<'not_a_policy'>> {
	const policy = readPolicy(given);
	if (!policy.ok) return policy;
	const ignored = Object.keys(given ?? {}).filter((key) => !policyKeys.includes(key));
	const record = policyRecord(policy.value);
	return ok({ kind: 'policy', kernel: null, record, ignored, environment: [], ...hashed(policy.value) });
}

function hashed(policy: JurisdictionPolicy): Pick<PolicyFile, 'policy' | 'policy_hash'> {
	return { policy, policy_hash: policyHash(policyRecord(policy)) };
}

/** What changes from one policy to the other. */
export function comparePolicyFiles(before: PolicyFile, after: PolicyFile): PolicyComparison {
	return comparePolicies(before.policy, after.policy);
}

/** What a policy would have decided on the requests of an evidence file. */
export function dryRunText(
	text: string,
	{ policy }: PolicyFile
): Result<DryRunReport, JsonFailure | Failure<'not_evidence'>> {
	const file = parseJson(text);
	if (!file.ok) return file;
	const evidence = readEvidence(file.value);
	if (!evidence.ok) return evidence;
	const run = new DryRun(policy);
	run.push(evidence.value.entries);
	return ok(run.finish());
}
