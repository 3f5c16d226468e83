import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unpackBundle } from '#app/unpack-bundle.ts';
import { formatJson } from '#base/json.ts';
import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import { readBytes, unreadable, type CommandResult, type Words } from '#cli/command.ts';
import type { Terminal } from '#cli/terminal.ts';

/** Unpacks a bundle into a folder that is not there yet, or is empty: nothing that lies there is written over. */
export async function openBundle(
	{ files, json }: Words,
	out: string,
	terminal: Terminal
): Promise<CommandResult> {
	const [file = ''] = files;
	const bytes = await readBytes(file);
	const unpacked = bytes.ok ? unpackBundle(bytes.value) : bytes;
	if (!unpacked.ok) return unreadable(terminal, { file, json, error: unpacked.error });
	const written = await writeAll(unpacked.value, out);
	if (!written.ok) return unreadable(terminal, { file: out, json, error: written.error });
	const listed = [...unpacked.value].map(([path, { length }]) => ({ path, size: length }));
	terminal.print(
		json ? formatJson({ file, out, files: listed }) : `${out}: ${listed.map(({ path }) => path).join(', ')}`
	);
	return 0;
}

async function writeAll(
	files: ReadonlyMap<string, Uint8Array>,
	out: string
): Promise<Result<void, Failure<'unwritable'>>> {
	try {
		await mkdir(out, { recursive: true });
		if ((await readdir(out)).length > 0)
			return err(
				failure('unwritable', 'There is something in this folder. Nothing was written; name another.')
			);
		for (const [path, bytes] of files) {
			const target = join(out, path);
			await mkdir(dirname(target), { recursive: true });
			await writeFile(target, bytes, { flag: 'wx' });
		}
		return ok(undefined);
	} catch (error) {
		return err(failure('unwritable', whyOf(error)));
	}
}
