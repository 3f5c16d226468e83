import type { Client } from '#app/client.ts';
import type { Draft, Drafts } from '#app/drafts.ts';
import { Asking } from '#ui/asking.svelte.ts';
import { request } from '#ui/request.ts';
import { Shelf } from '#ui/drafts/shelf.svelte.ts';
import { askToPersist } from '#ui/settings/device.ts';
import { Mirroring } from '#ui/mirrorback/mirroring.svelte.ts';
import { isHeld } from '#ui/write/asked.ts';
import { Composition } from '#ui/write/composition.svelte.ts';

/** A draft older than this is offered, not put back where one writes. */
const dayLong = 24 * 60 * 60 * 1000;

/** What was saved last in this tab: the mirror can be asked about it. */
export interface LastSaved {
	readonly id: string;
	readonly text: string;
}

/** The Write page's state. It lives as long as the tab, so that looking something up elsewhere interrupts nothing. */
export class Writing {
	readonly #client: Client;
	readonly #drafts: Drafts;
	readonly #remembering: Asking;
	readonly composition: Composition;
	readonly mirroring: Mirroring;
	readonly shelf: Shelf;
	/** The page that shows the text field should move the focus there. */
	isFocusAsked = $state(false);
	lastSaved = $state.raw<LastSaved | null>(null);

	constructor(client: Client, drafts: Drafts) {
		this.#client = client;
		this.#drafts = drafts;
		this.#remembering = new Asking(client, 'never asks');
		this.composition = new Composition(client, drafts);
		this.mirroring = new Mirroring(client);
		this.shelf = new Shelf(client, drafts);
	}

	/** Puts the newest unfinished text back, and offers the others. Needs no database; asks it once it is there. */
	async begin(): Promise<void> {
		const newest = (await this.#drafts.list().catch(() => []))[0];
		if (newest !== undefined && isUnfinished(newest) && Date.now() - newest.changed_at < dayLong) {
			await this.composition.resume(newest, 1000);
		}
		await this.shelf.refresh();
		await this.#client.ready;
		await this.#forgetSaved();
		await this.shelf.refresh();
	}

	async save(): Promise<string | null> {
		const { base } = this.composition;
		const id = await this.composition.save();
		const { phase, identityId } = this.composition;
		if (id === null || phase.kind !== 'saved') return null;
		this.lastSaved = { id, text: phase.text };
		this.mirroring.forget();
		if (base === null) {
			void this.#remember(identityId ?? null);
			void askToPersist();
		}
		return id;
	}

	/** Saves what is written, if anything is, and asks the mirror about it; else about what was saved last. */
	async mirrorIt(): Promise<void> {
		if (this.mirroring.answer.kind === 'asking') return;
		const id = this.composition.isEmpty ? this.lastSaved?.id : await this.save();
		if (id !== undefined && id !== null) await this.mirroring.ask(id);
	}

	/** A draft takes the place of what is written, which becomes a draft itself. A change of what is gone becomes new. */
	async resume(draft: Draft): Promise<void> {
		await this.composition.setAside();
		if (draft.base_version === null) await this.composition.resume(draft);
		else {
			await this.composition.adopt(draft);
			if (this.composition.keeping === 'kept') await this.#drafts.drop(draft.id);
		}
		await this.shelf.refresh();
	}

	async startAnew(): Promise<void> {
		if (!this.composition.isEmpty) await this.composition.setAside();
		await this.shelf.refresh();
	}

	/** What was saved just before the tab ended need not be offered again. */
	async #forgetSaved(): Promise<void> {
		const { restoredFrom } = this.composition;
		if (restoredFrom === null) return;
		// Without an answer it stays a draft, and saving it finds out.
		const read = await this.#client.read('reflections.get', { id: restoredFrom.id }).catch(() => null);
		const saved = read?.rows[0];
		const { text, title, when, phase } = this.composition;
		// While it was asked for, a person may have saved it, and begun something else.
		const isThere = this.composition.restoredFrom === restoredFrom && phase.kind === 'writing';
		const isUntouched =
			text === restoredFrom.text && title === (restoredFrom.title ?? '') && when === restoredFrom.when;
		if (saved === undefined || !isThere || !isUntouched) return;
		if (isHeld(restoredFrom, saved)) await this.composition.discard();
		else await this.composition.edit(saved, restoredFrom);
	}

	/** The composer begins with the identity that was used last. Where that is not kept nothing is lost, and nothing said. */
	async #remember(identityId: string | null): Promise<void> {
		if (identityId === null) return;
		const read = await this.#client.read('settings.get', {}).catch(() => null);
		if (read === null || read.rows[0]?.last_identity === identityId) return;
		await this.#remembering.ask(request('settings.change', { key: 'last_identity', value: identityId }));
	}
}

function isUnfinished(draft: Draft): boolean {
	return draft.base_version === null;
}
