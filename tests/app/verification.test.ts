import { describe, expect, test } from 'vitest';
import type { LedgerVerification } from '#domain/ledger.ts';
import type { Transaction } from '#storage/database.ts';
import { Life } from './life.ts';
import { createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };
/** More slices than any mirror here takes, however often it begins anew. */
const most = 3000;

/** Verifies slice by slice, with something else done after each. */
async function inSlices(
	mirror: TestMirror,
	between: (slice: number) => Promise<unknown> = () => Promise.resolve(),
	run = 'a run'
): Promise<LedgerVerification & { readonly slices: number; readonly told: readonly number[] }> {
	const told: number[] = [];
	for (let slices = 1; slices < most; slices++) {
		const [step] = (await mirror.read('ledger.verifying', { run })).rows;
		if (step === undefined) throw new Error('it was stopped');
		expect(step.done).toBeLessThanOrEqual(step.of);
		told.push(step.done);
		if (step.found !== null) return { ...step.found, slices, told };
		await between(slices);
	}
	throw new Error('it never ends');
}

async function atOnce(mirror: TestMirror) {
	return (await mirror.read('ledger.verify', {})).rows[0];
}

async function tamper(world: World, how: string | ((tx: Transaction) => Promise<void>)): Promise<void> {
	const database = await databaseOf(world);
	await database.transaction((tx) => (typeof how === 'string' ? tx.script(how) : how(tx)));
	await database.close();
}

/** A mirror in which much was done. */
async function lived(seed: number, steps = 120) {
	const world = createWorld(seed);
	const mirror = await TestMirror.open(world);
	const life = new Life(mirror, seed);
	for (let step = 0; step < steps; step++) await life.step();
	return { world, mirror, life };
}

