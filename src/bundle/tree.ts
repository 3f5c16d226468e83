import * as v from 'valibot';
import { isObject, type Json } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { treeOver } from '#kernel/merkle.ts';
import type { PlacedEvidence } from '#records/evidence.ts';
import { ledgerHashes, placedLeaves } from '#records/tree.ts';
import { bundlePaths, treeSchema, type TreeFile } from '#wire/bundle-manifest.ts';
import { readJson } from '#bundle/json-file.ts';
import type { ZipFiles } from '#bundle/unzip.ts';
import type { KernelVerification } from '#bundle/ledgers.ts';

/** What a bundle says of its tree; null where entries are missing from the ledgers. */
export function treeFile(kernels: readonly PlacedEvidence[], time: string): TreeFile | null {
	const leaves = placedLeaves(
		kernels.flatMap(({ evidence, positions }) =>
			evidence.ledger_entries.map(({ entry_hash: hash }, at) => ({ position: positions[at] ?? 0, hash }))
		)
	);
	if (!leaves.ok) return null;
	const { size, root } = treeOver(leaves.value, ledgerHashes);
	const placed = kernels.map(({ evidence, positions }) => ({
		kernel_id: evidence.kernel_id,
		positions: stretchesOf(positions)
	}));
	return { format: 'mirror_tree', version: 1, size, root, time, kernels: placed };
}

type Stretch = [first: number, last: number];

function stretchesOf(positions: readonly number[]): Stretch[] {
	const stretches: Stretch[] = [];
	for (const position of positions) {
		const last = stretches.at(-1);
		if (last?.[1] === position - 1) last[1] = position;
		else stretches.push([position, position]);
	}
	return stretches;
}

/** An entry of a bundle, where it stands among those of all of its ledgers. */
export interface FoundEntry {
	readonly position: number;
	readonly kernel_id: string;
	readonly entry: Json;
}

/** All entries of a bundle in the order in which they were committed, and their leaves. */
export interface FoundLedger {
	readonly entries: readonly FoundEntry[];
	readonly leaves: readonly string[];
	/** When the tree was this one, where the bundle says it. */
	readonly time: string | null;
}

/** `no_order`: the bundle does not say in which order the entries of several ledgers came; `bad_tree`: it says it wrongly. */
export type OrderFailure = Failure<'no_order' | 'bad_tree'>;

/** Puts the entries of all ledgers of a bundle in order. What it says of its tree is checked, all of it. */
export function orderEntries(
	files: ZipFiles,
	kernels: readonly KernelVerification[]
): Result<FoundLedger, OrderFailure> {
	const bytes = files.get(bundlePaths.tree);
	const [only, ...others] = kernels;
	if (bytes === undefined && only !== undefined && others.length === 0)
		return orderOfOne(String(only.evidence.claims.kernel_id), only.evidence.entries, null);
	if (bytes === undefined)
		return err(failure('no_order', 'It does not say in which order the entries of its ledgers came.'));
	const parsed = v.safeParse(treeSchema, readJson(bytes));
	if (!parsed.success) return bad(`${bundlePaths.tree} says nothing of one`);
	const { size, root, time, kernels: told } = parsed.output;
	const isEachOnce = new Set(told.map(({ kernel_id }) => kernel_id)).size === kernels.length;
	if (told.length !== kernels.length || !isEachOnce) return bad('it speaks of other ledgers than there are');
	const entries: FoundEntry[] = [];
	for (const { kernel_id, positions } of told) {
		const kernel = kernels.find(({ evidence }) => evidence.claims.kernel_id === kernel_id);
		const found = kernel?.evidence.entries ?? [];
		// What a stretch says is counted before it is believed: it may be as long as a number can be.
		if (kernel === undefined || countOf(positions) !== found.length)
			return bad(`it places other entries of ${kernel_id.slice(0, 100)} than there are`);
		let at = 0;
		for (const [first, last] of positions)
			for (let position = first; position <= last; position++)
				entries.push({ position, kernel_id, entry: found[at++] ?? null });
	}
	entries.sort((a, b) => a.position - b.position);
	const leaves = leavesOf(entries);
	if (!leaves.ok) return leaves;
	const tree = treeOver(leaves.value, ledgerHashes);
	if (tree.size !== size || tree.root !== root)
		return bad('its root is not that of the tree over the entries');
	return ok({ entries, leaves: leaves.value, time });
}

/** Where there is one ledger its own order is that of all entries. */
export function orderOfOne(
	kernel_id: string,
	found: readonly Json[],
	time: string | null
): Result<FoundLedger, OrderFailure> {
	const entries = found.map((entry, at) => ({ position: at + 1, kernel_id, entry }));
	const leaves = leavesOf(entries);
	return leaves.ok ? ok({ entries, leaves: leaves.value, time }) : leaves;
}

function countOf(stretches: readonly Stretch[]): number {
	return stretches.reduce((sum, [first, last]) => sum + Math.max(0, last - first + 1), 0);
}

function leavesOf(entries: readonly FoundEntry[]): Result<readonly string[], OrderFailure> {
	const leaves = placedLeaves(
		entries.map(({ position, entry }) => ({
			position,
			hash: isObject(entry) && typeof entry.entry_hash === 'string' ? entry.entry_hash : ''
		}))
	);
	return leaves.ok ? leaves : bad(leaves.error.message);
}

function bad(why: string): Result<never, OrderFailure> {
	return err(failure('bad_tree', `the tree: ${why}`));
}
