import { describe, expect, test } from 'vitest';
import { driftLight } from '#domain/engine-run.ts';
import { driftOf } from '#mirror/drift.ts';
import type { Output } from '#records/drift.ts';
import { TestMirror } from './mirror.ts';

function outputs(count: number, each: (at: number) => Partial<Output> = () => ({})): Output[] {
	return Array.from({ length: count }, (_, at) => ({
		timestamp: new Date(Date.UTC(2026, 0, 31) - at * 3_600_000).toISOString(),
		...{ isRefused: false, directive: 0, rating: null, flags: [] },
		...each(at)
	}));
}

describe('the light of a drift (C2: violations of 1,000 outputs)', () => {
	test.each([
		[0, 1000, 'green'],
		[9, 1000, 'green'],
		[10, 1000, 'yellow'],
		[49, 1000, 'yellow'],
		[50, 1000, 'red'],
		[1, 20, 'red'],
		[0, 1, 'green'],
		[0, 0, null]
	])('%i of %i: %s', (violations, of, light) => {
		expect(driftLight(violations, of)).toBe(light);
	});

	test('a violation is what the rules refused, what was directive, and what the person called so, each run once', () => {
		const some: Partial<Output>[] = [
			{ isRefused: true, directive: null },
			{ directive: 0.15 },
			{ directive: 0.149 },
			{ directive: 0.2, flags: ['too_directive', 'felt_judged'] },
			{ flags: ['felt_judged'] },
			{ flags: ['too_long'] },
			{ directive: null }
		];
		const drift = driftOf(outputs(some.length, (at) => some[at] ?? {}));
		expect(drift).toMatchObject({ outputs: 7, violations: 4, light: 'red' });
	});
});

describe('the last ten answers beside the ten before them', () => {
	const byTen = (measure: 'directive' | 'rating', now: number, before: number) =>
		driftOf(outputs(20, (at) => ({ [measure]: at < 10 ? now : before }))).regressions;

	test('a share of directive words that grew by .05 is a regression, and by less it is none', () => {
		expect(byTen('directive', 0.07, 0.02)).toMatchObject([{ measure: 'directive' }]);
		expect(byTen('directive', 0.069, 0.02)).toEqual([]);
		expect(byTen('directive', 0.02, 0.07)).toEqual([]);
	});

	test('ratings that fell by a tenth are a regression, and by less they are none', () => {
		expect(byTen('rating', 4, 5)).toMatchObject([{ measure: 'recognition' }]);
		expect(byTen('rating', 4, 4)).toEqual([]);
		expect(byTen('rating', 5, 4)).toEqual([]);
	});

	test('nineteen answers are too few to compare', () => {
		const growing = (count: number) => driftOf(outputs(count, (at) => ({ directive: at < 10 ? 0.1 : 0 })));
		expect(growing(19)).toMatchObject({ is_compared: false, regressions: [] });
		expect(growing(20)).toMatchObject({ is_compared: true, regressions: [{ measure: 'directive' }] });
	});
});

test('what got worse becomes a signed event at an idle moment, once for each ten answers', async () => {
	const mirror = await TestMirror.open();
	const asked = async () => {
		const [reflection_id, engine_run_id] = [
			await mirror.write('I want to go to the lake, but I feel I must stay with my mother.'),
			mirror.id()
		];
		const request = { id: mirror.id(), reflection_id, engine_run_id };
		expect((await mirror.dispatch('mirrorback.create', request)).result).toMatchObject({
			kind: 'mirrorback'
		});
		return engine_run_id;
	};
	const told = async () => {
		await mirror.core.tidy();
		const { rows } = await mirror.read('evolution.events', { limit: 200 });
		return rows.filter(({ event_type }) => event_type === 'regression');
	};
	const runs: string[] = [];
	for (let at = 0; at < 9; at++) runs.push(await asked());
	const flag = { engine_run_id: runs[0] ?? '', flags: ['too_directive' as const] };
	await mirror.dispatch('feedback.give', { id: mirror.id(), ...flag });
	expect((await mirror.read('engine_runs.drift', {})).rows).toMatchObject([
		{ outputs: 9, violations: 1, light: 'red', since: null }
	]);
	expect(await told()).toEqual([]);
	await asked();
	expect(await told()).toMatchObject([
		{ event_data: { measure: 'violations' }, authenticity: 'valid', sync_allowed: false }
	]);
	expect(await told()).toHaveLength(1);
	for (let at = 0; at < 10; at++) await asked();
	expect(await told()).toHaveLength(2);
	expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true });
});
