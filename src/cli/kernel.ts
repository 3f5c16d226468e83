import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decidePolicyText, readText, runScenarioText } from '#app/inspect.ts';
import { ok, type Result } from '#base/result.ts';
import { eachFile, misused, readWords, type Command, type Finding, type Input } from '#cli/command.ts';

const usage = 'kernel run|policy FILE… [--json]';

const inspections: Readonly<Record<string, (input: Input) => Promise<Result<Finding>>>> = {
	run: runFile,
	policy: policyFile
};

/** Replays scenario files by the reference's rules, and asks policies about requests. */
export const kernel: Command = {
	usage,
	async run([name = '', ...words], terminal) {
		const inspect = Object.hasOwn(inspections, name) ? inspections[name] : undefined;
		if (inspect === undefined) return misused(terminal, 'What of the kernel?', usage);
		const read = readWords(words);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length === 0) return misused(terminal, 'Which file?', usage);
		return eachFile(read.value, terminal, inspect);
	}
};

/** Something is wrong where the file says which root it leads to and another one is reached. */
async function runFile({ file, bytes }: Input): Promise<Result<Finding>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const run = await runScenarioText(text.value, (name) => readSibling(file, name));
	if (!run.ok) return run;
	const { root_hash, expected_root_hash, final_state, outcomes, ledger_entries } = run.value;
	const receipts = outcomes.flatMap((outcome) => ('receipt' in outcome ? [outcome.receipt] : []));
	const raised = outcomes.flatMap((outcome) => ('raises' in outcome ? [outcome.message] : []));
	const differs = expected_root_hash !== null && expected_root_hash !== root_hash;
	const words = [`${file}: ${ledger_entries.length} entries, ${final_state}, root ${root_hash}`];
	if (differs) words.push(`  The file expects root ${expected_root_hash}.`);
	const json = { file, root_hash, final_state, receipts, raised, ledger_entries };
	return ok({ result: differs ? 1 : 0, json, words });
}

/** The scenario of another name that lies beside a file; null where there is none. */
async function readSibling(file: string, name: string): Promise<string | null> {
	return readFile(join(dirname(file), `${name}.json`), 'utf8').catch(() => null);
}

async function policyFile({ bytes }: Input): Promise<Result<Finding>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const decided = decidePolicyText(text.value);
	if (!decided.ok) return decided;
	const json = decided.value.map(({ decision, violations }) => ({ decision, violations }));
	const words = json.map(({ decision, violations }) => [decision, violations.join('; ')].join(' ').trim());
	return ok({ result: 0, json, words });
}
