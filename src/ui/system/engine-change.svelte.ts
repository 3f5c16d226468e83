import type { Client } from '#app/client.ts';
import type { Copying } from '#app/protocol.ts';
import type { EngineName } from '#domain/storage.ts';
import { Asking } from '#ui/asking.svelte.ts';
import { request } from '#ui/request.ts';

/** There are two. */
export function otherThan(engine: EngineName): EngineName {
	return engine === 'sqlite' ? 'postgres' : 'sqlite';
}

/** What was asked for here and done. */
export interface Changed {
	readonly to: EngineName;
	/** How many there are now; null where that was not answered. */
	readonly reflections: number | null;
}

/** A change of the storage engine, asked for in this tab or another. It goes on while its page is left. */
export class EngineChange {
	readonly #client: Client;
	readonly asking: Asking;
	/** How often one was asked for here. */
	#turn = 0;
	/** Asked for here, and not answered yet. */
	#wanted = $state<EngineName | null>(null);
	#copying = $state.raw<Copying | null>(null);
	changed = $state.raw<Changed | null>(null);
	isStopping = $state(false);

	constructor(client: Client) {
		this.#client = client;
		this.asking = new Asking(client);
		client.copying((copying) => this.#hear(copying));
		// Whoever copied before this tab became the owner copies no more.
		client.standing(({ kind }) => {
			if (kind === 'owner') this.#copying = null;
		});
	}

	/** The engine that the mirror is being copied to; null while it is not. */
	get to(): EngineName | null {
		// While the person is asked first nothing is under way.
		const wanted = this.asking.question === null ? this.#wanted : null;
		return wanted ?? this.#copying?.to ?? null;
	}

	/** The engine that it is copied from. */
	get from(): EngineName | null {
		return this.to === null ? null : otherThan(this.to);
	}

	/** Of all that is to be copied and compared, what is done: 0 to 1; null before anything is counted. */
	get share(): number | null {
		return this.#copying?.phase === 'copying' ? this.#copying.done / this.#copying.total : null;
	}

	async start(to: EngineName): Promise<void> {
		if (this.to !== null) return;
		this.#wanted = to;
		this.changed = null;
		const turn = ++this.#turn;
		const { kind } = await this.asking.ask(request('storage.switch', { engine: to }));
		// It was left for another one, which is under way by now.
		if (turn !== this.#turn) return;
		if (kind === 'accepted') this.changed = { to, reflections: await this.#count() };
		this.#wanted = null;
		this.isStopping = false;
	}

	stop(): void {
		this.isStopping = true;
		this.#client.cancelCopying().catch(() => (this.isStopping = false));
	}

	/** What it came to was read, unless it is still going on. */
	forget(): void {
		if (this.to !== null) return;
		this.asking.leave();
		this.changed = null;
		this.asking.outcome = null;
	}

	#hear(copying: Copying): void {
		this.#copying = copying.phase === 'over' ? null : copying;
		if (this.to === null) this.isStopping = false;
		// It had not begun when it was told to stop, or another tab has taken it over since.
		else if (this.isStopping && copying.phase === 'loading') this.stop();
	}

	async #count(): Promise<number | null> {
		const health = await this.#client.read('system.health', {}).catch(() => null);
		return health?.rows[0]?.reflections ?? null;
	}
}
