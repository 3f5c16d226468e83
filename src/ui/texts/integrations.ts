/** Integrations are records: what one uses beside this mirror. Nothing here connects to anything. */
export const integrations = {
	title: 'Integrations',
	explain:
		'What you use beside your mirror: a calendar, another journal, a player. These are notes for you. Mirror OS fetches nothing and sends nothing, and says so here when that changes.',
	show: 'Show integrations',
	empty: 'Nothing is noted yet.',
	types: {
		calendar: 'Calendar',
		notes: 'Notes',
		email: 'Email',
		health: 'Health',
		journal: 'Journal',
		tasks: 'Tasks',
		music: 'Music',
		location: 'Location',
		custom: 'Something else'
	},
	statuses: {
		active: 'In use',
		paused: 'Paused',
		disconnected: 'Not connected',
		error: 'Does not work'
	},
	statusOf: (provider: string) => `State of ${provider}`,
	since: (when: string) => `Noted ${when}`,
	secrets: (names: string) => `Kept on this device only, shown nowhere and in no bundle: ${names}.`,
	remove: 'Remove',
	removeOf: (provider: string) => `Remove ${provider}`,
	removed: (provider: string) => `${provider} is removed.`,
	form: {
		title: 'Note an integration',
		type: 'Kind',
		provider: 'Provider',
		account: 'Account or address',
		url: 'Address (URL)',
		token: 'Token or password',
		tokenNote: 'Only if you want to keep it here. It stays on this device and leaves in no bundle.',
		needs: 'Name the provider. For something else, give its address too, like https://example.org.',
		add: 'Note it',
		added: (provider: string) => `${provider} is noted.`
	}
} as const;
