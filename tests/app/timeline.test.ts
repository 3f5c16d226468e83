import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { localDay } from '#base/clock.ts';
import type { LedgerFilter, LedgerItem } from '#domain/ledger.ts';
import { ledgerNumbers, type CountedEntry } from '#kernel/statistics.ts';
import { Life } from './life.ts';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const hour = 60 * 60 * 1000;

/** A mirror in which much was done and refused, over two kernels and some days. */
async function lived(): Promise<World> {
	const world = createWorld(11);
	for (const seed of [11, 12]) {
		const mirror = await TestMirror.open(world);
		const life = new Life(mirror, seed);
		for (let step = 0; step < 45; step++) {
			await life.step();
			world.now += 2 * hour;
		}
		await mirror.core.close();
		if (seed === 11) await asOtherVersion(world);
	}
	return world;
}

/** All that fits, newest first, page by page. */
async function listed(mirror: TestMirror, where: LedgerFilter, limit = 7) {
	const rows: LedgerItem[] = [];
	for (;;) {
		const page = await mirror.read('ledger.list', { before: rows.at(-1)?.position ?? null, limit, where });
		rows.push(...page.rows);
		if (page.rows.length < limit) return { rows, total: page.total };
	}
}

function isAsked({ decision, actor, tool_name, kernel_id, ts_ms }: LedgerItem, asked: LedgerFilter): boolean {
	if (asked.decision === 'refused' ? decision === 'ALLOW' : decision !== (asked.decision ?? decision))
		return false;
	if (actor !== (asked.actor ?? actor) || tool_name !== (asked.tool ?? tool_name)) return false;
	if (kernel_id !== (asked.kernel_id ?? kernel_id)) return false;
	return ts_ms >= (asked.from_ms ?? 0) && ts_ms < (asked.until_ms ?? Infinity);
}

/** One filter of each sort, and some together. */
function filtersOver(all: readonly LedgerItem[]): LedgerFilter[] {
	const middle = all[Math.floor(all.length / 2)];
	const kernel_id = all.at(-1)?.kernel_id ?? '';
	const times = { from_ms: (middle?.ts_ms ?? 0) - 30 * hour, until_ms: middle?.ts_ms ?? 0 };
	return [
		...(['ALLOW', 'DENY', 'HALT', 'refused'] as const).map((decision) => ({ decision })),
		...['owner', 'system', 'own', 'nobody" or "owner'].map((actor) => ({ actor })),
		...['reflection.create', 'reflection', 'REFLECTION.CREATE', '%'].map((tool) => ({ tool })),
		{ kernel_id },
		times,
		{ from_ms: times.from_ms },
		{ decision: 'refused', ...times },
		{ actor: 'owner', decision: 'ALLOW', kernel_id, tool: 'reflection.create' }
	];
}

describe('the timeline', () => {
	test('lists just what fits a filter, packed or not, newest first', async () => {
		const world = await lived();
		const mirror = await TestMirror.open(world);
		for (const round of ['rows', 'some packed', 'most packed']) {
			if (round !== 'rows')
				await mirror.dispatch('ledger.archive', { kept: 3, together: round === 'some packed' ? 30 : 20 });
			const all = await listed(mirror, {}, 500);
			expect(all.total).toBe(all.rows.length);
			for (const where of filtersOver(all.rows)) {
				const expected = all.rows.filter((item) => isAsked(item, where));
				const what = `${round}: ${JSON.stringify(where)}`;
				expect(await listed(mirror, where), what).toEqual({ rows: expected, total: expected.length });
			}
			expect(
				filtersOver(all.rows).filter((where) => all.rows.some((item) => isAsked(item, where)))
			).toHaveLength(11);
		}
	});

	test('counts by decision, actor, tool and day, packed or not', async () => {
		const world = await lived();
		const mirror = await TestMirror.open(world);
		for (const pack of [false, true]) {
			if (pack) await mirror.dispatch('ledger.archive', { kept: 3, together: 50 });
			const { rows: all } = await listed(mirror, {}, 500);
			for (const where of [{}, { decision: 'refused' }, { actor: 'owner' }] as const) {
				const fitting = all.filter((item) => isAsked(item, where));
				const [found] = (await mirror.read('ledger.statistics', { where })).rows;
				const sum = (counts: readonly { readonly entries: number }[] = []) =>
					counts.reduce((total, { entries }) => total + entries, 0);
				const done = fitting.filter(({ decision }) => decision === 'ALLOW');
				expect(found).toMatchObject({
					total_entries: fitting.length,
					decisions: { ALLOW: done.length, DENY: fitting.length - done.length, HALT: 0 },
					tool_executions: { total: done.length }
				});
				expect([sum(found?.by_actor), sum(found?.by_day), sum(found?.by_tool)]).toEqual([
					...[fitting.length, fitting.length],
					done.length
				]);
				expect(found?.by_day.map(({ name }) => name)).toEqual(
					[...new Set(fitting.map(({ ts_ms }) => localDay(ts_ms)))].sort()
				);
			}
		}
	});

	test('finds all others where one entry is damaged', async () => {
		const world = createWorld();
		const first = await TestMirror.open(world);
		await first.write('One.');
		await first.write('Two.');
		await first.core.close();
		const database = await databaseOf(world);
		await database.transaction((tx) => tx.script(`UPDATE ledger SET fields = 'x' WHERE position = 5`));
		await database.close();
		const mirror = await TestMirror.open(world);
		const { rows } = await listed(mirror, { tool: 'reflection.create', from_ms: 1 });
		expect(rows.map(({ position }) => position)).toEqual([6]);
		expect((await mirror.read('ledger.statistics', {})).rows[0]?.total_entries).toBe(6);
	});
});

describe('the numbers of a ledger', () => {
	const vectors = new URL('../vectors/kernels/', import.meta.url);
	const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, vectors), 'utf8')) as unknown;
	const { bundles } = readJson('index.json') as {
		bundles: { file: string; expect: { cli_verify?: { stats: object } } }[];
	};

	test('are those of the reference', () => {
		const known = bundles.filter(({ expect: { cli_verify } }) => cli_verify !== undefined);
		expect(known).not.toEqual([]);
		for (const { file, expect: expected } of known) {
			const { entries } = readJson(file) as { entries: CountedEntry[] };
			expect(ledgerNumbers(entries)).toEqual(expected.cli_verify?.stats);
		}
	});

	const entry: CountedEntry = {
		...{ decision: 'ALLOW', tool_name: 'echo', permit_verification: null },
		...{ permit_nonce: null, permit_max_executions: null }
	};
	const permitted = { ...entry, permit_verification: 'ALLOW', permit_nonce: 'n', permit_max_executions: 2 };

	test('count permits, tools that ran without one, and uses beyond one', () => {
		const denied = { ...entry, decision: 'DENY' as const, tool_name: null, permit_verification: 'DENY' };
		const many = [entry, permitted, permitted, permitted, { ...permitted, permit_nonce: 'm' }, denied];
		expect(ledgerNumbers(many).permit_verification).toEqual({
			...{ verified: 4, denied: 1, missing: 1, replay_detected: 1 }
		});
		expect(ledgerNumbers([entry]).permit_verification.missing).toBe(0);
	});
});
