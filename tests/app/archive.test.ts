import { describe, expect, test } from 'vitest';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { restoreKernel } from '#app/kernels.ts';
import type { LedgerItem } from '#domain/ledger.ts';
import type { Answer } from '#domain/view.ts';
import { sha256Hex } from '#base/hash.ts';
import { commitTo } from '#records/commits.ts';
import { storedKernel } from '#records/ledger.ts';
import { sql } from '../storage/sql.ts';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };

/** A mirror in which much was written, changed, trashed, erased and refused, closed, and an id of each. */
async function lived(): Promise<{ world: World; kept: string; erased: string; firstRequest: object }> {
	const world = createWorld();
	const mirror = await TestMirror.open(world);
	const firstRequest = {
		...{ id: mirror.id(), kind: 'reflection.create' },
		data: { id: mirror.id(), identity_id: null, content: 'The first of all.', ...day }
	};
	expect((await mirror.core.dispatch(firstRequest)).code).toBe('accepted');
	const kept = await mirror.write('This one stays. #tag', { title: 'Stay' });
	const trashed = await mirror.write('This one is trashed.');
	const erased = await mirror.write('This one is erased.');
	await mirror.dispatch('reflection.edit', { id: 'nowhere', content: 'refused', ...day });
	for (let at = 0; at < 4; at++)
		await mirror.dispatch('reflection.edit', { id: kept, content: `Changed ${at} times.`, ...day });
	for (const id of [trashed, erased]) await mirror.dispatch('reflection.trash', { id });
	await mirror.dispatch('reflection.purge', { ids: [erased] });
	for (let at = 0; at < 8; at++)
		await mirror.dispatch('settings.change', { key: 'last_export_position', value: at });
	await mirror.core.close();
	return { world, kept, erased, firstRequest };
}

/** Packs old entries until so many rows are left, the entry of the packing among them. */
async function archive(world: World, left: number): Promise<void> {
	const rows = await count(world, 'ledger');
	const mirror = await TestMirror.open(world);
	const kept = Math.max(1, left - 1);
	const together = rows - kept;
	const { code, result } = await mirror.dispatch('ledger.archive', { kept, together });
	await mirror.core.close();
	expect({ code, result }).toEqual({ code: 'accepted', result: { entries: together } });
}

/** All that a person or an auditor sees of the ledger. */
async function ledgerOf(world: World) {
	const mirror = await TestMirror.open(world);
	const items: LedgerItem[] = [];
	let page: Answer<'ledger.list'>;
	do {
		page = await mirror.read('ledger.list', { before: items.at(-1)?.position ?? null, limit: 3 });
		items.push(...page.rows);
	} while (page.rows.length === 3);
	expect(items.length).toBe(page.total);
	const { rows: evidence } = await mirror.read('ledger.evidence', {});
	const { rows: status } = await mirror.read('kernel.status', {});
	const [verified] = (await mirror.read('ledger.verify', {})).rows;
	await mirror.core.close();
	const same = evidence.map((kernel) => ({ ...kernel, exported_at_ms: 0 }));
	return { items, evidence: same, status, verified };
}

/** The ledger as it was before, and verified, with nothing after it but the entry of the packing. */
async function expectContinued(world: World, before: Awaited<ReturnType<typeof ledgerOf>>): Promise<void> {
	const { items, evidence, verified } = await ledgerOf(world);
	expect(items[0]).toMatchObject({ tool_name: 'ledger.archive', decision: 'ALLOW' });
	expect(items.slice(1)).toEqual(before.items);
	const [newest, ...older] = before.evidence;
	expect(evidence.slice(1)).toEqual(older);
	expect(evidence[0]?.ledger_entries.slice(0, -1)).toEqual(newest?.ledger_entries);
	expect(verified).toEqual({ ...before.verified, entries_verified: before.items.length + 1 });
}

async function change(world: World, sql: string): Promise<void> {
	const database = await databaseOf(world);
	await database.transaction((tx) => tx.script(sql));
	await database.close();
}

async function count(world: World, table: string): Promise<number> {
	const database = await databaseOf(world);
	const rows = await database.query(`SELECT count(*) AS n FROM ${table}`);
	await database.close();
	return Number(rows[0]?.['n']);
}

