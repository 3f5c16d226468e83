import type { Command, CommandResult } from '#cli/command.ts';
import { terminal } from '#cli/terminal.ts';

/** Every command there is, one file each; only what is asked for is loaded. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
	bundle: async () => (await import('#cli/bundle.ts')).bundle,
	canonical: async () => (await import('#cli/canonical.ts')).canonical,
	commands: async () => (await import('#cli/commands.ts')).commands,
	engine: async () => (await import('#cli/engine.ts')).engine,
	import: async () => (await import('#cli/import.ts')).importFiles,
	kernel: async () => (await import('#cli/kernel.ts')).kernel,
	ledger: async () => (await import('#cli/ledger.ts')).ledger,
	verify: async () => (await import('#cli/verify.ts')).verify
};

process.exitCode = await main(process.argv.slice(2));

async function main([name = '', ...words]: readonly string[]): Promise<CommandResult> {
	if (name === '--help' || name === 'help') {
		terminal.print(await usage());
		return 0;
	}
	const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (load !== undefined) return (await load()).run(words, terminal);
	const why = name === '' ? 'Which command?' : `There is no command ${name}.`;
	terminal.complain(`${why}\n${await usage()}`);
	return 2;
}

async function usage(): Promise<string> {
	const all = await Promise.all(Object.values(commands).map((load) => load()));
	const lines = all.flatMap(({ usage, notes = [] }) => [
		`  mirror ${usage}`,
		...notes.map((note) => `    ${note}`)
	]);
	return ['Usage: mirror COMMAND', ...lines].join('\n');
}
