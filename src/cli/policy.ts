import {
	comparePolicyFiles,
	dryRunText,
	readPolicyText,
	type Environment,
	type PolicyFile
} from '#app/inspect-policy.ts';
import { readText } from '#base/text-file.ts';
import { formatYaml } from '#app/yaml.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { formatJson } from '#base/json.ts';
import { ok, type Result } from '#base/result.ts';
import {
	eachFile,
	readBytes,
	unreadable,
	type CommandResult,
	type Finding,
	type Input,
	type Words
} from '#cli/command.ts';
import type { Terminal } from '#cli/terminal.ts';

/** Prints the policy that a file holds, or what is wrong with it. A `kernels.yaml` is read as the environment changes it. */
export async function checkPolicy({ file, bytes }: Input): Promise<Result<Finding>> {
	const read = await readPolicyFile(bytes, process.env);
	if (!read.ok) {
		const { code, message } = read.error;
		if (code !== 'not_a_policy' && code !== 'not_a_kernels_file') return read;
		const json = { file, is_valid: false, error: { code, message } };
		return ok({ result: 1, json, words: [`${file}: not a policy:`, ...message.split('; ').map(indented)] });
	}
	const { kind, record, policy_hash, ignored, environment } = read.value;
	const told = { ignored: [...ignored], environment: [...environment] };
	const words = [`${file}: policy ${policy_hash}`];
	if (ignored.length > 0) words.push(`  Not looked at: ${ignored.join(', ')}`);
	if (environment.length > 0) words.push(`  From the environment: ${environment.join(', ')}`);
	words.push((await formatYaml(record)).trimEnd());
	return ok({ result: 0, json: { file, is_valid: true, kind, policy_hash, ...told, [kind]: record }, words });
}

async function readPolicyFile(
	bytes: Uint8Array<ArrayBuffer>,
	environment: Environment = {}
): Promise<Result<PolicyFile>> {
	const text = await readText(bytes);
	return text.ok ? readPolicyText(text.value, environment) : text;
}

/** What changes from the first policy to the second; 1 where anything does. */
export async function comparePolicy({ files, json }: Words, terminal: Terminal): Promise<CommandResult> {
	const [first = '', second = ''] = files;
	const [before, after] = [await policyOf(first, json, terminal), await policyOf(second, json, terminal)];
	if (before === null || after === null) return 2;
	const compared = comparePolicyFiles(before, after);
	if (json) terminal.print(formatJson({ before: first, after: second, ...compared }));
	else terminal.print(compared.is_same ? 'The two policies are the same.' : differences(compared).join('\n'));
	return compared.is_same ? 0 : 1;
}

function differences(compared: ReturnType<typeof comparePolicyFiles>): string[] {
	const { actors, tools, states, required_fields, roles, rules, settings } = compared;
	const lines = (what: string, { added, removed }: { added: readonly Json[]; removed: readonly Json[] }) => [
		...added.map((item) => `+ ${what} ${typeof item === 'string' ? item : canonicalJson(item)}`),
		...removed.map((item) => `- ${what} ${typeof item === 'string' ? item : canonicalJson(item)}`)
	];
	return [
		...lines('actor', actors),
		...lines('tool', tools),
		...lines('state', states),
		...lines('required field', required_fields),
		...lines('role', roles),
		...roles.changed.flatMap((role) => lines(`actor of role ${role.name}:`, role)),
		...lines('rule', rules),
		...(compared.are_rules_reordered ? ['~ the rules stand in another order'] : []),
		...settings.map(
			({ name, before, after }) => `~ ${name}: ${canonicalJson(before)} -> ${canonicalJson(after)}`
		)
	];
}

/** What the first file's policy would have decided on the requests of each evidence file; 1 where it would deny what was allowed. */
export async function dryRun(words: Words, terminal: Terminal): Promise<CommandResult> {
	const [first = '', ...files] = words.files;
	const policy = await policyOf(first, words.json, terminal);
	if (policy === null) return 2;
	return eachFile({ ...words, files }, terminal, (input) => dryRunFile(input, policy));
}

async function dryRunFile({ file, bytes }: Input, policy: PolicyFile): Promise<Result<Finding>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const run = dryRunText(text.value, policy);
	if (!run.ok) return run;
	const { entries, passed_over, allow_to_deny, deny_to_allow, same, unknown, denied } = run.value;
	const words = [
		`${file}: ${entries} entries: ${allow_to_deny} would now be denied, ${deny_to_allow} would now be allowed,`,
		`  ${same} stay as they are, ${unknown} cannot be told, ${passed_over} were no policy's to decide.`,
		...denied.map((entry) =>
			indented(
				`${canonicalJson(entry.ledger_seq)} ${canonicalJson(entry.request_id)}: ${entry.reasons.join('; ')}`
			)
		)
	];
	if (denied.length < allow_to_deny) words.push(indented(`... and ${allow_to_deny - denied.length} more`));
	return ok({ result: allow_to_deny > 0 ? 1 : 0, json: { file, ...run.value }, words });
}

async function policyOf(file: string, json: boolean, terminal: Terminal): Promise<PolicyFile | null> {
	const bytes = await readBytes(file);
	const policy = bytes.ok ? await readPolicyFile(bytes.value) : bytes;
	if (policy.ok) return policy.value;
	unreadable(terminal, { file, json, error: policy.error });
	return null;
}

function indented(line: string): string {
	return `  ${line}`;
}
