export const system = {
	title: 'System',
	explain: 'The machine room of your mirror. Everything here is on this device.',
	health: 'Health',
	rows: {
		standing: 'Database',
		engine: 'Storage engine',
		schema: 'Schema version',
		reflections: 'Reflections',
		trashed: 'In the trash',
		entries: 'Ledger entries',
		version: 'Mirror OS'
	},
	standing: {
		starting: 'opening',
		owner: 'open in this tab',
		follower: 'open in another tab that answers for this one',
		waiting: 'held by a tab that sleeps',
		failed: 'did not open',
		deleting: 'being deleted',
		deleted: 'deleted',
		undeleted: 'not deleted as a whole'
	},
	engines: { sqlite: 'SQLite, in memory, with a journal on disk', postgres: 'PostgreSQL, on disk' },
	notices: 'What the last start mended',
	noNotices: 'Nothing had to be mended at the last start.',
	showRuns: 'Show the runs',
	rescue: 'Rescue page',
	rescueExplain: 'It works even when your mirror does not open.'
} as const;
