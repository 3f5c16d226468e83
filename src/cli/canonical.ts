import { canonicalForm } from '#app/inspect.ts';
import { formatJson } from '#base/json.ts';
import { misused, readWords, worst, type Command, type CommandResult } from '#cli/command.ts';

const usage = 'canonical < LINES';

/** The canonical form and the hash of each line of raw JSON text. Its answer is JSON with and without `--json`. */
export const canonical: Command = {
	usage,
	async run(words, terminal) {
		const read = readWords(words);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length > 0) return misused(terminal, 'It reads standard input, no files.', usage);
		const results: CommandResult[] = [];
		for await (const bytes of terminal.lines()) {
			const line = results.length + 1;
			const form = canonicalForm(bytes);
			results.push(form.ok ? 0 : 2);
			if (!form.ok) terminal.complain(`line ${line}: ${form.error.message}`);
			terminal.print(formatJson(form.ok ? form.value : { line, error: { ...form.error } }));
		}
		return worst(results);
	}
};
