import type { EngineName, StorageState } from '#domain/storage.ts';
import { bytes, moment, number, percent, plural } from '#ui/format.ts';

const names: Readonly<Record<EngineName, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/** Words about the engines that can keep a mirror. */
export const storage = {
	title: 'Storage engine',
	explain:
		'The engine is the program that keeps your mirror on this device. There are two, and your mirror can move from one to the other and back.',
	inCharge: {
		sqlite: 'SQLite keeps your mirror now. Every mirror begins with it.',
		postgres: 'PostgreSQL keeps your mirror now.'
	},
	rows: {
		size: 'Size of your mirror',
		answer: 'Finding the newest fifty',
		memory: 'Memory of this device',
		room: 'Room left in this browser'
	},
	size: bytes,
	answer: (ms: number) => (ms < 1 ? 'less than a millisecond' : `${number(Math.round(ms))} ms`),
	memory: (gb: number | null) => (gb === null ? notSaid : `about ${number(gb)} GB`),
	room: (free: number | null) => (free === null ? notSaid : `about ${bytes(free)}`),
	measuring: 'Measuring your mirror and this browser…',
	unmeasured: 'This could not be measured now. Your mirror is not affected.',
	recommendation,
	about: {
		title: 'What each engine is good at',
		names,
		sqlite: [
			'It holds your whole mirror in memory, so it opens fast and answers at once.',
			'What you save is flushed to this device before you are told that it is saved. It is there after a crash, and after the power fails.',
			'It suits every mirror that fits into memory, and most do.'
		],
		postgres: [
			'It reads from this device what it needs, so it suits a mirror that is too large for memory, and people who want a full SQL database.',
			'Its program is loaded when you choose it, and kept: 17 MB, or about 6 MB where the server packs them. It takes more than 200 MB of room here, even for a small mirror.',
			'For a small mirror it opens, finds and saves more slowly than SQLite.',
			'It asks for its log to be flushed at every save, too. But it has run in browsers for fewer years. So a copy of your mirror is kept in SQLite and renewed at quiet moments, once 100 changes or ten minutes have passed: a way back.'
		]
	},
	change: (to: EngineName) => `Change to ${names[to]}`,
	confirm: {
		title: (to: EngineName) => `Change to ${names[to]}?`,
		bundleTitle: 'First, a bundle',
		bundle: 'A bundle outside of this browser is good to have before a change like this.',
		stepsTitle: 'Then, the change',
		steps: (from: EngineName, to: EngineName) => [
			to === 'postgres'
				? 'PostgreSQL is loaded, 17 MB of program, and made ready here. It takes more than 200 MB of room.'
				: 'A new store is made ready. It takes the place of whatever SQLite kept here until now.',
			`Everything is copied to ${names[to]} and compared with what is here, row by row, by hashes.`,
			`Only when both hold the same, ${names[to]} takes over.`,
			`What ${names[from]} keeps stays here until you remove it.`
		],
		meanwhile:
			'Saving waits meanwhile, and what you type is kept as a draft. You can stop it before it is done; then nothing has changed.',
		keep: 'Leave it as it is'
	},
	copying: {
		begun: (to: EngineName) => `Your mirror is being copied to ${names[to]}.`,
		group: 'Change of the storage engine',
		loading: (to: EngineName) => `${names[to]} is loaded and made ready…`,
		counted: (share: number) => `Copied and compared: ${percent(share)}`,
		ending: 'Everything is copied and compared. One moment more…',
		meanwhile:
			'You can go on writing: what you type is kept as a draft, and what you save is stored when this has ended. If you close Mirror OS, the change stops and your mirror stays where it is.',
		stopping: 'Stopping…'
	},
	changed: (to: EngineName, reflections: number | null) =>
		`Your mirror is kept by ${names[to]} now. ${
			reflections === null
				? 'Everything in it was'
				: plural(reflections, {
						one: '# reflection and all that belongs to it were',
						other: '# reflections and all that belongs to them were'
					})
		} copied and compared.`,
	other: {
		copyTitle: 'The way back',
		leftTitle: 'What PostgreSQL left here',
		copy: (at: string | null) =>
			`A copy of your mirror is kept in SQLite, as your mirror was ${since(at)}. It is renewed at quiet moments, once 100 changes or ten minutes have passed.`,
		copyErased: 'What you erase for good stays in the copy until then.',
		left: (at: string | null) =>
			`PostgreSQL still holds your mirror as it was ${since(at)}. Nothing uses or renews it. What you erase for good stays in it until you remove it.`,
		none: 'No copy of your mirror is kept beside PostgreSQL. If its store were damaged, only your bundles would be left: export one often.',
		bundles: 'Export a bundle',
		remove: { sqlite: 'Remove the copy', postgres: 'Remove it' },
		removed: { sqlite: 'The copy in SQLite is removed.', postgres: 'What PostgreSQL kept is removed.' }
	},
	drop: {
		title: { sqlite: 'Remove the copy in SQLite?', postgres: 'Remove what PostgreSQL left?' },
		lost: {
			sqlite:
				'This copy is the way back if the store of PostgreSQL is damaged. It is gone for good then, and no other is made while PostgreSQL keeps your mirror. Only your bundles are left to go back to.',
			postgres:
				'Your mirror as it was then is gone for good from there, and its room is free again. Moving to PostgreSQL later copies everything anew.'
		},
		stays: 'Your mirror itself stays as it is.',
		keep: 'Keep it',
		removing: 'Removing…',
		remove: 'Remove it for good'
	}
} as const;

const notSaid = 'not known';

function since(at: string | null): string {
	return at === null ? 'at a time that was not noted' : `on ${moment(at)}`;
}

/** Which engine is recommended, and why. */
function recommendation({ recommended, bytes: size, other }: StorageState): string {
	if (recommended === 'postgres')
		return `PostgreSQL is recommended here: SQLite would hold all ${bytes(size)} of your mirror in memory, and that is much for this device.`;
	if (other.obstacle !== null)
		return `SQLite is recommended here, because PostgreSQL cannot run. ${other.obstacle}`;
	return 'SQLite is recommended here: your mirror fits into memory, and there it opens and answers faster.';
}
