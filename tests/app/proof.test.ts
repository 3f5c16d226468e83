import { describe, expect, test } from 'vitest';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { opened } from '../storage/sql.ts';
import { createWorld, TestMirror } from './mirror.ts';

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

async function verified(world: ReturnType<typeof createWorld>) {
	const mirror = await TestMirror.open(world);
	const [report] = (await mirror.read('ledger.verify', {})).rows;
	await mirror.core.close();
	return report;
}

/** Changes the database behind the kernel's back. */
async function tamper(world: ReturnType<typeof createWorld>, sql: string) {
	const database = await opened(world.files);
	await database.transaction((tx) => tx.script(sql));
	await database.close();
}

describe('the ledger proves the content', () => {
	test('what commands wrote verifies, after edits, trash, erasing and a restart', async () => {
		const { world } = await lived();
		expect(await verified(world)).toEqual({
			is_valid: true,
			entries_verified: 11,
			errors: [],
			as_reference: true
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
			`UPDATE ledger SET fields = replace(fields, 'Save', 'Gave') WHERE position = 3`,
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

	test('what it says holds no word of the content', async () => {
		const { world } = await lived();
		await tamper(world, `UPDATE reflections SET content = 'marzipan'`);
		expect((await verified(world))?.errors.join()).not.toMatch(/marzipan|stays/);
	});

	test('erasing for good leaves no salt that could prove a guess', async () => {
		const { world, erased } = await lived();
		const database = await opened(world.files);
		const rows = await database.query(
			'SELECT s.salt, r.salt AS asked FROM commit_salts s JOIN receipts r USING (request_id) WHERE s.row_id = ?',
			[erased]
		);
		expect(rows.length).toBeGreaterThan(1);
		for (const row of rows.slice(0, -1)) expect(row).toEqual({ salt: null, asked: null });
	});

	test('a database without a first start verifies as empty of nothing', async () => {
		const world = { ...createWorld(), files: memorySlots() };
		expect(await verified(world)).toMatchObject({ is_valid: true, entries_verified: 2 });
	});
});
