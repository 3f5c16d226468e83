import { createContext } from 'svelte';
import type { Client } from '#app/client.ts';
import type { Drafts } from '#app/drafts.ts';
import type { Asking } from '#ui/asking.svelte.ts';
import type { KeptPolicies } from '#ui/policy/editing.svelte.ts';
import type { Listing } from '#ui/reflections/listing.svelte.ts';
import type { TabStanding } from '#ui/shell/standing.svelte.ts';
import type { Toasts } from '#ui/shell/toasts.svelte.ts';
import type { EngineChange } from '#ui/system/engine-change.svelte.ts';
import type { Writing } from '#ui/write/writing.svelte.ts';

/** What every page may use. One of each for the life of the tab, so that going elsewhere and back loses nothing. */
export interface Mirror {
	readonly client: Client;
	readonly drafts: Drafts;
	readonly writing: Writing;
	readonly listing: Listing;
	readonly standing: TabStanding;
	readonly toasts: Toasts;
	/** What is asked from a toast: the page that it came from may be gone by then. */
	readonly undoing: Asking;
	readonly engineChange: EngineChange;
	readonly policies: KeptPolicies;
}

export const [getMirror, setMirror] = createContext<Mirror>();
