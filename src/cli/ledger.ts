import { writeFile } from 'node:fs/promises';
import {
	checkProof,
	inspectLedger,
	proveEntry,
	proveGrowth,
	type InspectedLedger,
	type KnownCheckpoint
} from '#app/inspect-ledger.ts';
import { formatJson } from '#base/json.ts';
import { failure, ok, type Result } from '#base/result.ts';
import {
	eachFile,
	misused,
	readBytes,
	readWords,
	report,
	unreadable,
	type Command,
	type CommandResult,
	type Finding,
	type Input,
	type Words
} from '#cli/command.ts';
import type { Terminal } from '#cli/terminal.ts';
import type { ProofFile } from '#wire/ledger-proof.ts';

const usage =
	'ledger checkpoint FILE… | ledger prove FILE --position N | ledger prove OLD NEW | ledger check PROOF… [--root HASH] [--size N] [--out FILE] [--json]';

const actions: Readonly<Record<string, (words: Words, terminal: Terminal) => Promise<CommandResult>>> = {
	checkpoint: (words, terminal) => eachFile(words, terminal, checkpoint),
	prove,
	check
};

/** Makes and checks proofs about the ledgers of bundles and of evidence. */
export const ledger: Command = {
	usage,
	async run([name = '', ...words], terminal) {
		const act = Object.hasOwn(actions, name) ? actions[name] : undefined;
		if (act === undefined) return misused(terminal, 'What of the ledger?', usage);
		const read = readWords(words, ['position', 'root', 'size', 'out']);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length === 0) return misused(terminal, 'Which file?', usage);
		return act(read.value, terminal);
	}
};

async function checkpoint({ file, bytes }: Input): Promise<Result<Finding>> {
	const inspected = await inspectLedger(bytes);
	if (!inspected.ok) return inspected;
	const { kind, size, root, time, errors } = inspected.value;
	if (errors.length > 0) return ok(broken(file, errors));
	const words = [
		`${file}: ${size} entries, root ${root}`,
		...(time === null ? [] : [`  exported ${time}`]),
		...(kind === 'bundle' ? [] : ['  of this ledger alone: a bundle holds those of all kernels'])
	];
	return ok({ result: 0, json: { file, kind, is_valid: true, size, root, time }, words });
}

function broken(file: string, errors: readonly string[]): Finding {
	const words = [`${file}: Ledger verification failed:`, ...errors.map((error) => `  ${error}`)];
	return { result: 1, json: { file, is_valid: false, errors: [...errors] }, words };
}

async function prove(words: Words, terminal: Terminal): Promise<CommandResult> {
	const { files, values, json } = words;
	const [first = '', second, ...more] = files;
	const position = wholeNumber(values.position);
	if (more.length > 0 || (second === undefined) !== (position !== undefined) || position === null)
		return misused(terminal, 'One file with --position, or an older and a newer one.', usage);
	if (!json && values.out === undefined)
		return misused(terminal, 'Where to? --out FILE writes the proof, --json prints it.', usage);
	const ledgers: InspectedLedger[] = [];
	for (const file of second === undefined ? [first] : [first, second]) {
		const found = await readLedger(file);
		if (!found.ok) return unreadable(terminal, { file, json, error: found.error });
		if (found.value.errors.length > 0) return report(terminal, json, broken(file, found.value.errors));
		ledgers.push(found.value);
	}
	const [older, newer] = ledgers;
	if (older === undefined) throw new Error('no ledger was read');
	const proof = newer === undefined ? proveEntry(older, position ?? 0) : proveGrowth(older, newer);
	if (!proof.ok && proof.error.code === 'not_one_history') {
		const { message } = proof.error;
		const finding = { files: [...files], is_valid: false, errors: [message] };
		return report(terminal, json, { result: 1, json: finding, words: [message] });
	}
	if (!proof.ok) return unreadable(terminal, { file: first, json, error: proof.error });
	return deliver(terminal, words, proof.value);
}

/** Writes a proof where it was asked for. What is printed is the proof alone: the name of a file may tell of a person. */
async function deliver(
	terminal: Terminal,
	{ values, json }: Words,
	proof: ProofFile
): Promise<CommandResult> {
	const { out } = values;
	if (out !== undefined) {
		try {
			await writeFile(out, `${formatJson({ ...proof }, 2)}\n`);
		} catch (error) {
			return unreadable(terminal, { file: out, json, error: failure('unwritable', String(error)) });
		}
	}
	return report(terminal, json, { result: 0, json: { ...proof }, words: [`${out}: ${said(proof)}`] });
}

/** What a proof shows. */
function said(proof: ProofFile): string {
	return proof.kind === 'inclusion'
		? `Entry ${proof.position} stands among the ${proof.size} entries with the root ${proof.root}.`
		: `The ${proof.to} entries with the root ${proof.to_root} begin with the ${proof.from} entries with the root ${proof.from_root}.`;
}

async function check(words: Words, terminal: Terminal): Promise<CommandResult> {
	const { root } = words.values;
	const size = wholeNumber(words.values.size);
	if (root !== undefined && !/^[0-9a-f]{64}$/.test(root))
		return misused(terminal, 'A root is 64 hex digits in lower case.', usage);
	if (size === null) return misused(terminal, 'A size is a whole number.', usage);
	const known = { ...(root === undefined ? {} : { root }), ...(size === undefined ? {} : { size }) };
	return eachFile(words, terminal, (input) => checkFile(input, known));
}

async function checkFile({ file, bytes }: Input, known: KnownCheckpoint): Promise<Result<Finding>> {
	const checked = await checkProof(bytes, known);
	if (!checked.ok) return checked;
	const { proof, errors } = checked.value;
	const is_valid = errors.length === 0;
	const open =
		known.root === undefined || known.size === undefined
			? ['  Hold its size and its root against a checkpoint that you noted: --size and --root.']
			: [];
	const words = is_valid
		? [`${file}: Proof valid. ${said(proof)}`, ...open]
		: [`${file}: Proof not valid:`, ...errors.map((error) => `  ${error}`)];
	const { format: _format, version: _version, path: _path, ...about } = proof;
	return ok({ result: is_valid ? 0 : 1, json: { file, is_valid, errors: [...errors], ...about }, words });
}

async function readLedger(file: string): Promise<Result<InspectedLedger>> {
	const bytes = await readBytes(file);
	return bytes.ok ? inspectLedger(bytes.value) : bytes;
}

/** A whole number from 1 on; null where a word is none. */
function wholeNumber(word: string | undefined): number | null | undefined {
	if (word === undefined) return undefined;
	return /^[1-9]\d{0,14}$/.test(word) ? Number(word) : null;
}
