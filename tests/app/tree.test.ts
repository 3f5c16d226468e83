import { describe, expect, test } from 'vitest';
import { entryProofFile, explainEntry } from '#app/explain-entry.ts';
import { utf8 } from '#base/bytes.ts';
import { ok } from '#base/result.ts';
import { sha256Hex } from '#base/hash.ts';
import type { LedgerItem, LedgerProof } from '#domain/ledger.ts';
import type { ViewInput } from '#domain/view.ts';
import { treeHashes, treeOver } from '#kernel/merkle.ts';
import { verifyConsistency, verifyInclusion } from '#kernel/merkle-proof.ts';
import type { Database } from '#storage/database.ts';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const hashes = treeHashes(sha256Hex);

/** Looks at a mirror and closes it. */
async function withMirror<T>(world: World, look: (mirror: TestMirror) => Promise<T>): Promise<T> {
	const mirror = await TestMirror.open(world);
	try {
		return await look(mirror);
	} finally {
		await mirror.core.close();
	}
}

async function checkpoint(mirror: TestMirror) {
	const [found] = (await mirror.read('ledger.checkpoint', {})).rows;
	if (found === undefined) throw new Error('there is no checkpoint');
	return found;
}

async function proof(mirror: TestMirror, asked: ViewInput<'ledger.proof'>): Promise<LedgerProof | undefined> {
	return (await mirror.read('ledger.proof', asked)).rows[0];
}

/** All entries, oldest first. */
async function entriesOf(mirror: TestMirror): Promise<readonly LedgerItem[]> {
	return (await mirror.read('ledger.list', { limit: 500 })).rows.toReversed();
}

/** The root of the first `size` entries, from the entries alone. */
function rootOf(entries: readonly LedgerItem[], size = entries.length): string {
	const leaves = entries.slice(0, size).map(({ entry_hash }) => hashes.entryLeaf(entry_hash));
	return treeOver(leaves, hashes).root;
}

async function findings(mirror: TestMirror): Promise<readonly string[] | undefined> {
	return (await mirror.read('ledger.verify', {})).rows[0]?.errors;
}

/** A mirror that was written in under three kernels, with what was noted under the first; some entries are packed. */
async function lived() {
	const world = createWorld();
	const noted = await withMirror(world, async (mirror) => {
		for (let at = 0; at < 4; at++) await mirror.write(`Before ${at}.`);
		await mirror.dispatch('reflection.trash', { id: 'nowhere' });
		return checkpoint(mirror);
	});
	await asOtherVersion(world);
	await withMirror(world, async (mirror) => {
		for (let at = 0; at < 3; at++) await mirror.write(`After ${at}.`);
		await mirror.dispatch('ledger.archive', { kept: 3, together: 9 });
	});
	return { world, noted };
}

describe('the tree over all entries', () => {
	test('runs on over replaced kernels, restarts and packing', async () => {
		const { world, noted } = await lived();
		await withMirror(world, async (mirror) => {
			expect((await mirror.read('kernel.status', {})).rows).toHaveLength(5);
			const entries = await entriesOf(mirror);
			expect(noted).toMatchObject({ size: 9, root: rootOf(entries, 9) });
			expect(await checkpoint(mirror)).toMatchObject({ size: entries.length, root: rootOf(entries) });
			await mirror.write('One more.');
			const longer = await entriesOf(mirror);
			expect(await checkpoint(mirror)).toMatchObject({ size: entries.length + 1, root: rootOf(longer) });
			expect(await findings(mirror)).toEqual([]);
		});
	});

	test('shows every entry, packed or not, under what was noted at any time', async () => {
		const { world } = await lived();
		await withMirror(world, async (mirror) => {
			const entries = await entriesOf(mirror);
			for (const { position, kernel_id, entry_hash, request_id } of entries) {
				for (const size of [position, entries.length]) {
					const shown = await proof(mirror, { kind: 'inclusion', position, size });
					if (shown?.kind !== 'inclusion') throw new Error(`nothing shows ${position}`);
					expect(shown).toMatchObject({ position, kernel_id, entry: { entry_hash, request_id } });
					expect(Object.keys(shown.entry)).toHaveLength(22);
					const root = rootOf(entries, size);
					const claim = { leaf: hashes.entryLeaf(entry_hash), index: position - 1, size, root };
					expect(verifyInclusion({ ...claim, path: shown.path }, hashes).ok).toBe(true);
				}
			}
		});
	});

	test('explains each entry up to the root, and nothing that was altered', async () => {
		const { world } = await lived();
		await withMirror(world, async (mirror) => {
			const { size, root } = await checkpoint(mirror);
			for (let position = 1; position <= size; position++) {
				const shown = await proof(mirror, { kind: 'inclusion', position });
				const file = shown === undefined ? null : entryProofFile(shown);
				if (file === null) throw new Error(`nothing shows ${position}`);
				const { errors, fields, input, entry_hash, leaf, steps } = explainEntry(file);
				expect(errors).toEqual([]);
				expect(fields).toHaveLength(19);
				expect(sha256Hex(utf8(input))).toBe(entry_hash);
				expect(leaf).toBe(hashes.entryLeaf(entry_hash));
				expect(steps.at(-1)?.above).toBe(root);
				const wrong = (changed: Partial<typeof file>) => explainEntry({ ...file, ...changed }).errors;
				expect(wrong({ entry: { ...file.entry, intent: 'Another' } })).not.toEqual([]);
				expect(wrong({ entry: { ...file.entry, note: 'more' } })).toEqual([
					'its entry holds something that no hash covers'
				]);
				expect(wrong({ entry: {} })).toEqual(['its entry is none']);
				expect(wrong({ path: file.path.with(0, 'a'.repeat(64)) })).not.toEqual([]);
				expect(wrong({ root: 'a'.repeat(64) })).not.toEqual([]);
			}
			expect(entryProofFile({ kind: 'none', why: 'nothing' })).toBe(null);
		});
	});

	test('shows that it only grew since anything that was noted', async () => {
		const { world, noted } = await lived();
		await withMirror(world, async (mirror) => {
			const now = await checkpoint(mirror);
			for (let from = 1; from <= now.size; from++) {
				const shown = await proof(mirror, { kind: 'consistency', from });
				if (shown?.kind !== 'consistency') throw new Error(`nothing shows ${from}`);
				expect(verifyConsistency({ ...shown, to: now.size, to_root: now.root }, hashes).ok).toBe(true);
				if (from === noted.size) expect(shown.from_root).toBe(noted.root);
			}
		});
	});

	test('shows nothing that is not there, and says why', async () => {
		const { world } = await lived();
		await withMirror(world, async (mirror) => {
			const { size } = await checkpoint(mirror);
			for (const asked of [
				{ kind: 'inclusion', position: size + 1 },
				{ kind: 'inclusion', position: 3, size: 2 },
				{ kind: 'consistency', from: 3, to: size + 1 }
			] as const)
				expect(await proof(mirror, asked)).toMatchObject({
					kind: 'none',
					why: expect.stringMatching(/^(?:Entry|The ledger)/)
				});
		});
		const database = await databaseOf(world);
		await database.transaction((tx) => tx.script('DELETE FROM archive_files'));
		await database.close();
		await withMirror(world, async (mirror) => {
			expect(await proof(mirror, { kind: 'inclusion', position: 13 })).toMatchObject({
				why: expect.stringContaining('is damaged')
			});
		});
	});
});

