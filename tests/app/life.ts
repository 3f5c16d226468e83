import type { Receipt } from '#domain/receipt.ts';
import { createWorld, type TestMirror } from './mirror.ts';

/** What a person did: the same for every engine, because it is drawn from a seed and from what was done before. */
export class Life {
	readonly #mirror: TestMirror;
	readonly #draw: (below: number) => number;
	readonly receipts: Receipt[] = [];
	/** What each of them was asked to do. */
	readonly kinds: string[] = [];
	readonly #written: string[] = [];
	readonly #trashed: string[] = [];
	readonly #identities: (string | null)[] = [null];
	readonly #runs: string[] = [];
	readonly #threads: string[] = [];
	readonly #proposals: string[] = [];
	readonly #tensions: string[] = [];
	readonly #integrations: string[] = [];

	constructor(mirror: TestMirror, seed: number) {
		this.#mirror = mirror;
		const { random } = createWorld(seed);
		this.#draw = (below) => new DataView(random(4).buffer).getUint32(0) % below;
	}

	async step(): Promise<void> {
		const mirror = this.#mirror;
		mirror.world.now += this.#draw(5000);
		const id = mirror.id();
		switch (this.#draw(39)) {
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
			case 15:
			case 16:
			case 17:
				return this.#thread(id);
			case 18:
			case 19:
			case 20:
				return this.#tension(id);
			case 21:
				return this.#axis(id);
			case 22:
				return this.#integration(id);
			case 24:
				return this.#do('reflection.share', {
					...{ ids: [this.#one(this.#written)], visibility: this.#one(['local_only', 'sync_summary']) }
				});
			case 25:
				return this.#do('engine_run.share', { id: this.#one(this.#runs), sync_allowed: this.#draw(2) === 0 });
			case 23:
				return this.#do('identity.delete', {
					id: this.#draw(4) === 0 ? this.#one(this.#identities) : id,
					what: this.#draw(2) === 0 ? 'all' : 'anonymous'
				});
			case 27:
				return this.#proposal(id);
			case 28:
				return this.#do('settings.change', { key: 'telemetry_sync_allowed', value: this.#draw(2) === 0 });
			case 26:
				return this.#do('sharing.withdraw', {
					lane: this.#one(['summary', 'devices', 'public', 'commons'])
				});
			default:
				return this.#do(
					'reflection.create',
					{ id, identity_id: this.#one(this.#identities), ...this.#content() },
					() => this.#written.push(id)
				);
		}
	}

	async #proposal(id: string): Promise<void> {
		const proposal = this.#one(this.#proposals);
		switch (this.#draw(5)) {
			case 0:
				return this.#do('proposal.test', { id: proposal });
			case 1:
				return this.#do('proposal.move', { id: proposal, status: this.#one(['draft', 'review', 'voting']) });
			case 2:
				return this.#do('proposal.publish', { id: proposal, is_public: this.#draw(2) === 0 });
			case 3:
				return this.#do('proposal.vote', {
					...{ id: proposal, identity_id: this.#one(this.#identities), choice: 'approve' }
				});
			default:
				return this.#do(
					'proposal.create',
					{
						...{ id, proposal_type: 'prompt_adjustment', title: this.#words(2), description: this.#words(5) },
						...{ changes: { lines: this.#draw(3) }, evidence: null }
					},
					() => this.#proposals.push(id)
				);
		}
	}

	async #thread(id: string): Promise<void> {
		const thread = this.#one(this.#threads);
		const some = () => [
			...new Set(Array.from({ length: 1 + this.#draw(4) }, () => this.#one(this.#written)))
		];
		switch (this.#draw(7)) {
			case 0:
				return this.#do('thread.add', { id: thread, reflection_ids: some() });
			case 1:
				return this.#do('thread.remove', { id: thread, reflection_ids: some() });
			case 2: {
				const { rows } = await this.#mirror.read('threads.reflections', { id: thread });
				const order = rows.map((row) => row.id).toReversed();
				return this.#do('thread.arrange', { id: thread, reflection_ids: order });
			}
			case 3:
				return this.#do('thread.edit', {
					...{ id: thread, title: this.#words(2) },
					status: this.#one(['active', 'paused', 'archived'])
				});
			case 4:
				return this.#do('thread.delete', { id: this.#draw(3) === 0 ? thread : id });
			default: {
				const identity_id = this.#one(this.#identities);
				return this.#do('thread.create', { id, identity_id, title: null, reflection_ids: some() }, () =>
					this.#threads.push(id)
				);
			}
		}
	}

	async #tension(id: string): Promise<void> {
		const tension = this.#one(this.#tensions);
		const part = () => this.#draw(21) / 10 - 1;
		switch (this.#draw(7)) {
			case 0:
			case 1:
				return this.#do('tension.place', { id: tension, position: part(), intensity: this.#draw(11) / 10 });
			case 2:
				return this.#do('tension.edit', { id: tension, name: this.#words(2), notes: this.#words(3) });
			case 3:
				return this.#do('tension.merge', { id: tension, other_id: this.#one(this.#tensions) });
			case 4:
				return this.#do('tension.delete', { id: this.#draw(3) === 0 ? tension : id });
			default:
				return this.#do(
					'tension.create',
					{
						...{ id, identity_id: this.#one(this.#identities), name: this.#words(2) },
						...{
							axis_a: this.#words(1),
							axis_b: this.#words(1),
							position: this.#draw(2) === 0 ? null : part()
						}
					},
					() => this.#tensions.push(id)
				);
		}
	}

	async #axis(id: string): Promise<void> {
		const { rows } = await this.#mirror.read('axes.list', {});
		const axis = this.#one(rows.map((row) => row.id));
		if (this.#draw(3) === 0) return this.#do('axis.delete', { id: axis });
		if (this.#draw(2) === 0)
			return this.#do('axis.edit', { id: axis, name: this.#words(1), category: 'temporal' });
		return this.#do('axis.create', { id, identity_id: this.#one(this.#identities), name: this.#words(2) });
	}

	async #integration(id: string): Promise<void> {
		const integration = this.#one(this.#integrations);
		if (this.#draw(4) === 0) return this.#do('integration.delete', { id: integration });
		if (this.#draw(3) === 0) return this.#do('integration.edit', { id: integration, status: 'error' });
		const config = { provider: this.#words(1), api_key: this.#words(1) };
		const identity_id = this.#one(this.#identities);
		return this.#do('integration.create', { id, identity_id, integration_type: 'notes', config }, () =>
			this.#integrations.push(id)
		);
	}

	async #do(kind: string, data: object, then: (receipt: Receipt) => void = () => undefined): Promise<void> {
		const receipt = await this.#mirror.core.dispatch({ id: this.#mirror.id(), kind, data });
		this.receipts.push(receipt);
		this.kinds.push(kind);
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
