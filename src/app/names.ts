/** The names under which this origin's mirror is kept. Never changed: data is found by them. */
export const names = {
	lock: 'mirror-os',
	channel: 'mirror-os',
	folder: 'mirror',
	postgres: 'mirror-postgres',
	postgresFiles: 'mirror-postgres-files',
	trial: 'mirror-trial',
	database: 'mirror',
	drafts: 'mirror-drafts',
	keys: 'mirror-keys',
	place: 'mirror-place'
};