describe('what is kept of the tree', () => {
	/** A mirror whose next transaction can be made to fail after all of its work. */
	async function fragile() {
		const world = createWorld();
		const fails = { next: false };
		let opened: Database | null = null;
		const mirror = await TestMirror.open(world, async () => {
			const database = await databaseOf(world);
			opened = database;
			const transaction = database.transaction.bind(database);
			database.transaction = (work, purpose) =>
				transaction(async (tx) => {
					const done = await work(tx);
					if (!fails.next) return done;
					fails.next = false;
					throw new Error('it was undone');
				}, purpose);
			return ok({ database, fresh: true, notices: [] });
		});
		if (opened === null) throw new Error('it was not opened');
		return { mirror, fails, database: opened as Database };
	}

	const frontier = async (database: Database) =>
		(await database.query(`SELECT * FROM kernels WHERE closed_at IS NULL AND port = 'owner'`))[0]?.['tree'];

	test('stays where it was when a command is undone', async () => {
		const { mirror, fails, database } = await fragile();
		const [before, kept] = [await checkpoint(mirror), await frontier(database)];
		fails.next = true;
		expect((await mirror.dispatch('settings.change', { key: 'last_export_position', value: 1 })).code).toBe(
			'failed'
		);
		const { size, root } = before;
		expect(await checkpoint(mirror)).toMatchObject({ size, root });
		expect(await frontier(database)).toEqual(kept);
		await mirror.write('This one is kept.');
		const entries = await entriesOf(mirror);
		expect(await checkpoint(mirror)).toMatchObject({ size: size + 1, root: rootOf(entries) });
		expect(await frontier(database)).not.toEqual(kept);
		expect(await findings(mirror)).toEqual([]);
	});

	test('is not missed where the schema is held below it, and is computed at an idle moment afterwards', async () => {
		const { mirror, database } = await fragile();
		await mirror.write('Before.');
		await mirror.dispatch('schema.rollback', { to: '1.1.1' });
		await mirror.write('Held.');
		await mirror.core.tidy();
		expect(await frontier(database)).toBe(undefined);
		const held = await entriesOf(mirror);
		expect(await checkpoint(mirror)).toMatchObject({ size: held.length, root: rootOf(held) });
		await mirror.dispatch('schema.release', {});
		await mirror.write('Released.');
		expect(await frontier(database)).toBe(null);
		expect(await findings(mirror)).toEqual([]);
		await mirror.core.tidy();
		await mirror.write('Kept again.');
		const entries = await entriesOf(mirror);
		expect(JSON.parse(String(await frontier(database)))).toMatchObject({ size: entries.length });
		expect(await checkpoint(mirror)).toMatchObject({ size: entries.length, root: rootOf(entries) });
		expect(await findings(mirror)).toEqual([]);
	});

	test('is found by a verification where an entry stands in another place', async () => {
		const { mirror, database } = await fragile();
		await mirror.write('Something.');
		await database.transaction((tx) => tx.script('UPDATE ledger SET position = 9 WHERE position = 5'));
		expect(await findings(mirror)).toContain(
			'the tree: the positions of its entries are not 1 to 5, each once'
		);
	});

	test.each([
		['other hashes', `replace(tree, '0', '1')`],
		['another size', `'{"size":1,"hashes":["${'a'.repeat(64)}"]}'`],
		['something else', `'[]'`]
	])('is found by a verification where it holds %s', async (_what, value) => {
		const { mirror, database } = await fragile();
		await mirror.write('Something.');
		await database.transaction((tx) => tx.script(`UPDATE kernels SET tree = ${value}`));
		expect(await findings(mirror)).toEqual([
			'the tree: what is kept of it is not the tree over the 5 entries of the ledger'
		]);
	});
});
