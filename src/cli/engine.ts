import { analyzeLine, mirrorLine } from '#app/inspect-engine.ts';
import { misused, readWords, type Command } from '#cli/command.ts';
import { eachLine } from '#cli/lines.ts';

const usage = 'engine analyze|mirror < LINES';
const inspections = { analyze: analyzeLine, mirror: mirrorLine };

/** What the engine sees in texts, and what it would mirror. Its answers are JSON with and without `--json`. */
export const engine: Command = {
	usage,
	async run([name = '', ...words], terminal) {
		const inspect = Object.hasOwn(inspections, name) ? inspections[name as keyof typeof inspections] : null;
		if (inspect === null) return misused(terminal, 'What of the engine?', usage);
		const read = readWords(words);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length > 0) return misused(terminal, 'It reads standard input, no files.', usage);
		return eachLine(terminal, inspect);
	}
};
