import { describe, expect, test } from 'vitest';
import type { Json } from '#base/canonical.ts';
import { loadKernel } from '#app/kernels.ts';
import { commitTo } from '#records/commits.ts';
import type { Row, Transaction } from '#storage/database.ts';
import { createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };

/** A mirror with something of everything, closed, and its id. */
async function lived(world = createWorld()) {
	const mirror = await TestMirror.open(world);
	const kept = await mirror.write('This one stays. #tag', { title: 'Stay' });
	const trashed = await mirror.write('This one is trashed.');
	const erased = await mirror.write('This one is erased.');
	await mirror.dispatch('reflection.edit', { id: kept, content: 'This one stays, changed.', ...day });
	for (const id of [trashed, erased]) await mirror.dispatch('reflection.trash', { id });
	await mirror.dispatch('reflection.purge', { ids: [erased] });
	await mirror.dispatch('settings.change', { key: 'telemetry_sync_allowed', value: false });
	await mirror.dispatch('reflection.edit', { id: 'nowhere', content: 'refused', ...day });
	await mirror.core.close();
	return { world, kept, trashed, erased };
}

async function verified(world: World) {
	const mirror = await TestMirror.open(world);
	const [report] = (await mirror.read('ledger.verify', {})).rows;
	await mirror.core.close();
	return report;
}

/** Changes the database behind the kernel's back. */
async function tamper(world: World, how: string | ((tx: Transaction) => Promise<unknown>)) {
	const database = await databaseOf(world);
	await database.transaction(async (tx) => void (await (typeof how === 'string' ? tx.script(how) : how(tx))));
	await database.close();
}

