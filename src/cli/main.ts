import { bundle } from '#cli/bundle.ts';
import { canonical } from '#cli/canonical.ts';
import type { Command, CommandResult } from '#cli/command.ts';
import { importFiles } from '#cli/import.ts';
import { kernel } from '#cli/kernel.ts';
import { terminal } from '#cli/terminal.ts';
import { verify } from '#cli/verify.ts';

/** Every command there is, one file each. */
const commands: Readonly<Record<string, Command>> = {
	bundle,
	canonical,
	import: importFiles,
	kernel,
	verify
};

process.exitCode = await main(process.argv.slice(2));

async function main([name = '', ...words]: readonly string[]): Promise<CommandResult> {
	if (name === '--help' || name === 'help') return help();
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (command === undefined) return misused(name === '' ? 'Which command?' : `There is no command ${name}.`);
	return command.run(words, terminal);
}

function help(): CommandResult {
	terminal.print(usage());
	return 0;
}

function misused(why: string): CommandResult {
	terminal.complain(`${why}\n${usage()}`);
	return 2;
}

function usage(): string {
	return ['Usage: mirror COMMAND', ...Object.values(commands).map(({ usage }) => `  mirror ${usage}`)].join(
		'\n'
	);
}
