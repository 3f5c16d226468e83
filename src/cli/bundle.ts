import { writeFile, readFile } from 'node:fs/promises';
import { inspectBundle } from '#app/inspect-bundle.ts';
import type { OwnedCore } from '#app/tab.ts';
import type { Json } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { formatJson } from '#base/json.ts';
import {
	eachFile,
	misused,
	readWords,
	type Command,
	type CommandResult,
	type Finding,
	type Input
} from '#cli/command.ts';
import { loadSql, newId, openMirror } from '#cli/open.ts';
import { stageFile } from '#cli/import.ts';
import { openBundle } from '#cli/open-bundle.ts';
import type { Terminal } from '#cli/terminal.ts';

const usage =
	'bundle inspect FILE… | bundle create --from FILE… --out FILE | bundle open FILE --out DIR [--json]';

/** Looks into bundles, unpacks them, and makes one of any files that can be imported. */
export const bundle: Command = {
	usage,
	async run([name = '', ...words], terminal) {
		if (name === 'inspect') return inspect(words, terminal);
		if (name === 'create') return create(words, terminal);
		if (name === 'open') return open(words, terminal);
		return misused(terminal, 'What with the bundle?', usage);
	}
};

async function inspect(words: readonly string[], terminal: Terminal): Promise<CommandResult> {
	const read = readWords(words);
	if (!read.ok) return misused(terminal, read.error.message, usage);
	if (read.value.files.length === 0) return misused(terminal, 'Which file?', usage);
	return eachFile(read.value, terminal, inspectFile);
}

/** Something is wrong where an import would give a notice, leave a row out, or change one. */
async function inspectFile({ file, bytes }: Input): Promise<Result<Finding>> {
	const inspected = inspectBundle(bytes, await loadSql());
	if (!inspected.ok) return inspected;
	const staged = await withMirror((core) => stageFile(core, bytes));
	if (!staged.ok) return staged;
	const { manifest, files, counts, notices } = inspected.value;
	const { token: _token, ...preview } = staged.value;
	const isOdd = notices.length + preview.quarantined.length + preview.changed.length > 0;
	const listed = files.map(({ path, size, sha256 }) => `  ${sha256}  ${path} (${size} bytes)`);
	const words = [
		`${file}: ${preview.entries} reflections, schema ${manifest.schema_version}, exported ${manifest.exported_at}`,
		...notices.map((notice) => `  ${notice}`),
		...[...preview.quarantined, ...preview.changed].map(
			({ table, id, reason }) => `  ${table} ${id}: ${reason}`
		),
		...listed
	];
	const json = { file, manifest, counts, files, notices, import: preview } as unknown as Json;
	return ok({ result: isOdd ? 1 : 0, json, words });
}

async function create(words: readonly string[], terminal: Terminal): Promise<CommandResult> {
	if (words.filter((word) => word === '--from').length > 1)
		return misused(terminal, 'One --from takes several files.', usage);
	const read = readWords(words, ['from', 'out']);
	if (!read.ok) return misused(terminal, read.error.message, usage);
	const { files, values, json } = read.value;
	const { from, out } = values;
	if (from === undefined || out === undefined)
		return misused(terminal, 'From which files, and where to?', usage);
	const made = await withMirror((core) => createBundle(core, [from, ...files], out));
	if (!made.ok) {
		terminal.complain(`${made.error.file}: ${made.error.message}`);
		const { file, code, message } = made.error;
		if (json) terminal.print(formatJson({ file, error: { code, message } }));
		return 2;
	}
	terminal.print(json ? formatJson(made.value) : `${out}: ${String(made.value.size)} bytes`);
	return 0;
}

async function open(words: readonly string[], terminal: Terminal): Promise<CommandResult> {
	const read = readWords(words, ['out']);
	if (!read.ok) return misused(terminal, read.error.message, usage);
	const { files, values } = read.value;
	const { out } = values;
	if (files.length !== 1 || out === undefined) return misused(terminal, 'Which file, and where to?', usage);
	return openBundle(read.value, out, terminal);
}

type FileFailure = Failure & { readonly file: string };

async function createBundle(
	core: OwnedCore,
	from: readonly string[],
	out: string
): Promise<Result<{ readonly file: string; readonly size: number; readonly imported: Json }, FileFailure>> {
	const imported: Json[] = [];
	for (const file of from) {
		const done = await importFile(core, file);
		if (!done.ok) return err({ ...done.error, file });
		imported.push({ file, ...done.value });
	}
	const { file, receipt } = await core.exportBundle({ id: newId(), data: {} });
	if (file === null) return err({ ...failure(receipt.code, receipt.message ?? ''), file: out });
	const bytes = new Uint8Array(await file.arrayBuffer());
	try {
		await writeFile(out, bytes);
	} catch (error) {
		return err({ ...failure('unwritable', String(error)), file: out });
	}
	return ok({ file: out, size: bytes.length, imported });
}

async function importFile(
	core: OwnedCore,
	file: string
): Promise<Result<{ readonly [key: string]: string | number | null }, Failure>> {
	let bytes: Uint8Array<ArrayBuffer>;
	try {
		bytes = new Uint8Array(await readFile(file));
	} catch (error) {
		return err(failure('unreadable', String(error)));
	}
	const staged = await stageFile(core, bytes);
	if (!staged.ok) return staged;
	const { token, sha256, crisis_card, patterns } = staged.value;
	const receipt = await core.dispatch({ id: newId(), kind: 'import.run', data: { token, sha256 } });
	if (receipt.code !== 'accepted') return err(failure(receipt.code, receipt.message ?? ''));
	const { token: _token, ...counts } = receipt.result ?? {};
	// Nobody is asked here, so nobody has agreed to them.
	return ok({
		...counts,
		...(crisis_card === null ? {} : { crisis_card: 'left out' }),
		...(patterns === null ? {} : { patterns: 'left out' })
	});
}

/** Opens an empty mirror for some work and closes it afterwards. */
async function withMirror<T, E>(work: (core: OwnedCore) => Promise<Result<T, E>>): Promise<Result<T, E>> {
	const opened = await openMirror();
	// In memory and from our own migrations: what fails here is a defect.
	if (!opened.ok) throw new Error(opened.error.message);
	try {
		return await work(opened.value);
	} finally {
		await opened.value.close();
	}
}
