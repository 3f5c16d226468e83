import { canonicalForm } from '#app/inspect.ts';
import { misused, readWords, type Command } from '#cli/command.ts';
import { eachLine } from '#cli/lines.ts';

const usage = 'canonical < LINES';

/** The canonical form and the hash of each line of raw JSON text. Its answer is JSON with and without `--json`. */
export const canonical: Command = {
	usage,
	async run(words, terminal) {
		const read = readWords(words);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length > 0) return misused(terminal, 'It reads standard input, no files.', usage);
		return eachLine(terminal, canonicalForm);
	}
};
