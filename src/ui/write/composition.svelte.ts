import type { Client } from '#app/client.ts';
import type { Draft, Drafts, When } from '#app/drafts.ts';
import type { Receipt } from '#domain/receipt.ts';
import { visibilities, type Reflection, type Visibility } from '#domain/reflection.ts';
import { claimDraft, type Claim } from '#ui/drafts/claim.ts';
import { DraftKeeper, type Keeping } from '#ui/drafts/keeper.ts';
import { Asking, unanswered, type Outcome } from '#ui/asking.svelte.ts';
import { newId } from '#ui/request.ts';
import { changeOf, creationOf, isHeld, type NewlyWritten, type Written } from '#ui/write/asked.ts';
import { usualIdentity } from '#ui/write/identity.ts';

/**
 * - `writing`: nothing was asked yet, or something changed since; - `saving`: asked, and not answered;
 * - `saved`: accepted, so it is durable; - `refused`: with the receipt that says why;
 * - `conflict`: changed elsewhere since this edit began: `theirs` is what stands there now;
 * - `unanswered`: no answer came; asking again is safe.
 */
export type Phase =
	| { readonly kind: 'writing' }
	| { readonly kind: 'saving' }
	| { readonly kind: 'saved'; readonly id: string; readonly text: string }
	| { readonly kind: 'refused'; readonly receipt: Receipt }
	| { readonly kind: 'conflict'; readonly theirs: Reflection }
	| { readonly kind: 'unanswered' };

/** A draft that holds no choice of identity yet: the usual one is taken when it is known. */
const undecided = '';

/**
 * One text being written: a new reflection, or a change of one that exists. Each change reaches the draft store; saving
 * sends it through the kernel, and only an accepted receipt lets go of the draft.
 */
export class Composition {
	readonly #client: Client;
	readonly #keeper: DraftKeeper;
	readonly #asking: Asking;
	#claim: Claim | null = null;
	/** When the first character was written; null while there is none. */
	#begunAt: number | null = null;

	/** The reflection this is or will be. */
	id = $state(newId());
	/** What the edit began from; null for a new reflection. */
	base = $state.raw<Reflection | null>(null);
	text = $state('');
	title = $state('');
	/** `undefined`: not chosen yet, the usual one will be taken. `null`: no identity. */
	identityId = $state<string | null | undefined>(undefined);
	visibility = $state<Visibility>('local_only');
	/** When it is said to have been written; null: when it was. */
	when = $state.raw<When | null>(null);
	phase = $state.raw<Phase>({ kind: 'writing' });
	keeping = $state<Keeping>('nothing');
	/** The draft that was brought back when this tab began; null once it is saved or set aside. */
	restoredFrom = $state.raw<Draft | null>(null);

