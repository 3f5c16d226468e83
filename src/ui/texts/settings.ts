import { bytes, plural } from '#ui/format.ts';

export const settings = {
	title: 'Settings',
	identities: {
		title: 'Identities',
		explain:
			'Selves, roles or contexts that you write as. Their names go nowhere but into the bundles that you make.',
		name: 'Name',
		nameOf: (name: string) => `Name of ${name}`,
		rename: 'Rename',
		newName: 'Name of a new identity',
		add: 'Add identity',
		added: (name: string) => `${name} added.`,
		renamed: 'Renamed.',
		remove: (name: string) => `Remove ${name}`,
		removeShort: 'Remove',
		removing: {
			title: (name: string) => `Remove ${name}?`,
			count: (count: number) =>
				count === 0
					? 'Nothing was written as this identity.'
					: plural(count, {
							one: 'One reflection was written as this identity.',
							other: '# reflections were written as this identity.'
						}),
			legend: 'What happens to what belongs to it',
			choices: {
				anonymous: {
					title: 'Keep it, as nobody’s',
					explain:
						'Reflections, mirrorbacks, threads, tensions and axes stay. They belong to no identity, and so never leave this device.'
				},
				all: {
					title: 'Let it go with it',
					explain:
						'Reflections with their mirrorbacks go to the trash for 30 days. Threads, tensions, axes and integrations are removed.'
				}
			},
			keep: 'Keep the identity',
			remove: 'Remove the identity',
			removed: (name: string) => `${name} is removed.`
		}
	},
	crisis: {
		title: 'Crisis card',
		explain:
			'Shown instead of a mirrorback when what you wrote sounds like danger. Put in the people and numbers that you would call.',
		label: 'Text of the card',
		save: 'Keep this card',
		usual: 'Use the usual card',
		kept: 'The card is kept.'
	},
	look: {
		title: 'Appearance',
		legend: 'Colours',
		themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
		note: 'Kept on this device only, outside of your mirror.'
	},
	keys: {
		title: 'Keys',
		single: 'Letters alone are commands (N, E, /, G)',
		note: 'Press ? for all keys. This choice, too, is kept on this device only.'
	},
	storage: {
		title: 'Storage on this device',
		encryption:
			'Your mirror is not encrypted yet. Whoever can open this browser, or read this disk, can read what you wrote.',
		persisted: 'This browser has promised not to clear your mirror when space runs short.',
		notPersisted:
			'This browser may clear your mirror when space runs short, or after you have not visited for long. Keep a copy elsewhere.',
		unknown: 'This browser does not say whether it may clear your mirror.',
		ask: 'Ask it to keep everything',
		refused: 'It did not promise. Some browsers do so only for installed apps or pages you visit often.',
		used: (used: number, quota: number) =>
			`${bytes(used)} used of about ${bytes(quota)} that this browser allows.`,
		meter: 'Storage used'
	}
} as const;