describe('the ledger proves the content', () => {
	test('what commands wrote verifies, after edits, trash, erasing and a restart', async () => {
		const { world } = await lived();
		expect(await verified(world)).toEqual({
			is_valid: true,
			entries_verified: 13,
			errors: [],
			as_reference: { is_valid: true, errors: [] },
			checkpoints: []
		});
	});

	test.each([
		[
			'a byte of a content',
			`UPDATE reflections SET content = 'This one stays, chanced.'`,
			'not what was written'
		],
		[
			'a visibility',
			`UPDATE reflections SET identity_id = (SELECT id FROM identities), visibility = 'sync_full_public'`,
			'not what was written'
		],
		[
			'a title',
			`UPDATE reflections SET metadata = replace(metadata, 'changed', 'x') || ' '`,
			'not what was written'
		],
		['a version', `UPDATE reflection_versions SET content = 'Never was'`, 'not what was written'],
		[
			'something in the trash',
			`UPDATE trash SET payload = replace(payload, 'trashed', 'treated')`,
			'not what was written'
		],
		['an identity', `UPDATE identities SET metadata = '{"name":"Somebody"}'`, 'not what was written'],
		['a setting', `UPDATE settings SET value = 'true'`, 'not what was written'],
		['a reflection that is taken away', `DELETE FROM reflections`, 'was written and is gone'],
		[
			'a reflection that is put in',
			`INSERT INTO reflections (id, content, created_at) VALUES ('x', 'forged', '2026-01-01T00:00:00.000Z')`,
			'no command wrote'
		],
		[
			'a tension that is put in',
			`INSERT INTO tensions (id, name, axis_a, axis_b, origin, created_at, updated_at) VALUES ('x', 'a', 'b', 'c', 'user_created', '', '')`,
			'no command wrote'
		],
		[
			'a commit with its row',
			`UPDATE commit_salts SET hash = 'ff' WHERE ordinal = 0`,
			'not what it was hashed with'
		],
		['what was asked', `UPDATE receipts SET hash = 'ff'`, 'not what it was hashed with'],
		[
			'an entry',
			`UPDATE ledger SET fields = replace(fields, 'Save', 'Gave') WHERE position = 5`,
			'entry_hash mismatch'
		],
		['the last entry', `DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger)`, ''],
		[
			'an erased row that comes back',
			`INSERT INTO trash SELECT row_id, 'reflections', '', '{}' FROM commit_salts WHERE entity = 'trash' AND salt IS NULL LIMIT 1`,
			'not what was written'
		]
	])('%s changed directly is found', async (_what, sql, sentence) => {
		const { world } = await lived();
		await tamper(world, sql);
		const report = await verified(world);
		expect(report?.is_valid).toBe(false);
		expect(report?.errors.join('\n')).toContain(sentence);
	});

	test('a forged content is found, with forged commits of a request that the ledger does not know', async () => {
		const { world, kept } = await lived();
		await tamper(world, async (tx) => {
			await tx.run('UPDATE reflections SET content = ? WHERE id = ?', ['Forged', kept]);
			const rows = await tx.query('SELECT * FROM reflections WHERE id = ?', [kept]);
			const salt = new Uint8Array(32);
			await tx.run('INSERT INTO receipts VALUES (?, ?, ?, ?, ?, NULL)', [
				...['forged', 'reflection.edit', '00'],
				...[null, 999_999]
			]);
			await tx.run('INSERT INTO commit_salts VALUES (?, 0, ?, ?, ?, ?)', [
				...['forged', 'reflections', kept],
				...[commitTo(salt, rows[0] as Json), salt]
			]);
		});
		const errors = (await verified(world))?.errors.join('\n');
		expect(errors).toContain('request forged: no entry says that it was carried out');
		expect(errors).toContain(`reflections ${kept}: this is not what was written`);
	});

	test('an earlier state that comes back is found, whatever stands beside the ledger of its place', async () => {
		const { world, kept } = await lived();
		await tamper(world, async (tx) => {
			const [version] = await tx.query('SELECT * FROM reflection_versions WHERE reflection_id = ?', [kept]);
			const { content, metadata, created_at } = version as Row;
			await tx.run('UPDATE reflections SET content = ?, metadata = ?, created_at = ? WHERE id = ?', [
				...([content, metadata, created_at] as string[]),
				kept
			]);
			await tx.run(
				`UPDATE receipts SET position = 500 WHERE kind = 'reflection.create'
				AND request_id IN (SELECT request_id FROM commit_salts WHERE row_id = ?)`,
				[kept]
			);
		});
		expect((await verified(world))?.errors.join()).toContain(
			`reflections ${kept}: this is not what was written`
		);
	});

	test('a row that is taken away as if it had been erased is found', async () => {
		const { world, kept } = await lived();
		await tamper(world, async (tx) => {
			await tx.run('DELETE FROM reflections WHERE id = ?', [kept]);
			await tx.run('UPDATE commit_salts SET salt = NULL WHERE row_id = ?', [kept]);
		});
		expect((await verified(world))?.errors).toContain(
			`reflections ${kept}: this row was written and is gone`
		);
	});

	describe('of two kernels', () => {
		async function succeeded() {
			const { world } = await lived();
			const database = await databaseOf(world);
			await loadKernel(database, () => world.now, 'owner', undefined, ['settings.alter']);
			await database.close();
			const mirror = await TestMirror.open(world);
			await mirror.write('Under the newest kernel.');
			await mirror.core.close();
			return world;
		}

		test('both verify', async () => {
			expect(await verified(await succeeded())).toMatchObject({ is_valid: true, errors: [] });
		});

		const older = '(SELECT min(kernel_id) FROM kernels)';
		test.each([
			[
				'the older one is taken away',
				`DELETE FROM ledger WHERE kernel_id = ${older}; DELETE FROM kernels WHERE kernel_id = ${older}`,
				'does not follow the kernel before it'
			],
			[
				'the policy is another one',
				`UPDATE kernels SET policy = replace(policy, '"owner"', '"anybody"') WHERE kernel_id = ${older}`,
				'under this policy'
			],
			[
				'the older one is open again',
				`UPDATE kernels SET closed_at = NULL`,
				'was not closed when its row says'
			],
			[
				'one was opened at another time',
				`UPDATE kernels SET opened_at = '2026-01-01T00:00:00.000Z' WHERE kernel_id = ${older}`,
				'opened at another time'
			],
			['the time was set back', `UPDATE kernels SET ts_ms = 1 WHERE closed_at IS NULL`, 'of another time'],
			['one is halted', `UPDATE kernels SET state = 'HALTED' WHERE closed_at IS NOT NULL`, 'in another state']
		])('%s, and it is found', async (_what, sql, sentence) => {
			const world = await succeeded();
			await tamper(world, sql);
			expect((await verified(world))?.errors.join('\n')).toContain(sentence);
		});
	});

	test('an entry of any shape stops neither the verification nor the packing', async () => {
		const { world } = await lived();
		const deep = '['.repeat(600) + ']'.repeat(600);
		for (const fields of [deep, `{"intent":${deep}}`, '{"intent":{"a":1}}', '{"ts_ms":1e999}', '[{}]', 'x']) {
			await tamper(world, (tx) => tx.run('UPDATE ledger SET fields = ? WHERE position = 5', [fields]));
			const errors = (await verified(world))?.errors.join('\n');
			expect(errors).toContain('Entry 2: entry_hash mismatch');
		}
		const mirror = await TestMirror.open(world);
		const { result } = await mirror.dispatch('ledger.archive', { kept: 1, together: 5 });
		expect(result).toEqual({ entries: 0 });
		await mirror.core.close();
	});

	test('ids with line ends in them are found, and keep nobody waiting', async () => {
		const { world } = await lived();
		await tamper(world, `UPDATE commit_salts SET request_id = '\n' || request_id, entity = 'a\n'`);
		expect((await verified(world))?.is_valid).toBe(false);
	});

	test('a reflection that no list shows is found', async () => {
		const { world, kept } = await lived();
		await tamper(world, (tx) => tx.run('DELETE FROM reflection_index WHERE reflection_id = ?', [kept]));
		expect((await verified(world))?.errors).toEqual(['reflections: 1 are there, 0 in the list']);
	});

	test('a save beside a verification looks like nothing that is wrong', async () => {
		const { world } = await lived();
		const mirror = await TestMirror.open(world);
		const [report] = await Promise.all([
			mirror.read('ledger.verify', {}),
			mirror.write('Meanwhile.'),
			mirror.write('And again.')
		]);
		expect(report.rows[0]?.errors).toEqual([]);
		await mirror.core.close();
	});

	test('what it says holds no word of the content', async () => {
		const { world } = await lived();
		await tamper(world, `UPDATE reflections SET content = 'marzipan'`);
		expect((await verified(world))?.errors.join()).not.toMatch(/marzipan|stays/);
	});

	test('erasing for good leaves no salt that could prove a guess', async () => {
		const { world, erased } = await lived();
		const database = await databaseOf(world);
		const rows = await database.query(
			'SELECT s.hash, s.salt, r.salt AS asked FROM commit_salts s JOIN receipts r USING (request_id) WHERE s.row_id = ?',
			[erased]
		);
		expect(rows.length).toBeGreaterThan(1);
		// What is left proves no more than that it is gone.
		for (const { salt, asked, hash } of rows) {
			if (salt === null) expect(asked).toBeNull();
			else expect(commitTo(salt as Uint8Array, null)).toBe(hash);
		}
	});

	test('a database without a first start verifies as empty of nothing', async () => {
		const world = createWorld();
		expect(await verified(world)).toMatchObject({ is_valid: true, entries_verified: 4 });
	});
});
