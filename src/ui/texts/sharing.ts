import { patternNames } from '#domain/pattern.ts';
import type { Visibility } from '#domain/reflection.ts';
import {
	levelOfSyncMode,
	levelOfVisibility,
	type Lane,
	type LaneTable,
	type Level
} from '#domain/sharing.ts';
import { seedTensions, type SyncMode } from '#domain/tension.ts';
import { plural } from '#ui/format.ts';

/** The one vocabulary for how far something may go: the specification's three stand in storage only. */
const levels: Readonly<Record<Level, string>> = {
	local: 'This device only',
	summary: 'Counted in a summary',
	devices: 'My own devices',
	public: 'Everyone, with my name'
};

const rowsOf: Readonly<Record<LaneTable, (count: number) => string>> = {
	reflections: (count) => plural(count, { one: '# reflection', other: '# reflections' }),
	mirrorbacks: (count) => plural(count, { one: '# mirrorback', other: '# mirrorbacks' }),
	tensions: (count) => plural(count, { one: '# tension', other: '# tensions' }),
	engine_runs: (count) => plural(count, { one: '# engine run', other: '# engine runs' }),
	engine_feedback: (count) =>
		plural(count, { one: '# remark on a mirrorback', other: '# remarks on mirrorbacks' }),
	evolution_events: (count) => plural(count, { one: '# event', other: '# events' }),
	evolution_proposals: (count) => plural(count, { one: '# public proposal', other: '# public proposals' })
};

const lanes: Readonly<Record<Lane, { readonly title: string; readonly explain: string }>> = {
	summary: {
		title: 'Summary',
		explain: 'Numbers over everything that may be counted: no word, no name, no date, no id.'
	},
	devices: {
		title: 'Own devices',
		explain:
			'Whole reflections with their mirrorbacks, encrypted, to other devices of yours. Identities do not go along.'
	},
	public: {
		title: 'Everyone',
		explain: 'What anybody may read, under the name of the identity that wrote it. Mirrorbacks stay here.'
	},
	commons: {
		title: 'Commons',
		explain:
			'Measures of the engine, so that it can become better: names of patterns, lengths, durations, the hour; no text, no id, no notes of yours. And the proposals that you made public, in your words.'
	}
};

/** Words of the page that shows what could leave, and of every control that says how far something may go. */
export const sharing = {
	title: 'What could leave',
	open: 'See what could leave',
	section: 'Sharing',
	brief: 'How far what you write may ever go, and what each way out would carry.',
	explain:
		'Nothing leaves now: this mirror knows no other place. Here stands what each way out would carry as things are set, down to the last field. A bundle that you export yourself holds everything but events that you did not allow to go.',
	unreadable: 'What could leave could not be read. Nothing has left; load the page again.',
	visibility: Object.fromEntries(
		Object.entries(levelOfVisibility).map(([word, level]) => [word, levels[level]])
	) as Readonly<Record<Visibility, string>>,
	syncMode: Object.fromEntries(
		Object.entries(levelOfSyncMode).map(([word, level]) => [word, levels[level]])
	) as Readonly<Record<SyncMode, string>>,
	choice: 'Visibility',
	locked: 'Without an identity it stays on this device.',
	changed: (level: string) => `Kept: ${level.toLowerCase()}.`,
	limit: {
		label: 'Limit for everything',
		explain: 'However far a single reflection or tension may go, nothing goes further than this.'
	},
	telemetry: {
		label: 'Every engine run and event may go to the commons',
		explain:
			'Otherwise only those that you allow one by one under System, Engine runs, and Evolution, Events.'
	},
	run: 'May go to the commons',
	lanes,
	closed: (marked: number) =>
		marked === 0
			? 'Closed by the limit for everything.'
			: `Closed by the limit for everything. ${plural(marked, { one: 'One row is marked for it and stays here.', other: '# rows are marked for it and stay here.' })}`,
	nothing: 'It would carry nothing.',
	carries: (table: LaneTable, count: number) => rowsOf[table](count),
	counts: (table: LaneTable, count: number) => `${rowsOf[table](count)} counted`,
	fields: 'Fields',
	show: (table: LaneTable, count: number) => `Show ${rowsOf[table](count)}`,
	listOf: (lane: Lane, table: LaneTable) => `${lanes[lane].title}: ${table.replaceAll('_', ' ')}`,
	none: 'empty',
	more: (count: number) => plural(count, { one: 'and one more character', other: 'and # more characters' }),
	keep: 'Keep on this device',
	keepAll: 'Keep all of these on this device',
	kept: 'It stays on this device.',
	keptAll: (count: number) =>
		plural(count, { one: 'One row stays on this device.', other: '# rows stay on this device.' }),
	summary: {
		bytes: 'The summary, as it would be sent',
		key: 'What its letters mean',
		columns: { code: 'Code', meaning: 'Meaning' },
		codes: [
			['v', 'Version of this form'],
			['n', 'Reflections that are counted'],
			['m', 'How many of them were mirrored'],
			['p', 'By pattern, how many of those show it'],
			...patternNames.map((name, at) => [`p ${letter(at)}`, name.replaceAll('_', ' ')] as const),
			[
				't',
				'By tension, how many are nearer its first end, in the middle, nearer its second end, not placed'
			],
			...seedTensions.map(([a, b], at) => [`t ${letter(at)}`, `${a} or ${b}`] as const),
			['x', 'Tensions with names of your own']
		] as readonly (readonly [string, string])[]
	}
} as const;

function letter(at: number): string {
	return String.fromCharCode(97 + at);
}
