import { whyOf } from '#base/result.ts';
import type { Failure, Result } from '#base/result.ts';
import type { Clock } from '#base/clock.ts';
import type { EngineName } from '#domain/storage.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { CopyProgress } from '#records/copying.ts';
import { lastPosition } from '#records/ledger.ts';
import type { Database } from '#storage/database.ts';
import type { Core } from '#app/core.ts';
import type { Engines } from '#app/engines.ts';
import type { Copying } from '#app/protocol.ts';

/** The engine that is not this one. */
export function other(engine: EngineName): EngineName {
	return engine === 'sqlite' ? 'postgres' : 'sqlite';
}

export interface EngineChangeDependencies {
	readonly core: Core;
	readonly database: Database;
	readonly engine: EngineName;
	readonly engines: Engines;
	readonly clock: Clock;
}

/** Commits and milliseconds after which a copy of PostgreSQL's mirror is renewed at an idle moment. */
const stale = { entries: 100, ms: 10 * 60 * 1000 };

/**
 * What follows on the permission to change the engine, over one open core. Commands wait meanwhile; the words that a
 * person writes are in drafts until then.
 */
export class EngineChanges {
	readonly #deps: EngineChangeDependencies;
	readonly #listeners: ((copying: Copying) => void)[] = [];
	/** What is copied, and what waits to be. */
	readonly #copying = new Set<AbortController>();
	#hasMoved = false;
	#isDeleting = false;

	constructor(deps: EngineChangeDependencies) {
		this.#deps = deps;
	}

	/** Whether another engine is in charge now, so that this core is over. */
	get hasMoved(): boolean {
		return this.#hasMoved;
	}

	/** Whether everything is to be removed, so that this core is over and nothing follows it. */
	get isDeleting(): boolean {
		return this.#isDeleting;
	}

	onProgress(listener: (copying: Copying) => void): void {
		this.#listeners.push(listener);
	}

	/** Stops what is being copied. Nothing happens where nothing is. */
	cancel(): void {
		for (const copying of this.#copying) copying.abort();
	}

	/** Does what an accepted receipt permits; answers with the receipt, or with why it was not done. */
	async follow(kind: unknown, receipt: Receipt): Promise<Receipt> {
		if (receipt.code !== 'accepted') return receipt;
		const { core, engine, engines } = this.#deps;
		if (kind === 'mirror.delete') return this.#beginDeletion(receipt);
		if (kind === 'storage.switch' && receipt.result?.['engine'] !== engine) return this.#switch(receipt);
		if (kind === 'storage.drop' && receipt.result?.['engine'] === other(engine)) {
			await engines.places[other(engine)].drop();
			await engines.noteCopied(null);
			core.announce(['storage']);
		}
		return receipt;
	}

	/**
	 * Renews the copy of a mirror that PostgreSQL keeps, because that engine promises less when the power fails: where a
	 * copy is kept, and enough has changed; `at once`: also where little has, because something was erased for good. Gives way
	 * to whoever asks for something.
	 */
	async renewCopy(when: 'at once' | 'when stale'): Promise<void> {
		const { core, database, engine, engines, clock } = this.#deps;
		if (engine === 'sqlite' || !(await engines.places.sqlite.isKept())) return;
		const note = await engines.copied();
		const entries = (await lastPosition(database)) - (note?.position ?? 0);
		const age = clock() - Date.parse(note?.at ?? '1970-01-01T00:00:00.000Z');
		const isStale = entries >= stale.entries || age >= stale.ms || when === 'at once';
		if (entries === 0 || !isStale) return;
		await core.alone(async (signal) => {
			const { renewCopy } = await import('#app/copy-mirror.ts');
			const renewed = await renewCopy({ database, engines, clock, signal, onProgress: () => undefined });
			if (renewed.ok) core.announce(['storage']);
		}, 'gives way');
	}

	/** From here on it is certain: killed at any moment, the next start removes what is left. */
	async #beginDeletion(receipt: Receipt): Promise<Receipt> {
		const { core, database, engines } = this.#deps;
		try {
			await core.alone(async () => {
				await engines.beginDeletion();
				this.#isDeleting = true;
				await database.close();
			});
			return receipt;
		} catch (error) {
			return this.#isDeleting ? receipt : { ...receipt, code: 'storage_failed', message: notNoted(error) };
		}
	}

	async #switch(receipt: Receipt): Promise<Receipt> {
		const { core, database, engine, engines, clock } = this.#deps;
		const copying = new AbortController();
		this.#copying.add(copying);
		const nothing = { done: 0, total: 0 };
		const tell = (phase: Copying['phase'], counted = nothing) => {
			for (const listener of this.#listeners) listener({ phase, to: other(engine), ...counted });
		};
		const onProgress = (counted: CopyProgress) => tell('copying', counted);
		tell('loading');
		const outcome = await core
			.alone(async (): Promise<Result<void, Failure>> => {
				const { switchEngine } = await import('#app/copy-mirror.ts');
				const options = { database, engines, clock, signal: copying.signal, onProgress };
				const switched = await switchEngine(other(engine), options);
				// Before the next command has its turn: it belongs to the other engine.
				if (switched.ok) await database.close();
				this.#hasMoved = switched.ok;
				return switched;
			})
			.finally(() => {
				this.#copying.delete(copying);
				tell('over');
			});
		if (outcome.ok) return receipt;
		return { ...receipt, code: codeOf(outcome.error), message: outcome.error.message };
	}
}

/** What is not noted is not begun: a deletion that stops in the middle would leave half a mirror. */
function notNoted(error: unknown): string {
	return `This browser did not keep the note that everything is to be deleted (${whyOf(error)}). Nothing was deleted. Try again; if it stays so, restart the browser.`;
}

function codeOf({ code }: Failure): Receipt['code'] {
	switch (code) {
		case 'cancelled':
			return 'cancelled';
		case 'full':
			return 'storage_full';
		default:
			return 'failed';
	}
}
