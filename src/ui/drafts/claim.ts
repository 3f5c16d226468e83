/**
 * Two tabs must not write the same draft. A tab holds a Web Lock on each draft it writes, for as long as it does; the
 * browser lets go of it when the tab ends, however it ends.
 */
export interface Claim {
	readonly draftId: string;
	release(): void;
}

const prefix = 'mirror-draft:';

/** Claims a draft, waiting at most `patience` milliseconds for a tab that is just ending; null where another tab has it. */
export function claimDraft(draftId: string, patience = 0): Promise<Claim | null> {
	if (!('locks' in navigator)) return Promise.resolve({ draftId, release: () => undefined });
	return new Promise((resolve) => {
		const hold = (lock: Lock | null) => {
			if (lock === null) return resolve(null);
			return new Promise<void>((release) => resolve({ draftId, release }));
		};
		const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
		navigator.locks.request(prefix + draftId, options, hold).catch(() => resolve(null));
	});
}

/** Drafts that some tab is writing now, this one included. */
export async function claimedDrafts(): Promise<ReadonlySet<string>> {
	if (!('locks' in navigator)) return new Set();
	const { held } = await navigator.locks.query();
	return new Set(
		(held ?? []).flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : []))
	);
}
