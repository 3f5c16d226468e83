import { singleKeys } from '#ui/settings/device.ts';

/** What a key asks for. */
export type KeyCommand =
	| { readonly kind: 'go'; readonly href: string }
	| { readonly kind: 'new' | 'search' | 'help' | 'undo' }
	/** Presses the control that says so in `aria-keyshortcuts`. */
	| { readonly kind: 'press'; readonly shortcut: Shortcut };

export type Shortcut = 'E' | 'Control+Enter' | 'Control+S';

const goes: Readonly<Record<string, string>> = { w: '/', r: '/reflections', l: '/ledger', s: '/system' };
const singles: Readonly<Record<string, KeyCommand>> = {
	n: { kind: 'new' },
	'/': { kind: 'search' },
	e: { kind: 'press', shortcut: 'E' },
	'?': { kind: 'help' }
};
/** With Ctrl, or ⌘: these work in fields too. */
const combined: Readonly<Record<string, KeyCommand>> = {
	enter: { kind: 'press', shortcut: 'Control+Enter' },
	s: { kind: 'press', shortcut: 'Control+S' }
};

/**
 * Reads keys that mean something anywhere in the app. A letter alone counts only outside of fields, and only while single
 * keys are on (WCAG 2.1.4); after G the next letter says where to go, for a second and a half.
 */
export function createKeyReader(run: (command: KeyCommand) => void): (event: KeyboardEvent) => void {
	let gAt = -Infinity;
	return (event) => {
		if (event.defaultPrevented || event.isComposing || event.repeat) return;
		if (document.querySelector('dialog[open]') !== null) return;
		const command = event.ctrlKey || event.metaKey ? withControl(event) : alone(event);
		if (command === undefined) return;
		event.preventDefault();
		run(command);
	};

	function withControl(event: KeyboardEvent): KeyCommand | undefined {
		if (event.altKey || event.shiftKey) return undefined;
		const key = event.key.toLowerCase();
		// In a field it takes back what was typed.
		if (key === 'z') return isTyping(event.target) ? undefined : { kind: 'undo' };
		return combined[key];
	}

	function alone(event: KeyboardEvent): KeyCommand | undefined {
		if (event.altKey || isTyping(event.target) || !singleKeys.isOn()) return undefined;
		const key = event.key.toLowerCase();
		const href = event.timeStamp - gAt < 1500 ? goes[key] : undefined;
		gAt = key === 'g' && href === undefined ? event.timeStamp : -Infinity;
		return href === undefined ? singles[key] : { kind: 'go', href };
	}
}

function isTyping(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
	);
}
