import { describe, expect, test } from 'vitest';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { utf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { ok } from '#base/result.ts';
import { checkpointText, readCheckpoint } from '#domain/checkpoint.ts';
import type { LedgerCheckpoint } from '#domain/ledger.ts';
import { genesis, hashInput } from '#kernel/ledger.ts';
import { treeHashes, treeOver } from '#kernel/merkle.ts';
import { entryColumns, placed } from '#records/ledger-entry.ts';
import type { Transaction } from '#storage/database.ts';
import { sql } from '../storage/sql.ts';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const hashes = treeHashes(sha256Hex);
const empty = { ...{ size: 3, root: 'a'.repeat(64) }, time: '2026-01-01T12:00:00.000Z' };

async function noted(mirror: TestMirror): Promise<LedgerCheckpoint> {
	const [found] = (await mirror.read('ledger.checkpoint', {})).rows;
	if (found === undefined) throw new Error('there is no checkpoint');
	return found;
}

const pin = (mirror: TestMirror, checkpoint: LedgerCheckpoint) =>
	mirror.dispatch('checkpoint.pin', { id: mirror.id(), ...checkpoint });

async function verified(mirror: TestMirror) {
	const [found] = (await mirror.read('ledger.verify', {})).rows;
	if (found === undefined) throw new Error('nothing was verified');
	return found;
}

/** Changes the database behind the kernel's back. */
async function tamper(world: World, how: (tx: Transaction) => Promise<void>): Promise<void> {
	const database = await databaseOf(world);
	await database.transaction(how);
	await database.close();
}

/** Says something else in one entry, and hashes all that follow anew: chain, head and tree fit each other again. */
async function rehash(tx: Transaction, position: number): Promise<void> {
	const rows = await tx.query(`SELECT ${entryColumns} FROM ledger ORDER BY position`);
	const leaves: string[] = [];
	const last = new Map<string, string>();
	for (const found of rows.map(placed)) {
		const changed =
			found.position === position ? { ...found.entry, intent: 'Do something else' } : found.entry;
		const prev_hash = last.get(found.kernel_id) ?? genesis;
		const input = hashInput(prev_hash, changed);
		const entry_hash = sha256Hex(utf8(input));
		await tx.run('UPDATE ledger SET prev_hash = ?, entry_hash = ?, fields = ? WHERE position = ?', [
			...[prev_hash, entry_hash, input.slice(prev_hash.length + 1)],
			found.position
		]);
		last.set(found.kernel_id, entry_hash);
		leaves.push(hashes.entryLeaf(entry_hash));
	}
	for (const [kernel_id, hash] of last)
		await tx.run('UPDATE kernels SET last_hash = ?, tree = ? WHERE kernel_id = ?', [
			...[hash, JSON.stringify(treeOver(leaves, hashes).frontier)],
			kernel_id
		]);
}

/** Takes the last entry away, the change of a setting, with all that it wrote: head and tree fit what is left. */
async function cutLast(tx: Transaction): Promise<void> {
	const rows = await tx.query(`SELECT ${entryColumns} FROM ledger ORDER BY position`);
	const found = rows.map(placed);
	const [last, before] = [found.at(-1), found.at(-2)];
	if (last === undefined || before === undefined) throw new Error('there is nothing to cut');
	const leaves = found.slice(0, -1).map(({ entry }) => hashes.entryLeaf(entry.entry_hash));
	const { request_id } = last.entry;
	await tx.run('DELETE FROM settings WHERE key = ?', ['last_export_position']);
	await tx.run('DELETE FROM commit_salts WHERE request_id = ?', [request_id]);
	await tx.run('DELETE FROM receipts WHERE request_id = ?', [request_id]);
	await tx.run('DELETE FROM ledger WHERE position = ?', [last.position]);
	await tx.run(
		'UPDATE kernels SET next_seq = next_seq - 1, last_hash = ?, ts_ms = ?, tree = ? WHERE kernel_id = ?',
		[
			...[before.entry.entry_hash, before.entry.ts_ms],
			...[JSON.stringify(treeOver(leaves, hashes).frontier), last.kernel_id]
		]
	);
}

describe('a checkpoint as text', () => {
	const line = `mirror checkpoint size=3 root=${'a'.repeat(64)} time=2026-01-01T12:00:00.000Z`;

	test('is one line that reads back, with space around it or not', () => {
		expect(checkpointText(empty)).toBe(line);
		for (const text of [line, `  ${line}\n`]) expect(readCheckpoint(text)).toEqual(ok(empty));
	});

	test.each([
		['nothing', ''],
		['another size', line.replace('size=3', 'size=03')],
		['no size', line.replace('size=3', 'size=0')],
		['more digits than a number holds', line.replace('size=3', 'size=99999999999999999999')],
		['a root that lacks a digit', line.replace('a ', ' ')],
		['capital digits', line.replaceAll('a'.repeat(64), 'A'.repeat(64))],
		['a day that is none', line.replace('01-01T', '02-30T')],
		['something behind it', `${line} more`],
		['something before it', `a ${line}`],
		['two of them', `${line}\n${line}`],
		['another order', line.replace('size=3 ', '').replace('time=', 'size=3 time=')]
	])('is none with %s', (_what, text) => {
		expect(readCheckpoint(text)).toMatchObject({ ok: false, error: { code: 'not_a_checkpoint' } });
	});
});

describe('checkpoints', () => {
	test('are pinned, listed, unpinned, and taken back', async () => {
		const mirror = await TestMirror.open();
		const checkpoint = await noted(mirror);
		const { code, result } = await pin(mirror, checkpoint);
		expect(code).toBe('accepted');
		const list = async () => (await mirror.read('checkpoints.list', {})).rows;
		expect(await list()).toEqual([
			{ id: result?.['id'], ...checkpoint, pinned_at: expect.stringMatching(/Z$/) }
		]);
		expect((await pin(mirror, checkpoint)).code).toBe('already_exists');
		const id = String(result?.['id']);
		const unpinned = await mirror.dispatch('checkpoint.unpin', { id });
		expect(unpinned.code).toBe('accepted');
		expect(await list()).toEqual([]);
		expect((await mirror.dispatch('checkpoint.unpin', { id })).code).toBe('not_found');
		expect((await mirror.dispatch('change.undo', { request_id: unpinned.request_id })).code).toBe('accepted');
		expect(await list()).toHaveLength(1);
		expect(await verified(mirror)).toMatchObject({
			is_valid: true,
			errors: [],
			checkpoints: [{ id, fits: true }]
		});
	});

	test.each([
		['a size of nothing', { size: 0 }],
		['half an entry', { size: 1.5 }],
		['capital digits', { root: 'A'.repeat(64) }],
		['a short root', { root: 'a'.repeat(63) }],
		['a day alone', { time: '2026-11-21' }]
	])('with %s are no checkpoints', async (_what, wrong) => {
		const mirror = await TestMirror.open();
		expect((await pin(mirror, { ...empty, ...wrong })).code).toBe('invalid_data');
	});

	test('stay right while kernels are replaced and entries are packed', async () => {
		const world = createWorld();
		let mirror = await TestMirror.open(world);
		for (let round = 0; round < 3; round++) {
			await mirror.write(`Round ${round}.`);
			expect((await pin(mirror, await noted(mirror))).code).toBe('accepted');
			await mirror.core.close();
			await asOtherVersion(world);
			mirror = await TestMirror.open(world);
			const { result } = await mirror.dispatch('ledger.archive', { kept: 2, together: 3 });
			expect(result?.['entries']).toBe(3);
		}
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
		expect((await mirror.read('checkpoints.list', {})).rows).toHaveLength(3);
	});

	test('are the only ones to find a ledger that was hashed anew, and only those over what was changed', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const early = await noted(mirror);
		for (const text of ['One.', 'Two.', 'Three.']) await mirror.write(text);
		const late = await noted(mirror);
		await mirror.core.close();
		await tamper(world, (tx) => rehash(tx, early.size + 2));
		const after = await TestMirror.open(world);
		expect(await verified(after)).toMatchObject({ is_valid: true, errors: [] });
		for (const checkpoint of [early, late]) expect((await pin(after, checkpoint)).code).toBe('accepted');
		const { is_valid, errors, checkpoints } = await verified(after);
		expect({ is_valid, errors }).toEqual({
			is_valid: false,
			errors: [
				`Pinned checkpoint of ${late.time} over ${late.size} entries: the first ${late.size} entries of the ledger are not those that it was noted of`
			]
		});
		const pinned = (await after.read('checkpoints.list', {})).rows;
		expect(checkpoints).toEqual(pinned.map(({ id, size }) => ({ id, fits: size === early.size })));
	});

	test('that were pinned before find it as well', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		await mirror.write('One.');
		await pin(mirror, await noted(mirror));
		await mirror.write('Two.');
		await mirror.core.close();
		await tamper(world, (tx) => rehash(tx, 5));
		const { errors } = await verified(await TestMirror.open(world));
		expect(errors).toEqual([expect.stringMatching(/^Pinned checkpoint of .* over 5 entries: the first 5 /)]);
	});

	test('are the only ones to find that the end was cut off', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		await mirror.write('Before.');
		await mirror.dispatch('settings.change', { key: 'last_export_position', value: 1 });
		const { size, root, time } = await noted(mirror);
		await mirror.core.close();
		await tamper(world, cutLast);
		const cut = await TestMirror.open(world);
		expect(await noted(cut)).toMatchObject({ size: size - 1 });
		expect(await verified(cut)).toMatchObject({ is_valid: true, errors: [] });
		await pin(cut, { size: size + 5, root, time });
		expect((await verified(cut)).errors).toEqual([
			`Pinned checkpoint of ${time} over ${size + 5} entries: the ledger has only ${size} entries`
		]);
	});

	test('cannot be compared where entries are missing', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		await mirror.write('One.');
		await pin(mirror, await noted(mirror));
		await mirror.core.close();
		await tamper(world, (tx) => tx.script('DELETE FROM ledger WHERE position = 2'));
		const { errors, checkpoints } = await verified(await TestMirror.open(world));
		expect(errors.join('\n')).toContain('the tree that it is compared with is not whole');
		expect(checkpoints).toMatchObject([{ fits: false }]);
	});

	test('that were put in or taken away directly are found', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const { result } = await pin(mirror, await noted(mirror));
		await mirror.core.close();
		await tamper(world, (tx) => tx.script('DELETE FROM checkpoints'));
		expect((await verified(await TestMirror.open(world))).errors).toEqual([
			`checkpoints ${String(result?.['id'])}: this row was written and is gone`
		]);
	});

	test('leave the bundles of their mirror whole', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Something.');
		const { result } = await pin(mirror, await noted(mirror));
		await pin(mirror, await noted(mirror));
		await mirror.dispatch('checkpoint.unpin', { id: String(result?.['id']) });
		const found = verifyBundle(await mirror.export(), sql);
		expect(found).toMatchObject({ ok: true, value: { is_valid: true, errors: [], structural: [] } });
	});

	test('are off with a sentence where the schema is held below them, and nothing of it looks wrong', async () => {
		const mirror = await TestMirror.open();
		const checkpoint = await noted(mirror);
		await pin(mirror, checkpoint);
		expect((await mirror.dispatch('schema.rollback', { to: '1.2.0' })).code).toBe('accepted');
		const refused = await pin(mirror, checkpoint);
		expect(refused).toMatchObject({
			code: 'refused',
			message: expect.stringContaining('is not applied here')
		});
		expect((await mirror.dispatch('checkpoint.unpin', { id: 'x' })).code).toBe('refused');
		expect((await mirror.read('checkpoints.list', {})).rows).toEqual([]);
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
		expect((await mirror.dispatch('schema.release', {})).code).toBe('accepted');
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
		expect((await pin(mirror, checkpoint)).code).toBe('accepted');
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});
});