describe('old entries are packed', () => {
	test.each([15, 10, 5, 2])(
		'and nothing of the ledger looks different with %i of them left',
		async (left) => {
			const { world } = await lived();
			const before = await ledgerOf(world);
			expect(before.verified).toMatchObject({ is_valid: true, errors: [] });
			await archive(world, left);
			expect(await count(world, 'ledger')).toBe(left);
			await expectContinued(world, before);
		}
	);

	test('piece by piece, over a change of kernels, while the mirror is used', async () => {
		const { world } = await lived();
		for (let left = 14; left > 2; left -= 4) {
			await archive(world, left);
			const mirror = await TestMirror.open(world);
			await mirror.write(`Written with ${left} entries left.`);
			await mirror.core.close();
		}
		// Another version of the app, with other commands: the next start begins another kernel.
		await asOtherVersion(world);
		const mirror = await TestMirror.open(world);
		const kept = await mirror.write('Under the next kernel.');
		await mirror.core.close();
		const before = await ledgerOf(world);
		expect(before.status).toHaveLength(5);
		expect(before.verified).toMatchObject({ is_valid: true, errors: [] });
		await archive(world, 2);
		expect(await count(world, 'archives')).toBeGreaterThan(4);
		await expectContinued(world, before);
		const again = await TestMirror.open(world);
		expect((await again.read('reflections.get', { id: kept })).rows).toHaveLength(1);
		await again.core.close();
	});

	test('and a rate counts what is packed: a kernel that starts again knows what it allowed lately', async () => {
		const { world } = await lived();
		await asOtherVersion(world);
		const mirror = await TestMirror.open(world);
		const before = world.now;
		for (let at = 0; at < 8; at++) await mirror.write(`Written ${at}.`);
		await mirror.core.close();
		await archive(world, 3);
		const database = await databaseOf(world);
		const stored = await storedKernel(database, 'owner');
		if (stored === null) throw new Error('no kernel');
		const decisionAt = async (limit: number): Promise<string> => {
			const rule = { kind: 'rate' as const, limit, window_ms: world.now - before + 1, per: 'tool' as const };
			const policy = { ...stored.policy, rules: [rule] };
			const kernel = await restoreKernel(database, () => world.now, { ...stored, policy });
			const admission = kernel.admit({
				...{ request_id: 'r', ts_ms: 0, actor: 'owner', intent: 'Write a reflection' },
				tool_call: { name: 'reflection.create', params: {} }
			});
			return admission.ok ? admission.value.kind : admission.error.code;
		};
		expect([await decisionAt(8), await decisionAt(9)]).toEqual(['refused', 'admitted']);
		await database.close();
	});

	test.each([
		['', 0],
		[' by a clock that was set back a year', -365 * 24 * 60 * 60 * 1000]
	])('a request of long ago is not carried out again%s', async (_when, set) => {
		const { world, firstRequest } = await lived();
		await archive(world, 2);
		world.now += set;
		const mirror = await TestMirror.open(world);
		const { total } = await mirror.read('ledger.list', { limit: 1 });
		const { code, position, message } = await mirror.core.dispatch(firstRequest);
		expect({ code, position }).toEqual({ code: 'duplicate_request', position: null });
		expect(message).toContain('done so long ago');
		expect((await mirror.read('reflections.list', {})).total).toBe(2);
		expect((await mirror.read('ledger.list', { limit: 1 })).total).toBe(total);
		await mirror.write('Something new at the same time.');
		await mirror.core.close();
		expect((await ledgerOf(world)).verified?.errors).toEqual([]);
	});

	test('what was written since the last export is still counted', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		await mirror.write('Exported.');
		await mirror.export();
		for (const content of ['One.', 'Two.', 'Three.']) await mirror.write(content);
		const ofThree = { rows: [{ new_reflections: 3 }] };
		expect(await mirror.read('system.health', {})).toMatchObject(ofThree);
		const entries = (await mirror.read('ledger.list', { limit: 1 })).total ?? 0;
		// Twice, so that the second finds an archive that was written after the export too.
		await mirror.dispatch('ledger.archive', { kept: 4, together: entries - 4 });
		const { result } = await mirror.dispatch('ledger.archive', { kept: 1, together: 4 });
		expect(result).toEqual({ entries: 4 });
		expect(await mirror.read('system.health', {})).toMatchObject(ofThree);
		await mirror.core.close();
	});

	test('a bundle holds all entries and the commits of all rows, and verifies', async () => {
		const { world } = await lived();
		await archive(world, 2);
		const mirror = await TestMirror.open(world);
		const bundle = await mirror.export({ versions: true });
		const { entries_verified } = (await mirror.read('ledger.verify', {})).rows[0] ?? {};
		await mirror.core.close();
		const report = verifyBundle(bundle, sql);
		expect(report).toMatchObject({ ok: true, value: { errors: [] } });
		expect(entries_verified).toBe(27);
	});

	test('of a row that was erased nothing stays that could prove a guess', async () => {
		const { world, erased } = await lived();
		await archive(world, 2);
		const database = await databaseOf(world);
		const commits = await database.query('SELECT salt, hash FROM commit_salts WHERE row_id = ?', [erased]);
		for (const { salt, hash } of commits)
			expect(salt === null || commitTo(salt as Uint8Array, null) === hash).toBe(true);
		expect(await database.query('SELECT 1 FROM archives')).not.toEqual([]);
		await database.close();
	});

	test('nothing is kept of what proves nothing any more', async () => {
		const { world } = await lived();
		await archive(world, 2);
		const database = await databaseOf(world);
		const rows = await database.query(
			`SELECT entity, row_id, count(*) AS n FROM commit_salts WHERE salt IS NOT NULL AND request_id IN (SELECT request_id FROM receipts WHERE receipt IS NULL) GROUP BY entity, row_id HAVING count(*) > 1`
		);
		expect(rows).toEqual([]);
		expect(
			await database.query('SELECT 1 FROM receipts WHERE salt IS NOT NULL OR receipt IS NOT NULL')
			// The two entries that are not packed: the last setting, and the packing.
		).toHaveLength(2);
		await database.close();
	});

	test.each([
		['a byte of a content', `UPDATE reflections SET content = content || '.'`, 'not what was written'],
		['a row that is taken away', 'DELETE FROM reflections', 'was written and is gone'],
		[
			'a row that is put in',
			`INSERT INTO reflections (id, content, created_at) VALUES ('x', 'y', '2026')`,
			'no command wrote'
		],
		['a commit with its row', `UPDATE commit_salts SET hash = 'ff'`, 'not what it was hashed with'],
		[
			'what was asked',
			`UPDATE receipts SET hash = 'ff' WHERE receipt IS NULL`,
			'not what it was hashed with'
		],
		['what is kept of a request', 'DELETE FROM receipts WHERE receipt IS NULL', 'no command wrote'],
		['an archive', `UPDATE archive_files SET file = substr(file, 1, 40)`, 'is damaged'],
		['the file of an archive that is taken away', 'DELETE FROM archive_files', 'is damaged'],
		['an archive that is taken away', 'DELETE FROM archives', 'prev_hash mismatch'],
		['what an archive says of itself', 'UPDATE archives SET kept_hash = sha256', 'not what was written'],
		[
			'a row that is taken away with all that proved it',
			`DELETE FROM reflections;
			DELETE FROM receipts WHERE request_id IN (SELECT request_id FROM commit_salts WHERE entity = 'reflections');
			DELETE FROM commit_salts WHERE request_id NOT IN (SELECT request_id FROM receipts)`,
			'not those that were kept'
		]
	])('%s changed directly is found', async (_what, sql, sentence) => {
		const { world } = await lived();
		await archive(world, 3);
		await change(world, sql);
		const mirror = await TestMirror.open(world);
		const [verified] = (await mirror.read('ledger.verify', {})).rows;
		await mirror.core.close();
		expect(verified?.is_valid).toBe(false);
		expect(verified?.errors.join('\n')).toContain(sentence);
	});

	test('an archive that is no gzip file is found', async () => {
		const { world } = await lived();
		await archive(world, 3);
		const database = await databaseOf(world);
		await database.transaction(async (tx) => {
			await tx.run('UPDATE archive_files SET file = ?', [Uint8Array.of(0)]);
			await tx.run('UPDATE archives SET sha256 = ?', [sha256Hex(Uint8Array.of(0))]);
		});
		await database.close();
		const mirror = await TestMirror.open(world);
		const [verified] = (await mirror.read('ledger.verify', {})).rows;
		await mirror.core.close();
		expect(verified?.errors.join()).toContain('is damaged');
	});

	test('a chain that is broken is not packed over', async () => {
		const { world } = await lived();
		await change(world, `UPDATE ledger SET fields = replace(fields, 'Save', 'Gave') WHERE position = 5`);
		const entries = await count(world, 'ledger');
		const mirror = await TestMirror.open(world);
		const { code, result } = await mirror.dispatch('ledger.archive', { kept: 1, together: 5 });
		await mirror.core.close();
		expect({ code, result }).toEqual({ code: 'accepted', result: { entries: 0 } });
		expect(await count(world, 'ledger')).toBe(entries + 1);
		expect((await ledgerOf(world)).verified?.errors.join()).toContain('entry_hash mismatch');
	});
});
