import { dayInWords, moment, number, plural } from '#ui/format.ts';

const tables: Readonly<Record<string, string>> = {
	identities: 'Identities',
	reflections: 'Reflections',
	reflection_versions: 'Earlier versions',
	mirrorbacks: 'Mirrorbacks',
	tensions: 'Tensions',
	axes: 'Tension axes',
	threads: 'Threads',
	thread_reflections: 'Places in threads',
	engine_runs: 'Engine runs',
	engine_feedback: 'Feedback',
	evolution_proposals: 'Proposals',
	evolution_history: 'Changes of the mirror',
	evolution_events: 'Events',
	integrations: 'Integrations'
};

export const bundles = {
	title: 'Bundles',
	explain: 'A bundle is one zip with everything that is yours, in formats that others open.',
	out: {
		title: 'Take it away',
		explain:
			'The bundle is not encrypted yet: whoever has the file can read it. Keep it where you would keep a paper diary.',
		whose: 'What goes along',
		everything: 'Everything',
		some: 'Only some identities',
		nobody: 'Written without an identity',
		versions: 'Earlier versions of entries too',
		run: 'Export bundle',
		making: 'Making the bundle…',
		done: (name: string) => `Made: ${name}. Your browser keeps it where it keeps downloads.`,
		failed: 'No bundle was made: no answer came. Nothing of yours was changed; export again.',
		again: 'Download it again',
		nothing: 'Choose at least one identity.',
		last: (time: string) => `The last export was on ${moment(time)}.`,
		never: 'Nothing was exported yet.'
	},
	in: {
		title: 'Bring it in',
		explain:
			'A bundle of Mirror OS, a database, backup or JSON export of the original Mirror OS, or a diary as JSON. Nothing is changed before you have seen what an import would do.',
		file: 'Import file',
		reading: 'Reading the file…',
		unreadable: 'This file was not read',
		failed: 'No answer came. Nothing was imported; choose the file again.',
		unsure:
			'No answer came. It was imported as a whole or not at all; choose the file again, and nothing comes in twice.',
		preview: 'Import preview',
		of: (name: string) => `What importing ${name} would do`,
		formats: {
			mirror_bundle: 'A bundle of Mirror OS',
			mirror_database: 'The database of a bundle of Mirror OS',
			json_diary: 'A diary as JSON',
			original_database: 'Mirror OS, original: database',
			original_export: 'Mirror OS, original: JSON export',
			original_backup: 'Mirror OS, original: backup'
		},
		entries: (count: number) => plural(count, { one: '# reflection', other: '# reflections' }),
		span: (from: string, to: string) =>
			from === to ? dayInWords(from, 'short') : `${dayInWords(from, 'short')} to ${dayInWords(to, 'short')}`,
		tags: (count: number) => plural(count, { one: '# tag', other: '# tags' }),
		attachments: (count: number) => plural(count, { one: '# attachment', other: '# attachments' }),
		table: 'Rows by kind',
		columns: { kind: 'Kind', new: 'New', same: 'Here already', conflicts: 'Differ', left: 'Left out' },
		kind: (table: string) => tables[table] ?? table,
		number,
		notices: 'Worth knowing',
		ledger: {
			title: 'Its ledger',
			holds: (entries: number, kernels: number) =>
				`${plural(entries, { one: '# entry', other: '# entries' })} of ${plural(kernels, { one: '# kernel', other: '# kernels' })}, which an import does not take over.`,
			sound: 'Every chain verifies.',
			found: (count: number) =>
				`It does not verify: ${plural(count, { one: '# finding', other: '# findings' })}. Whoever made or changed this file may have changed what it says, too.`,
			elsewhere: 'It is of another mirror, so there is nothing here to hold it against.',
			agrees: 'It is of this mirror, and all of it stands in the ledger here.',
			hashesAgree: 'Its hashes are those of the ledger here: what was changed was changed in the file.'
		},
		skipped: (reason: string, count: number) => `${number(count)} left out: ${reason}.`,
		findings: {
			conflicts: (count: number) =>
				`${plural(count, { one: '# differs', other: '# differ' })} from what is here: both texts are kept`,
			changed: (count: number) =>
				plural(count, { one: '# is brought in with a change', other: '# are brought in with a change' }),
			quarantined: (count: number) =>
				plural(count, { one: '# breaks a rule and stays out', other: '# break a rule and stay out' })
		},
		finding: (table: string, id: string, reason: string) => `${tables[table] ?? table}, ${id}: ${reason}`,
		questions: 'To settle first',
		card: {
			title: 'A crisis card comes with this file',
			explain:
				'Its words would be shown to you instead of a mirrorback when what you wrote sounds like danger. Whoever made the file chose them: take them only if you know every name and number.',
			take: 'Use these words as my crisis card'
		},
		patterns: {
			title: 'Names of patterns come with this file',
			explain:
				'How patterns are named and shown in Insight, and words that are counted beside them. Without them they stay as they are here.',
			take: 'Use these names and words here'
		},
		identity: 'Written as',
		nobody: 'No identity',
		nothingNew: 'Everything in this file is here already. Importing it changes nothing.',
		nothingLeft: 'Nothing of this file can come in. Importing it changes nothing.',
		run: 'Import',
		cancel: 'Do not import',
		importing: 'Importing…',
		done: (count: number) =>
			plural(count, { one: 'Imported: # new reflection.', other: 'Imported: # new reflections.' }),
		look: 'See them'
	}
} as const;
