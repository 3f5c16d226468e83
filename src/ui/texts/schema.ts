import { checklistsSince, kernelsSince, readingsSince, type SchemaChange } from '#domain/schema.ts';
import { moment, plural } from '#ui/format.ts';

const rows = (count: number) => plural(count, { one: '# row', other: '# rows' });
const values = (count: number) => plural(count, { one: '# value', other: '# values' });

/** What does not work without a version. */
const missing: readonly (readonly [version: string, words: string])[] = [
	[
		checklistsSince,
		`Without version ${checklistsSince} nothing is ticked of the checklists for replacing a kernel, and what was ticked is gone.`
	],
	[
		kernelsSince,
		`Without version ${kernelsSince} kernels are neither replaced nor halted here, no permit is given, and no archive of evidence and no checkpoint is kept.`
	],
	[
		readingsSince,
		`Without version ${readingsSince} Insight keeps nothing of what it reads: a long diary is read anew each time Mirror OS is opened. Once it is applied again, what is to be kept is made anew.`
	]
];
const lists = new Intl.ListFormat('en');

/** Words about the versions of the tables, and the migrations that lead from one to the next. */
export const schema = {
	title: 'Migrations',
	explain:
		'How the tables of your mirror came to their present shape, oldest first. Each step can be taken back, and taken again.',
	unreadable: 'The versions could not be read. Your mirror is not affected; load the page again.',
	current: (version: string) => `The tables are at version ${version}.`,
	states: { applied: 'Applied', pending: 'Not applied yet', held: 'Held back' },
	applied: (at: string) => `Applied ${moment(at)}`,
	written: (date: string) => `written ${date}`,
	checksum: (hash: string) => `Checksum ${hash.slice(0, 12)}`,
	changed: (now: string) =>
		`The file of this migration is not the one that was applied: its checksum is ${now.slice(0, 12)} now. Nothing is applied or rolled back until it is the same again. Your entries are not affected.`,
	oneWay: 'It has no way back.',
	effects: (changes: readonly SchemaChange[]) => `What it changes: ${summary(changes)}`,
	effect,
	hold: {
		title: (version: string) => `Held at version ${version}`,
		explain: (versions: readonly string[]) =>
			`${lists.format(versions)} ${versions.length === 1 ? 'is' : 'are'} not applied, also after a restart, until you release the hold.`,
		release: 'Release the hold'
	},
	pending: {
		title: (count: number) =>
			plural(count, {
				one: '# migration is not applied yet',
				other: '# migrations are not applied yet'
			}),
		explain: (versions: readonly string[]) => `Still to come: ${lists.format(versions)}.`,
		failed: (why: string) => `When it was tried last, it failed, and all of it was undone: ${why}`,
		run: 'Run'
	},
	/** What does not work while these versions are not applied; null where that is nothing. */
	off: (versions: readonly string[]) => {
		const lost = missing.filter(([version]) => versions.includes(version)).map(([, words]) => words);
		return lost.length === 0 ? null : lost.join(' ');
	},
	rollBack: 'Roll back',
	goBack: (version: string) => `Go back to ${version}`,
	try: 'Try without changing',
	rehearsal: {
		title: (version: string) => `Tried out: on to version ${version}`,
		trying: 'Trying it out…',
		unanswered: 'This could not be tried out now. Nothing was changed; try again.',
		steps: (steps: readonly string[]) => `In this order: ${lists.format(steps)}.`,
		fails: (why: string) => `It would fail: ${why} Nothing was changed.`,
		works: 'It works. Nothing was changed.',
		nothing: 'No table and no index would be another.'
	},
	confirm: {
		title: (version: string) => `Go back to version ${version}?`,
		steps: (steps: readonly string[]) => `Undone, in this order: ${lists.format(steps)}.`,
		lost,
		bundle: 'A bundle outside of this browser is good to have first.',
		safe: (version: string) =>
			`A backup is kept before. If anything fails, all of it is undone. Then nothing above ${version} is applied until you release the hold.`,
		keep: 'Leave it as it is'
	},
	working: 'Changing the tables…',
	done: {
		back: (version: string) => `The tables are at version ${version} again, and held there.`,
		on: (version: string) => `The tables are at version ${version} now.`
	},
	insight: {
		off: `What is read here is not kept, because version ${readingsSince} of the tables is not applied.`,
		where: 'Look at System'
	}
} as const;

function summary(changes: readonly SchemaChange[]): string {
	const count = (what: SchemaChange['what']) => changes.filter((change) => change.what === what).length;
	const parts = [
		[count('table'), { one: '# table', other: '# tables' }],
		[count('column'), { one: '# column', other: '# columns' }],
		[count('index'), { one: '# index', other: '# indexes' }],
		[count('rows'), { one: 'rows of # table', other: 'rows of # tables' }]
	] as const;
	const told = parts.filter(([found]) => found > 0).map(([found, forms]) => plural(found, forms));
	return told.length === 0 ? 'nothing that its SQL names' : lists.format(told);
}

/** One change in a few words. */
function effect({ what, how, name, table, count }: SchemaChange): string {
	const verb = how === 'made' ? 'Makes' : 'Drops';
	const on = table === '' ? '' : ` ${how === 'made' ? 'on' : 'of'} ${table}`;
	switch (what) {
		case 'table':
			return `${verb} the table ${name}${count === null ? '' : `, with ${rows(count)}`}.`;
		case 'column':
			return `${verb} the column ${name}${on}${count === null ? '' : `, with ${values(count)}`}.`;
		case 'index':
			return `${verb} the index ${name}${on}.`;
		case 'rows':
			return `Puts rows into ${name}.`;
	}
}

/** What is gone afterwards; null where nothing is. */
function lost(changes: readonly SchemaChange[]): string | null {
	const dropped = (what: SchemaChange['what']) =>
		changes
			.filter((change) => change.what === what && change.how === 'dropped')
			.reduce((sum, { count }) => sum + (count ?? 0), 0);
	const [gone, emptied] = [dropped('table'), dropped('column')];
	if (gone + emptied === 0) return null;
	const told = [...(gone > 0 ? [rows(gone)] : []), ...(emptied > 0 ? [values(emptied)] : [])];
	return `Dropped with it: ${lists.format(told)}.`;
}
