import { readFile } from 'node:fs/promises';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Json } from '#base/canonical.ts';
import { formatJson } from '#base/json.ts';
import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import type { Terminal } from '#cli/terminal.ts';

/** The exit code: 0 all good; 1 checked, and something found wrong; 2 something unreadable, or wrong usage. */
export type CommandResult = 0 | 1 | 2;

export interface Command {
	/** One line: the command and its arguments. */
	readonly usage: string;
	/** What one has to know beside, in lines. */
	readonly notes?: readonly string[];
	run(words: readonly string[], terminal: Terminal): Promise<CommandResult>;
}

/** What a command found in one input: as JSON, and in words. */
export interface Finding {
	readonly result: 0 | 1;
	readonly json: Json;
	readonly words: readonly string[];
}

export type Options = NonNullable<ParseArgsConfig['options']>;
export interface Words {
	readonly json: boolean;
	readonly files: readonly string[];
	/** Options of the command itself, all of them texts. */
	readonly values: Readonly<Record<string, string | undefined>>;
}

/** Reads the words after a command; all commands know `--json`. */
export function readWords(
	words: readonly string[],
	texts: readonly string[] = []
): Result<Words, Failure<'usage'>> {
	const options: Options = { json: { type: 'boolean', default: false } };
	for (const name of texts) options[name] = { type: 'string' };
	try {
		const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
		const { json, ...rest } = values;
		return ok({
			json: json === true,
			files: positionals,
			values: rest as Record<string, string | undefined>
		});
	} catch (error) {
		return err(failure('usage', whyOf(error)));
	}
}

/** Says how a command is used. */
export function misused(terminal: Terminal, why: string, usage: string): CommandResult {
	terminal.complain(`${why}\nUsage: mirror ${usage}`);
	if (terminal.json) terminal.print(formatJson({ error: { code: 'usage', message: why } }));
	return 2;
}

/** A file as a command gets it. */
export interface Input {
	readonly file: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Asks the same of every file, one line of JSON or some words for each. A file that cannot be read does not stop the others. */
export async function eachFile(
	{ files, json }: Words,
	terminal: Terminal,
	inspect: (input: Input) => Promise<Result<Finding>>
): Promise<CommandResult> {
	const results: CommandResult[] = [];
	for (const file of files) {
		const bytes = await readBytes(file);
		const finding = bytes.ok ? await inspect({ file, bytes: bytes.value }) : bytes;
		results.push(
			finding.ok
				? report(terminal, json, finding.value)
				: unreadable(terminal, { file, json, error: finding.error })
		);
	}
	return worst(results);
}

/** Prints what was found: as JSON or in words. */
export function report(terminal: Terminal, json: boolean, finding: Finding): CommandResult {
	terminal.print(json ? formatJson(finding.json) : finding.words.join('\n'));
	return finding.result;
}

export function worst(results: readonly CommandResult[]): CommandResult {
	return results.includes(2) ? 2 : results.includes(1) ? 1 : 0;
}

/** The bytes of a file that a command was given. */
export async function readBytes(
	file: string
): Promise<Result<Uint8Array<ArrayBuffer>, Failure<'unreadable'>>> {
	try {
		return ok(new Uint8Array(await readFile(file)));
	} catch (error) {
		return err(failure('unreadable', whyOf(error)));
	}
}

export interface Unreadable {
	readonly file: string;
	readonly json: boolean;
	readonly error: Failure;
}

/** Says of a file why it cannot be read, used or written. */
export function unreadable(
	terminal: Terminal,
	{ file, json, error: { code, message } }: Unreadable
): CommandResult {
	terminal.complain(`${file}: ${message}`);
	if (json) terminal.print(formatJson({ file, error: { code, message } }));
	return 2;
}
