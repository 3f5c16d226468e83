import type { Json } from '#base/canonical.ts';
import { formatJson } from '#base/json.ts';
import type { Failure, Result } from '#base/result.ts';
import { worst, type CommandResult } from '#cli/command.ts';
import type { Terminal } from '#cli/terminal.ts';

/** Answers each line of standard input with one line of JSON. A line that cannot be read does not stop the others. */
export async function eachLine(
	terminal: Terminal,
	answer: (line: Uint8Array) => Result<Json, Failure>
): Promise<CommandResult> {
	const results: CommandResult[] = [];
	for await (const bytes of terminal.lines()) {
		const line = results.length + 1;
		const answered = answer(bytes);
		results.push(answered.ok ? 0 : 2);
		if (!answered.ok) terminal.complain(`line ${line}: ${answered.error.message}`);
		terminal.print(formatJson(answered.ok ? answered.value : { line, error: { ...answered.error } }));
	}
	return worst(results);
}