	constructor(client: Client, drafts: Drafts) {
		this.#client = client;
		this.#asking = new Asking(client);
		this.#keeper = new DraftKeeper({
			drafts,
			now: () => this.#draft(),
			tell: (keeping) => (this.keeping = keeping)
		});
	}

	/** The key in the draft store; another one where a second tab writes the same reflection. */
	get draftId(): string {
		return this.#claim?.draftId ?? this.id;
	}

	get isEmpty(): boolean {
		return !/\S/.test(this.text) && !/\S/.test(this.title);
	}

	/** Whether there is something that is not saved. */
	get isChanged(): boolean {
		if (this.base === null) return !this.isEmpty;
		return !isHeld(this, this.base);
	}

	/** To be called after each change that a person makes. */
	changed(): void {
		if (this.#claim === null) void this.#claimFreely();
		this.#begunAt = this.isEmpty ? null : (this.#begunAt ?? Date.now());
		if (this.phase.kind !== 'writing' && this.phase.kind !== 'saving') this.phase = { kind: 'writing' };
		this.#keeper.changed();
	}

	flush(): Promise<void> {
		return this.#keeper.flush();
	}

	/** Begins a change of a reflection, or goes on with one that was kept as a draft. */
	async edit(reflection: Reflection, draft: Draft | null = null): Promise<void> {
		// A draft goes on from the version it began from: what was saved since then must not be written over unseen.
		this.base = { ...reflection, version: draft?.base_version ?? reflection.version };
		this.id = reflection.id;
		this.text = draft?.text ?? reflection.content;
		this.title = (draft === null ? reflection.metadata.title : draft.title) ?? '';
		this.identityId = reflection.identity_id;
		this.visibility = reflection.visibility;
		this.when = draft?.when ?? null;
		this.phase = { kind: 'writing' };
		await this.#claimFreely(draft?.id);
	}

	/** Goes on with a draft. False where another tab is writing it. */
	async resume(draft: Draft, patience = 0): Promise<boolean> {
		const claim = await claimDraft(draft.id, patience);
		if (claim === null) return false;
		if (!this.isEmpty) {
			claim.release();
			return false;
		}
		this.#claim?.release();
		this.#claim = claim;
		this.base = null;
		this.id = draft.id;
		this.text = draft.text;
		this.title = draft.title ?? '';
		this.identityId = draft.identity_id === undecided ? undefined : draft.identity_id;
		this.visibility = visibilities.find((name) => name === draft.visibility) ?? 'local_only';
		this.when = draft.when;
		this.#begunAt = draft.begun_at;
		this.phase = { kind: 'writing' };
		this.keeping = 'kept';
		this.restoredFrom = draft;
		return true;
	}

	/** Takes up words whose reflection is gone: they become a new one. */
	async adopt({ text, title, when }: Pick<Draft, 'text' | 'title' | 'when'>): Promise<void> {
		this.#renew();
		this.text = text;
		this.title = title ?? '';
		this.when = when;
		this.changed();
		await this.flush();
	}

	/** Puts what is written aside as a draft and begins anew. */
	async setAside(): Promise<void> {
		await this.flush();
		this.#renew();
		this.phase = { kind: 'writing' };
	}

	/** Lets go of what is written: its draft goes too. */
	async discard(): Promise<void> {
		const { draftId } = this;
		await this.#keeper.drop(draftId);
		this.#renew();
		this.phase = { kind: 'writing' };
	}

	/** Sends it through the kernel. Answers with the reflection's id when it is durable, else null. */
	async save(): Promise<string | null> {
		if (this.phase.kind === 'saving' || !/\S/.test(this.text)) return null;
		void this.flush();
		this.phase = { kind: 'saving' };
		const { text, title, when, id } = this;
		const outcome = await this.#ask();
		if (outcome.kind !== 'accepted') return this.#notSaved(outcome);
		if (this.text === text && this.title === title && this.when === when) {
			void this.#keeper.drop(this.draftId);
			this.#renew();
		} else {
			// Words were added while the first ones were on their way: they are a change of what was saved.
			this.base = await this.#present(id);
		}
		this.phase = { kind: 'saved', id, text };
		return id;
	}

	/** After a conflict: what is written here becomes the newest version; theirs stays as an earlier one. */
	keepMine(): Promise<string | null> {
		if (this.phase.kind === 'conflict') this.base = this.phase.theirs;
		return this.save();
	}

	/** After a conflict, or where the reflection is gone: what is written here becomes a reflection of its own. */
	async keepBoth(): Promise<string | null> {
		await this.#keeper.drop(this.draftId);
		this.#claim?.release();
		this.#claim = null;
		this.base = null;
		this.id = newId();
		await this.#claimFreely();
		this.#keeper.changed();
		this.phase = { kind: 'writing' };
		return this.save();
	}

	close(): void {
		void this.flush();
		this.#claim?.release();
		this.#claim = null;
	}

	async #claimFreely(draftId = this.id): Promise<void> {
		const claim = (await claimDraft(draftId)) ?? (await claimDraft(newId()));
		if (this.#claim === null) this.#claim = claim;
		else if (this.#claim !== claim) claim?.release();
	}

	#renew(): void {
		this.#claim?.release();
		this.#claim = null;
		this.id = newId();
		this.base = null;
		this.text = '';
		this.title = '';
		this.when = null;
		this.keeping = 'nothing';
		this.restoredFrom = null;
		this.#begunAt = null;
	}

	#draft(): Draft {
		return {
			id: this.draftId,
			text: this.text,
			title: this.title === '' ? null : this.title,
			identity_id: this.identityId === undefined ? undecided : this.identityId,
			visibility: this.visibility,
			when: this.when,
			begun_at: this.#begunAt ?? Date.now(),
			changed_at: Date.now(),
			base_version: this.draftId === this.id ? (this.base?.version ?? null) : null
		};
	}

	/** What waits for the word of the person, whom a rule wants to be asked first. */
	get question(): Outcome | null {
		return this.#asking.question;
	}

	async #ask(): Promise<Outcome> {
		if (this.base !== null) return this.#asking.ask(changeOf(this.base, this.#words()));
		const creation = await this.#creation().catch(() => null);
		return creation === null ? unanswered : this.#asking.ask(creationOf(creation));
	}

	async #creation(): Promise<NewlyWritten> {
		if (this.identityId === undefined) this.identityId = await usualIdentity(this.#client);
		const begunAt = (this.#begunAt ??= Date.now());
		return { ...this.#words(), identityId: this.identityId, visibility: this.visibility, begunAt };
	}

	#words(): Written {
		const { id, text, title, when } = this;
		return { id, text, title, when };
	}

	/** Says why, or saves otherwise. */
	async #notSaved(outcome: Exclude<Outcome, { kind: 'accepted' }>): Promise<string | null> {
		if (outcome.kind === 'unanswered') {
			this.phase = outcome;
			return null;
		}
		const { receipt } = outcome;
		const isHere =
			receipt.code === 'version_conflict' || (receipt.code === 'already_exists' && this.base === null);
		const theirs = isHere ? await this.#present(this.id) : null;
		if (theirs !== null && receipt.code === 'already_exists') {
			// It was saved before, and no answer came: what was written since is a change of its first version.
			this.base = { ...theirs, version: 1 };
			this.phase = { kind: 'writing' };
			return this.save();
		}
		this.phase = theirs === null ? { kind: 'refused', receipt } : { kind: 'conflict', theirs };
		return null;
	}

	/** The reflection as it stands now; null where it is gone, or nobody says. */
	async #present(id: string): Promise<Reflection | null> {
		const now = await this.#client.read('reflections.get', { id }).catch(() => null);
		return now?.rows[0] ?? null;
	}
}
