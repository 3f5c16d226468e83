import type { Failure, Result } from '#base/result.ts';
import type { ImportPreview } from '#domain/bundle.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { EngineName } from '#domain/storage.ts';
import type { Answer } from '#domain/view.ts';
import type { CopyProgress } from '#records/copying.ts';

/** Said after each commit: whoever watches a view with one of these topics reads it again. */
export interface Committed {
	readonly revision: number;
	readonly topics: readonly string[];
}

/**
 * How a tab stands to the one database of this origin.
 * - `starting`: not known yet; - `owner`: this tab's worker holds it; - `follower`: another tab answers for us;
 * - `waiting`: the other tab does not answer: it sleeps; - `failed`: the store does not open: the rescue page helps.
 */
export type Standing =
	| { readonly kind: 'starting' }
	| { readonly kind: 'owner' }
	| { readonly kind: 'follower' }
	| { readonly kind: 'waiting' }
	| { readonly kind: 'failed'; readonly failure: Failure }
	| Deletion;

/**
 * How far the deletion of everything is: `deleting`: begun; `deleted`: nothing is left; `undeleted`: not all of it could be
 * removed, and the next start goes on. A tab that stands like this answers nothing and opens nothing until it is loaded anew.
 */
export type Deletion =
	{ readonly kind: 'deleting' | 'deleted' } | { readonly kind: 'undeleted'; readonly failure: Failure };

/** How far a change of the storage engine has come. */
export interface Copying extends CopyProgress {
	/** `loading`: the other engine is made ready, and nothing is counted yet; `over`: it has ended, however it ended. */
	readonly phase: 'loading' | 'copying' | 'over';
	readonly to: EngineName;
}

/** Whether this standing is about the deletion of everything. */
export function isDeletion(standing: Standing): standing is Deletion {
	return standing.kind === 'deleting' || hasEnded(standing);
}

/** Whether this tab is over until it is loaded anew. */
export function hasEnded({ kind }: Standing): boolean {
	return kind === 'deleted' || kind === 'undeleted';
}

export type News =
	| ({ readonly kind: 'committed' } & Committed)
	| { readonly kind: 'standing'; readonly standing: Standing }
	/** The mirror is being copied to another storage engine; commands wait. */
	| ({ readonly kind: 'copying' } & Copying);

/** What a core answers, whichever tab it runs in. */
export interface Port {
	dispatch(request: unknown): Promise<Receipt>;
	/** A view that does not exist, or parameters that do not fit, are a failure `invalid_request`. */
	read(view: string, params: unknown): Promise<Result<Answer, Failure>>;
}

/** What came of something that was asked by a permit. */
export interface PermitAnswer {
	readonly receipt: Receipt;
	/** What was read; null where it was no reading, or nothing was given. */
	readonly rows: readonly unknown[] | null;
}

/** What whoever has a permit reaches, whichever tab the core runs in. */
export interface PermitPort {
	/** Asks for one thing by a permit. What the permit does not let through is refused, and its refusal stands in the ledger. */
	byPermit(permit: unknown, request: unknown): Promise<PermitAnswer>;
}

/** A bundle: the receipt of its export and, where it was permitted, the file. */
export interface ExportedBundle {
	readonly receipt: Receipt;
	/** `mirror_bundle_YYYYMMDD_HHMMSS.zip`; null where nothing was exported. */
	readonly name: string | null;
	readonly file: Blob | null;
}

/** What a core answers a question with. */
export type CoreAnswer = Receipt | PermitAnswer | ExportedBundle | Result<unknown, Failure>;

/** What goes in and out as files, whichever tab the core runs in. */
export interface FilePort {
	/** Dispatches a `bundle.export` and makes the file that it permits. */
	exportBundle(request: unknown): Promise<ExportedBundle>;
	/** Asks whether a file that the page made may be saved: the entry of what is let out holds its hash and size. */
	releaseFile(request: unknown, file: Blob): Promise<Receipt>;
	/**
	 * Reads a file without changing anything, and says what importing it would do: `import.run` with the preview's token does
	 * it. A file that is not read is a failure in a plain sentence. Only the file that was staged last can be imported.
	 */
	stageImport(file: Blob): Promise<Result<ImportPreview, Failure>>;
}

/** What the core worker offers its page (by comlink). */
export interface Remote extends Port, FilePort, PermitPort {
	/** `clear` removes what of this origin's storage only the page reaches. */
	listen(onNews: (news: News) => void, clear: () => void | Promise<void>): void;
	/** Stops a change of the storage engine, in whatever tab it is done. */
	cancelCopying(): void;
	/** The page says whether a person can see it: the visible tab owns the database. */
	setVisible(visible: boolean): void;
}

/** What tabs say to each other: only requests, answers and what was committed, never rows that nobody asked for. */
export type TabMessage =
	| { readonly kind: 'ask'; readonly from: string; readonly call: number; readonly question: Question }
	| { readonly kind: 'answer'; readonly to: string; readonly call: number; readonly answer: CoreAnswer }
	/** The core broke over the question instead of answering it: nobody knows whether it was done. */
	| { readonly kind: 'fault'; readonly to: string; readonly call: number; readonly reason: string }
	| ({ readonly kind: 'committed' } & Committed)
	| ({ readonly kind: 'copying' } & Copying)
	/** Whoever copies the mirror to another engine: stop. */
	| { readonly kind: 'cancel' }
	/** Everything is deleted, or was. */
	| { readonly kind: 'deletion'; readonly standing: Deletion }
	/** I own the database now: ask me what is still unanswered. */
	| { readonly kind: 'owner' }
	/** I can be seen and would own it; if you cannot be seen, let go. */
	| { readonly kind: 'want' }
	/** Nobody sees me any more: whoever can be seen may have it. */
	| { readonly kind: 'hidden' };

export type Question =
	| { readonly kind: 'dispatch'; readonly request: unknown }
	| { readonly kind: 'export'; readonly request: unknown }
	| { readonly kind: 'permit'; readonly permit: unknown; readonly request: unknown }
	| { readonly kind: 'release'; readonly request: unknown; readonly file: Blob }
	| { readonly kind: 'stage'; readonly file: Blob }
	| { readonly kind: 'read'; readonly view: string; readonly params: unknown };
