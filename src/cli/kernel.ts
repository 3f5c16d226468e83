import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decidePolicyText, runScenarioText } from '#app/inspect.ts';
import { signPermitsText } from '#app/inspect-permits.ts';
import { readText } from '#base/text-file.ts';
import { ok, type Result } from '#base/result.ts';
import {
	eachFile,
	misused,
	readWords,
	type Command,
	type CommandResult,
	type Finding,
	type Input,
	type Words
} from '#cli/command.ts';
import { serveKernel } from '#cli/kernel-server.ts';
import { checkPolicy, comparePolicy, dryRun } from '#cli/policy.ts';
import type { Terminal } from '#cli/terminal.ts';

const usage =
	'kernel run|policy|permit|policy-check FILE… | policy-diff FILE FILE | dry-run POLICY EVIDENCE… | serve KERNELS [--port N] [--out EVIDENCE] [--json]';

const notes = [
	'serve keeps the whole evidence in EVIDENCE while it runs: written after each request, before its answer leaves. A crash',
	'loses no entry of a request that was answered; one that was under way has none. What an earlier run left in EVIDENCE is',
	'verified, kept beside it as {kernel_id}_{time}.json.gz, and followed by a kernel of a new id; the start is refused where',
	'it does not verify. Without --out nothing is kept.'
];

interface Inspection {
	/** How many files it takes. */
	readonly least: number;
	readonly most?: number;
	/** Its own options, all of them texts. */
	readonly texts?: readonly string[];
	run(words: Words, terminal: Terminal): Promise<CommandResult>;
}

const inspections: Readonly<Record<string, Inspection>> = {
	run: ofEach(runFile),
	policy: ofEach(policyFile),
	permit: ofEach(permitFile),
	'policy-check': ofEach(checkPolicy),
	'policy-diff': { least: 2, most: 2, run: comparePolicy },
	'dry-run': { least: 2, run: dryRun },
	serve: { least: 1, most: 1, texts: ['port', 'out'], run: serveKernel }
};

function ofEach(inspect: (input: Input) => Promise<Result<Finding>>): Inspection {
	return { least: 1, run: (words, terminal) => eachFile(words, terminal, inspect) };
}

/** Replays scenario files by the reference's rules, asks, compares and tries out policies, signs permits, and serves a kernel. */
export const kernel: Command = {
	usage,
	notes,
	async run([name = '', ...words], terminal) {
		if ([name, ...words].includes('--help')) {
			terminal.print([`Usage: mirror ${usage}`, ...notes].join('\n'));
			return 0;
		}
		const inspection = Object.hasOwn(inspections, name) ? inspections[name] : undefined;
		if (inspection === undefined) return misused(terminal, 'What of the kernel?', usage);
		const read = readWords(words, inspection.texts);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		const { length } = read.value.files;
		const { least, most = Infinity } = inspection;
		if (length < least) return misused(terminal, length === 0 ? 'Which file?' : 'Which other file?', usage);
		if (length > most)
			return misused(terminal, most === 1 ? 'One file, please.' : `Which ${most} files?`, usage);
		return inspection.run(read.value, terminal);
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

async function permitFile({ bytes }: Input): Promise<Result<Finding>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const signed = signPermitsText(text.value);
	if (!signed.ok) return signed;
	const words = signed.value.map(({ permit_id, signature }) => `${permit_id} ${signature}`);
	return ok({ result: 0, json: signed.value.map((each) => ({ ...each })), words });
}
