/**
 * What belongs to this device and not to the mirror: it is kept outside the database, because the first paint needs it.
 * Storage can be forbidden; then the choice holds for this page.
 */
export type Theme = 'system' | 'light' | 'dark';

const themeKey = 'mirror-theme';
const keysKey = 'mirror-single-keys';

export const theme = {
	get(): Theme {
		const stored = read(themeKey);
		return stored === 'light' || stored === 'dark' ? stored : 'system';
	},
	set(choice: Theme): void {
		write(themeKey, choice === 'system' ? null : choice);
		if (choice === 'system') delete document.documentElement.dataset['theme'];
		else document.documentElement.dataset['theme'] = choice;
	}
};

/** Whether letters alone are commands. */
export const singleKeys = {
	isOn: () => read(keysKey) !== 'off',
	set: (on: boolean) => write(keysKey, on ? null : 'off')
};

const persistKey = 'mirror-asked-to-persist';

/**
 * Asks the browser, once on this device, not to clear this origin's storage when space runs short. Some browsers ask the
 * person; asking again and again would be rude. Settings shows the answer and can ask again.
 */
export async function askToPersist(): Promise<void> {
	if (read(persistKey) !== null || (await navigator.storage?.persisted?.()) !== false) return;
	write(persistKey, 'yes');
	await navigator.storage.persist();
}

function read(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch {
		return null;
	}
}

function write(key: string, value: string | null): void {
	try {
		if (value === null) localStorage.removeItem(key);
		else localStorage.setItem(key, value);
	} catch {
		// Forbidden: the choice holds until the page is closed.
	}
}
