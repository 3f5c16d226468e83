import { describeCommands } from '#app/describe-commands.ts';
import { formatJson } from '#base/json.ts';
import { misused, readWords, type Command } from '#cli/command.ts';

const usage = 'commands [--json]';

/** Every kind of command and every view, with `--json` the shapes of what they take: the documentation of the page API. */
export const commands: Command = {
	usage,
	async run(words, terminal) {
		const read = readWords(words);
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length > 0) return misused(terminal, 'It reads no files.', usage);
		const described = describeCommands();
		if (read.value.json) {
			terminal.print(formatJson(described));
			return 0;
		}
		terminal.print('Commands');
		for (const { kind, intent } of described.commands) terminal.print(`  ${kind}: ${intent}`);
		terminal.print('Views');
		for (const { view } of described.views) terminal.print(`  ${view}`);
		return 0;
	}
};
