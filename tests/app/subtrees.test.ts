import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#base/hash.ts';
import { treeHashes } from '#kernel/merkle.ts';
import {
	consistencyIn,
	inclusionIn,
	proveConsistency,
	proveInclusion,
	verifyInclusion
} from '#kernel/merkle-proof.ts';
import { Subtrees, type LedgerTree } from '#records/subtrees.ts';
import type { Database, Queryable } from '#storage/database.ts';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const hashes = treeHashes(sha256Hex);

async function leavesOf(mirror: TestMirror): Promise<readonly string[]> {
	const { rows } = await mirror.read('ledger.list', { limit: 500 });
	return rows.toReversed().map(({ entry_hash }) => hashes.entryLeaf(entry_hash));
}

/** Closes a mirror and answers with its leaves. */
async function ended(mirror: TestMirror): Promise<readonly string[]> {
	const leaves = await leavesOf(mirror);
	await mirror.core.close();
	return leaves;
}

/** Under two owner's kernels, packed in two parts with those of other kernels across each other. */
async function lived(seed = 1): Promise<{ world: World; leaves: readonly string[] }> {
	const world = createWorld(seed);
	const first = await TestMirror.open(world);
	for (let at = 0; at < 12; at++) await first.write(`Before ${at}.`);
	await first.dispatch('kernel.replace', { port: 'egress', reason: 'archival' });
	await first.dispatch('ledger.archive', { kept: 3, together: 7 });
	await first.core.close();
	await asOtherVersion(world);
	const second = await TestMirror.open(world);
	for (let at = 0; at < 5; at++) await second.write(`After ${at}.`);
	await second.dispatch('ledger.archive', { kept: 3, together: 9 });
	return { world, leaves: await ended(second) };
}

async function onDatabase<T>(world: World, look: (database: Database) => Promise<T>): Promise<T> {
	const database = await databaseOf(world);
	try {
		return await look(database);
	} finally {
		await database.close();
	}
}

async function treeOf(subtrees: Subtrees, db: Queryable, length: number, places: readonly number[]) {
	const tree = await subtrees.at(db, length, places);
	if (!tree.ok) throw new Error(tree.error.message);
	return tree.value;
}

/** That a tree shows at a place what all leaves show. */
function expectProofs(tree: LedgerTree, leaves: readonly string[], [first, size]: readonly [number, number]) {
	const among = leaves.slice(0, size);
	expect(inclusionIn(tree.first(size), first - 1)).toEqual(proveInclusion(among, first - 1, hashes));
	expect(consistencyIn(tree.first(size), first)).toEqual(proveConsistency(among, first, hashes));
}

describe('a proof from what is kept of the tree', () => {
	test.each([1, 4, 256])('in stretches of %i is the one over all leaves', async (stretch) => {
		const { world, leaves } = await lived();
		await onDatabase(world, async (database) => {
			const subtrees = new Subtrees(stretch);
			for (let size = 1; size <= leaves.length; size++) {
				for (let first = 1; first <= size; first++) {
					const tree = await treeOf(subtrees, database, leaves.length, [first - 1, size - 1]);
					expectProofs(tree, leaves, [first, size]);
				}
			}
		});
	});

	test('stays right while the ledger grows and is packed', async () => {
		const { world, leaves } = await lived();
		const subtrees = new Subtrees(4);
		await onDatabase(world, (db) => treeOf(subtrees, db, leaves.length, [0]));
		const mirror = await TestMirror.open(world);
		for (let at = 0; at < 7; at++) await mirror.write(`Later ${at}.`);
		await mirror.dispatch('ledger.archive', { kept: 1, together: 6 });
		const grown = await ended(mirror);
		await onDatabase(world, async (db) => {
			for (const first of [1, 5, leaves.length, grown.length]) {
				const tree = await treeOf(subtrees, db, grown.length, [first - 1, grown.length - 1]);
				expectProofs(tree, grown, [first, grown.length]);
			}
		});
	});

	test('is of what stands there now, where that is another ledger', async () => {
		const subtrees = new Subtrees(2);
		const [one, other] = [await lived(1), await lived(2)];
		expect(one.leaves).not.toEqual(other.leaves);
		await onDatabase(one.world, (db) => treeOf(subtrees, db, one.leaves.length, [0]));
		await onDatabase(other.world, async (db) => {
			const { length } = other.leaves;
			const tree = await treeOf(subtrees, db, length, [2, length - 1]);
			expectProofs(tree, other.leaves, [3, length]);
		});
	});

	test('is none where an entry is missing, an archive is damaged or a hash is none', async () => {
		const { world, leaves } = await lived();
		await onDatabase(world, async (db) => {
			const why = async (sql: string) => {
				await db.transaction((tx) => tx.script(sql));
				const tree = await new Subtrees(4).at(db, leaves.length, [0]);
				return tree.ok ? null : tree.error;
			};
			const last = leaves.length;
			expect(await why(`UPDATE ledger SET entry_hash = 'none' WHERE position = ${last}`)).toMatchObject({
				code: 'not_a_hash',
				message: `the hash of entry ${last} is not 64 hex digits`
			});
			expect(await why(`DELETE FROM ledger WHERE position = ${last}`)).toMatchObject({
				code: 'incomplete',
				message: `entry ${last} is missing`
			});
			expect(await why('DELETE FROM archive_files')).toMatchObject({
				code: 'incomplete',
				message: expect.stringContaining('is damaged')
			});
		});
	});
});

describe('whoever asks for a proof', () => {
	test('gets one that holds, whatever is written and packed meanwhile', async () => {
		const mirror = await TestMirror.open(createWorld());
		for (let at = 0; at < 30; at++) await mirror.write(`Entry ${at}.`);
		const proofs = [];
		for (const position of [1, 7, 20, 30, 34]) {
			proofs.push(mirror.read('ledger.proof', { kind: 'inclusion', position }));
			await Promise.all([
				mirror.write(`Beside ${position}.`),
				mirror.dispatch('ledger.archive', { kept: 2, together: 5 })
			]);
		}
		for (const { rows } of await Promise.all(proofs)) {
			const [shown] = rows;
			if (shown?.kind !== 'inclusion') throw new Error(shown?.kind === 'none' ? shown.why : 'no proof');
			const { position, size, root, path, entry } = shown;
			const { entry_hash } = entry as { entry_hash: string };
			const claim = { leaf: hashes.entryLeaf(entry_hash), index: position - 1, size, root, path };
			expect(verifyInclusion(claim, hashes)).toMatchObject({ ok: true });
			// The root that it leads to is the one of the ledger as it was then, of which the present one is a continuation.
			const [grown] = (await mirror.read('ledger.proof', { kind: 'consistency', from: size })).rows;
			expect(grown).toMatchObject({ kind: 'consistency', from_root: root });
		}
		await mirror.core.close();
	});

	test('keeps nobody waiting for it: reads are answered before a first proof of many entries is', async () => {
		const mirror = await TestMirror.open(createWorld());
		for (let at = 0; at < 40; at++) await mirror.write(`Entry ${at}.`);
		for (let at = 0; at < 4; at++) await mirror.dispatch('ledger.archive', { kept: 2, together: 8 });
		const order: string[] = [];
		const proof = mirror
			.read('ledger.proof', { kind: 'inclusion', position: 3 })
			.then(() => order.push('proof'));
		const read = mirror.read('ledger.head', {}).then(() => order.push('read'));
		await Promise.all([proof, read]);
		expect(order).toEqual(['read', 'proof']);
		await mirror.core.close();
	});
});
