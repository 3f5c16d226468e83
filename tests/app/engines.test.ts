import { describe, expect, test } from 'vitest';
import type { Receipt } from '#domain/receipt.ts';
import type { Dialect, Row } from '#storage/database.ts';
import { createWorld, databaseOf, TestMirror, type World } from './mirror.ts';
import { queries, sample } from './multilingual.ts';

const engines: readonly Dialect[] = ['sqlite', 'postgres'];

/** What a person did: the same for every engine, because it is drawn from a seed and from what was done before. */
class Life {
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

/** Every table of a mirror, with what tells its rows apart. Not what each engine numbers by itself. */
const tables: Readonly<Record<string, string>> = {
	...{ identities: 'id', reflections: 'id', mirrorbacks: 'id', threads: 'id', tensions: 'id', axes: 'id' },
	...{ engine_runs: 'id', engine_feedback: 'id', trash: 'id', settings: 'key', ledger: 'position' },
	...{ reflection_versions: 'reflection_id, version', reflection_tags: 'reflection_id, tag' },
	...{ kernels: 'kernel_id', commit_salts: 'request_id, ordinal', receipts: 'request_id' },
	...{ archives: 'first_position', archive_files: 'first_seq', erasures: 'request_id' }
};

async function rowsOf(world: World): Promise<Record<string, readonly Row[]>> {
	const database = await databaseOf(world);
	const found: Record<string, readonly Row[]> = {};
	for (const [table, key] of Object.entries(tables))
		found[table] = await database.query(`SELECT * FROM ${table} ORDER BY ${key}`);
	found['reflection_index'] = await database.query(
		'SELECT reflection_id, local_date, month_day, pinned FROM reflection_index ORDER BY reflection_id'
	);
	await database.close();
	return found;
}

async function live(engine: Dialect, seed: number, steps: number) {
	const world = createWorld(seed, engine);
	const mirror = await TestMirror.open(world);
	const life = new Life(mirror, seed + 1);
	for (let step = 0; step < steps; step++) await life.step();
	const heads = (await mirror.read('ledger.head', {})).rows;
	const [verified] = (await mirror.read('ledger.verify', {})).rows;
	await mirror.core.close();
	return { receipts: life.receipts, heads, verified, rows: await rowsOf(world) };
}

describe('on both engines', () => {
	test('1,000 random commands come to the same rows and the same root', async () => {
		const [first, second] = [await live('sqlite', 7, 1000), await live('postgres', 7, 1000)];
		expect(first.verified).toMatchObject({ is_valid: true, errors: [] });
		expect(first.rows['archives']?.length).toBeGreaterThan(5);
		expect(first.rows['reflections']?.length).toBeGreaterThan(100);
		expect(first.receipts.filter(({ code }) => code !== 'accepted').length).toBeGreaterThan(20);
		expect(second.heads).toEqual(first.heads);
		expect(second).toEqual(first);
	}, 180_000);

	test('what one exports the other imports, and exports again', async () => {
		for (const [from, to] of [engines, engines.toReversed()] as const) {
			const source = await TestMirror.open(createWorld(3, from));
			const life = new Life(source, 4);
			for (let step = 0; step < 80; step++) await life.step();
			const bundle = await source.export({ versions: true });
			await source.core.close();
			const target = await TestMirror.open(createWorld(5, to));
			expect((await target.import(bundle)).code).toBe('accepted');
			const again = await target.export({ versions: true });
			await target.core.close();
			const third = await TestMirror.open(createWorld(6, from));
			await third.import(again);
			const [there, back] = [await rowsOf(source.world), await rowsOf(third.world)];
			for (const table of [
				'reflections',
				'mirrorbacks',
				'engine_runs',
				'engine_feedback',
				'reflection_versions'
			])
				expect(back[table]).toEqual(there[table]);
			await third.core.close();
		}
	}, 120_000);

	test('a search finds the same', async () => {
		const answers: unknown[] = [];
		for (const engine of engines) {
			const mirror = await TestMirror.open(createWorld(9, engine));
			await mirror.dispatch('identity.create', { id: mirror.id(), name: 'Night self' });
			const identities = (await mirror.read('identities.list', {})).rows;
			for (const [at, { content, title, tags }] of sample.entries()) {
				mirror.world.now += 86_400_000;
				const identity_id = identities[at % 3]?.id ?? null;
				await mirror.write(content, { title: title ?? null, tags: [...(tags ?? [])], identity_id });
			}
			const found: Record<string, unknown> = {};
			for (const query of queries) {
				const { rows, total } = await mirror.read('reflections.search', { query, limit: 200 });
				found[query] = { total, rows };
			}
			await mirror.core.close();
			answers.push(found);
		}
		const [first, second] = answers as [Record<string, { total: number }>, unknown];
		expect(second).toEqual(first);
		expect(queries.filter((query) => first[query]?.total === 0).length).toBeLessThan(8);
	}, 60_000);
});