describe('a verification in slices', () => {
	test('finds nothing where nothing is wrong, and says how far it is', async () => {
		const { mirror } = await lived(1);
		const { slices, told, ...found } = await inSlices(mirror);
		expect(found).toEqual(await atOnce(mirror));
		expect(found).toMatchObject({ is_valid: true, errors: [] });
		expect(slices).toBeGreaterThan(10);
		expect(told.toSorted((a, b) => a - b)).toEqual(told);
		expect(told.at(-1)).toBe(found.entries_verified);
	});

	test.each([2, 3, 4, 5])('takes nothing for wrong that is done in between, life %i', async (seed) => {
		const { mirror, life } = await lived(seed, 60);
		const before = (await atOnce(mirror))?.entries_verified ?? 0;
		// Not so fast that more is packed than is verified: then it would begin anew for ever.
		const { errors, entries_verified } = await inSlices(mirror, () => life.step());
		expect(errors).toEqual([]);
		expect(entries_verified).toBeGreaterThanOrEqual(before);
		expect(await atOnce(mirror)).toMatchObject({ is_valid: true });
	});

	test('takes a row for right that is changed after it was met, or comes after all others were', async () => {
		const mirror = await TestMirror.open();
		const ids = [await mirror.write('The first.'), await mirror.write('The second.')];
		const { errors } = await inSlices(mirror, async (slice) => {
			await mirror.dispatch('reflection.edit', { id: ids[0] ?? '', content: `Changed in ${slice}.`, ...day });
			await mirror.dispatch('settings.change', { key: 'last_export_position', value: slice });
			if (slice % 5 === 0) await mirror.dispatch('reflection.trash', { id: ids.pop() ?? 'nowhere' });
			if (slice % 3 === 0) ids.push(await mirror.write(`New in ${slice}.`));
		});
		expect(errors).toEqual([]);
	});

	test.each([
		['a content', `UPDATE reflections SET content = 'Forged' WHERE id = (SELECT min(id) FROM reflections)`],
		['a setting', `UPDATE settings SET value = 'false' WHERE key = 'telemetry_sync_allowed'`],
		['a commit', `UPDATE commit_salts SET hash = 'ff' WHERE entity = 'settings'`],
		['an entry', `UPDATE ledger SET fields = replace(fields, 'Save', 'Gave') WHERE position = 5`],
		['a row that is gone', `DELETE FROM settings WHERE key = 'telemetry_sync_allowed'`],
		['the last entry', `DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger)`],
		['a head', `UPDATE kernels SET next_seq = next_seq + 1`]
	])('finds %s that was changed directly before', async (_what, sql) => {
		const world = createWorld();
		const first = await TestMirror.open(world);
		for (const text of ['One.', 'Two.', 'Three.']) await first.write(text);
		await first.dispatch('settings.change', { key: 'telemetry_sync_allowed', value: true });
		await first.core.close();
		await tamper(world, sql);
		const mirror = await TestMirror.open(world);
		const expected = await atOnce(mirror);
		expect(expected?.is_valid).toBe(false);
		const { errors } = await inSlices(mirror);
		expect(errors).toEqual(expected?.errors);
	});

	test('finds what was changed directly, whatever is written meanwhile', async () => {
		const world = createWorld();
		const first = await TestMirror.open(world);
		const forged = await first.write('Mine.');
		await first.core.close();
		await tamper(world, `UPDATE reflections SET content = 'Not mine.'`);
		const mirror = await TestMirror.open(world);
		const { errors } = await inSlices(mirror, (slice) => mirror.write(`Meanwhile ${slice}.`));
		expect(errors).toEqual([`reflections ${forged}: this is not what was written`]);
	});

	test('begins anew where entries were packed or the schema was changed in between', async () => {
		const mirror = await TestMirror.open();
		for (let at = 0; at < 9; at++) await mirror.write(`Entry ${at}.`);
		const { errors, told } = await inSlices(mirror, async (slice) => {
			if (slice === 3) await mirror.dispatch('ledger.archive', { kept: 2, together: 6 });
			if (slice === 8) await mirror.dispatch('schema.rollback', { to: '1.2.0' });
			if (slice === 12) await mirror.dispatch('schema.release', {});
		});
		expect(errors).toEqual([]);
		// The first slice of each new beginning is the archive of the first kernel.
		expect(told.filter((done) => done === 4).length).toBeGreaterThanOrEqual(3);
	});

	test('is over when it is stopped, and begins anew when nobody asked for a minute', async () => {
		const { mirror } = await lived(6, 20);
		const next = async (then: 'go on' | 'stop' = 'go on') =>
			(await mirror.read('ledger.verifying', { run: 'mine', then })).rows[0];
		const first = await next();
		expect(await next('stop')).toBe(undefined);
		const stepsTo = async () => {
			let steps = 1;
			while ((await next())?.found === null) steps++;
			return steps;
		};
		expect(first?.found).toBe(null);
		const all = await stepsTo();
		await next();
		mirror.world.now += 61_000;
		expect(await stepsTo()).toBe(all);
	});

	test('is one for each that asks', async () => {
		const { mirror } = await lived(7, 20);
		const other: (LedgerVerification | null | undefined)[] = [];
		const { errors } = await inSlices(mirror, async () => {
			other.push((await mirror.read('ledger.verifying', { run: 'another' })).rows[0]?.found);
		});
		expect(errors).toEqual([]);
		expect(other.every((found) => found === null)).toBe(true);
	});
});

test('what the reference would say stands beside it: it takes a good entry with a permit for an altered one', async () => {
	const mirror = await TestMirror.open();
	const valid_until = '2026-11-21T22:00:00.000Z';
	const given = { label: 'My sister', max_executions: 1, valid_until };
	await mirror.dispatch('permit.issue', { ...given, tool: 'tensions.list' });
	expect((await atOnce(mirror))?.as_reference).toEqual({ is_valid: true, errors: [] });
	const [permit] = (await mirror.read('permits.list', {})).rows;
	const constraints = { scope: 'the list', non_goals: 'no advice', success_criteria: ['it was read'] };
	const asked = { id: mirror.id(), kind: 'tensions.list', data: {}, constraints };
	const { receipt } = await mirror.core.byPermit(permit?.token, asked);
	expect(receipt.code).toBe('accepted');
	const found = await atOnce(mirror);
	expect(found).toMatchObject({ is_valid: true, errors: [], as_reference: { is_valid: false } });
	expect(found?.as_reference.errors).toEqual([
		expect.stringMatching(/^kernel-\d+: Entry 1: entry_hash mismatch\. Computed /)
	]);
	await mirror.core.close();
});
