import { isBundle, verifyBundle } from '#app/inspect-bundle.ts';
import { verifyEvidenceText } from '#app/inspect.ts';
import { readText } from '#base/text-file.ts';
import { ok, type Result } from '#base/result.ts';
import { loadSql } from '#cli/open.ts';
import { eachFile, misused, readWords, type Command, type Finding, type Input } from '#cli/command.ts';

const usage = 'verify FILE… [--root HASH] [--json]';

/** Verifies evidence files, packed or not. `--root`: the root hash that was noted when the file was made. */
export const verify: Command = {
	usage,
	async run(words, terminal) {
		const read = readWords(words, ['root']);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		const { files, values } = read.value;
		if (files.length === 0) return misused(terminal, 'Which file?', usage);
		const known = values.root === undefined ? {} : { root: values.root };
		if (known.root !== undefined && !/^[0-9a-f]{64}$/.test(known.root))
			return misused(terminal, 'A root hash is 64 hex digits in lower case.', usage);
		return eachFile(read.value, terminal, (input) => verifyFile(input, known));
	}
};

async function verifyFile({ file, bytes }: Input, known: { root?: string }): Promise<Result<Finding>> {
	if (isBundle(bytes)) return verifyZip({ file, bytes }, known);
	const text = await readText(bytes);
	if (!text.ok) return text;
	const verified = verifyEvidenceText(text.value, known);
	if (!verified.ok) return verified;
	const { is_valid, entries_verified, errors, structural, ...rest } = verified.value;
	const words = is_valid
		? [`${file}: Ledger valid. ${entries_verified} entries verified.`]
		: [`${file}: Ledger verification failed:`, ...[...errors, ...structural].map((error) => `  ${error}`)];
	const json = { file, kind: 'evidence', is_valid, entries_verified, errors, structural, ...rest };
	return ok({ result: is_valid ? 0 : 1, json: { ...json, as_reference: { ...json.as_reference } }, words });
}

async function verifyZip({ file, bytes }: Input, known: { root?: string }): Promise<Result<Finding>> {
	const verified = verifyBundle(bytes, await loadSql(), known);
	if (!verified.ok) return verified;
	const { is_valid, entries_verified, errors, structural, as_reference, ...rest } = verified.value;
	const words = is_valid
		? [`${file}: Bundle valid. ${entries_verified} ledger entries verified.`]
		: [`${file}: Bundle verification failed:`, ...[...errors, ...structural].map((error) => `  ${error}`)];
	const lists = { errors: [...errors], structural: [...structural] };
	const json = { file, kind: 'bundle', is_valid, entries_verified, ...lists, ...rest };
	const reference = { is_valid: as_reference.is_valid, errors: [...as_reference.errors] };
	return ok({ result: is_valid ? 0 : 1, json: { ...json, as_reference: reference }, words });
}
