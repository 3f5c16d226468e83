import type { Receipt } from '#domain/receipt.ts';
import { createWorld, type TestMirror } from './mirror.ts';

/** What a person did: the same for every engine, because it is drawn from a seed and from what was done before. */
export class Life {
	readonly #mirror: TestMirror;
	readonly #draw: (below: number) => number;
	readonly receipts: Receipt[] = [];
	readonly #written: string[] = [];
	readonly #trashed: string[] = [];
	readonly #identities: (string | null)[] = [null];
	readonly #runs: string[] = [];

	constructor(mirror: TestMirror, seed: number) {
		this.#mirror = mirror;
		const { random } = createWorld(seed);
		this.#draw = (below) => new DataView(random(4).buffer).getUint32(0) % below;
	}

	async step(): Promise<void> {
		const mirror = this.#mirror;
		mirror.world.now += this.#draw(5000);
		const id = mirror.id();
		switch (this.#draw(20)) {
			case 0:
				await this.#do('identity.create', { id, name: this.#words(2) }, () => this.#identities.push(id));
				return;
			case 1:
				return this.#do('identity.edit', { id: this.#one(this.#identities) ?? id, name: this.#words(1) });
			case 2:
			case 3:
				return this.#do('reflection.trash', { id: this.#one(this.#written) }, (receipt) =>
					this.#move(String(receipt.result?.['id']), this.#written, this.#trashed)
				);
			case 4:
				return this.#do('reflection.restore', { id: this.#one(this.#trashed) }, (receipt) =>
					this.#move(String(receipt.result?.['id']), this.#trashed, this.#written)
				);
			case 5: {
				const ids = [this.#one(this.#trashed)];
				return this.#do('reflection.purge', { ids }, () => this.#move(ids[0] ?? '', this.#trashed, []));
			}
			case 6:
			case 7: {
				const engine_run_id = mirror.id();
				const reflection_id = this.#one(this.#written);
				return this.#do('mirrorback.create', { id, reflection_id, engine_run_id }, () =>
					this.#runs.push(engine_run_id)
				);
			}
			case 8:
				return this.#do('feedback.give', {
					...{ id, engine_run_id: this.#one(this.#runs), rating: 1 + this.#draw(6) },
					notes: this.#draw(2) === 0 ? this.#words(4) : null
				});
			case 9:
				return this.#do('settings.change', { key: 'crisis_card', value: this.#words(3) });
			case 10:
				return this.#do('ledger.archive', { kept: 60, together: 40 });
			case 11:
			case 12:
			case 13:
			case 14:
				return this.#do('reflection.edit', {
					...{ id: this.#one(this.#written), ...this.#content() },
					pinned: this.#draw(3) === 0
				});
			default:
				return this.#do(
					'reflection.create',
					{ id, identity_id: this.#one(this.#identities), ...this.#content() },
					() => this.#written.push(id)
				);
		}
	}

	async #do(kind: string, data: object, then: (receipt: Receipt) => void = () => undefined): Promise<void> {
		const receipt = await this.#mirror.core.dispatch({ id: this.#mirror.id(), kind, data });
		this.receipts.push(receipt);
		if (receipt.code === 'accepted') then(receipt);
	}

	#content(): object {
		const created_at = new Date(this.#mirror.world.now).toISOString();
		return {
			content: `${this.#words(12)} 🌿 #${this.#words(1)}`,
			title: this.#draw(2) === 0 ? this.#words(3) : null,
			tags: Array.from({ length: this.#draw(3) }, () => this.#words(1)),
			created_at,
			local_date: created_at.slice(0, 10)
		};
	}

	#words(count: number): string {
		const all = [
			'Tee',
			'café',
			'東京',
			'ночь',
			'sleep',
			'sleepless',
			'naïve',
			'work',
			'Straße',
			'well-known'
		];
		return Array.from({ length: count }, () => this.#one(all)).join(' ');
	}

	/** One of them; where there is none, or one time in thirty, one that is not there. */
	#one<T>(of: readonly T[]): T | string {
		if (of.length === 0 || this.#draw(30) === 0) return '019ac000-0000-7000-8000-00000000dead';
		return of[this.#draw(of.length)] ?? '';
	}

	#move(id: string, from: string[], to: string[]): void {
		from.splice(from.indexOf(id), 1);
		to.push(id);
	}
}
