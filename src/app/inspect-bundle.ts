import type { SqlJsStatic } from 'sql.js';
import { sha256Hex } from '#base/hash.ts';
import { ok, type Result } from '#base/result.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { readBundleFiles, stageBundle } from '#bundle/read.ts';
import { orderEntries } from '#bundle/tree.ts';
import { isZip, readZip } from '#bundle/unzip.ts';
import { verifyKernels } from '#bundle/ledgers.ts';
import { verifyCommits } from '#bundle/verify.ts';
import { bundlePaths, type Manifest } from '#wire/bundle-manifest.ts';
import { openForeign } from '#app/read-import.ts';

/** Whether a file begins as a bundle does; what is in it is another question. */
export function isBundle(bytes: Uint8Array): boolean {
	return isZip(bytes);
}

/** What a bundle says of itself, and what its parts are. */
export interface BundleInspection {
	readonly manifest: Manifest;
	readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
	/** Rows that its database really holds. */
	readonly counts: Readonly<Record<string, number>>;
	readonly notices: readonly string[];
}

/** Looks into a bundle without importing anything. */
export function inspectBundle(bytes: Uint8Array, sql: SqlJsStatic): Result<BundleInspection, ImportFailure> {
	const zip = isZip(bytes) ? readZip(bytes) : refuseFile('not_zip', 'This is not a zip file.');
	if (!zip.ok) return zip;
	const bundle = readBundleFiles(zip.value);
	if (!bundle.ok) return bundle;
	const foreign = openForeign(sql, bundle.value.database);
	if (!foreign.ok) return foreign;
	const staged = stageBundle(bundle.value, foreign.value);
	if (!staged.ok) return staged;
	return ok({
		manifest: bundle.value.manifest,
		files: [...zip.value].map(([path, file]) => ({ path, size: file.length, sha256: sha256Hex(file) })),
		counts: Object.fromEntries([...foreign.value.tables].map(([table, rows]) => [table, rows.length])),
		notices: staged.value.notices
	});
}

/** What a verification of a bundle found, over all its ledgers. */
export interface BundleVerification {
	readonly is_valid: boolean;
	readonly entries_verified: number;
	readonly errors: readonly string[];
	readonly structural: readonly string[];
	/** Of the ledger that ends last; null where the bundle holds none. */
	readonly computed_root_hash: string | null;
	readonly hash_profile: string | null;
	readonly as_reference: { readonly is_valid: boolean; readonly errors: readonly string[] };
	/** How many rows the ledgers prove. */
	readonly kernels: number;
}

/** Refusals of a bundle that was read far enough to be checked: they are findings, not unreadable files. */
const findings: readonly string[] = ['damaged', 'unsafe_name', 'no_database', 'too_many_rows', 'bomb'];

/** Verifies a bundle: its files against the manifest, its ledgers, and its rows against both. */
export function verifyBundle(
	bytes: Uint8Array,
	sql: SqlJsStatic,
	{ root }: { readonly root?: string } = {}
): Result<BundleVerification, ImportFailure> {
	const zip = readZip(bytes);
	if (!zip.ok) return asFinding(zip.error);
	const bundle = readBundleFiles(zip.value);
	if (!bundle.ok) return asFinding(bundle.error);
	const foreign = openForeign(sql, bundle.value.database);
	if (!foreign.ok) return asFinding(foreign.error);
	const staged = stageBundle(bundle.value, foreign.value);
	if (!staged.ok) return asFinding(staged.error);
	const structural: string[] = [...staged.value.notices];
	for (const { table, id, reason } of [...staged.value.quarantined, ...staged.value.changed])
		structural.push(`${table} ${id}: ${reason}`);
	const kernels = verifyKernels(bundle.value.files, structural);
	const errors = verifyCommits(bundle.value, foreign.value, kernels);
	if (bundle.value.files.has(bundlePaths.tree)) {
		const tree = orderEntries(bundle.value.files, kernels);
		if (!tree.ok) errors.push(tree.error.message);
	}
	const roots = kernels.map(({ verification }) => verification.computed_root_hash);
	if (root !== undefined && !roots.includes(root)) errors.push(`No ledger in it ends with ${root}.`);
	for (const { path, verification } of kernels) {
		errors.push(...verification.errors.map((error) => `${path}: ${error}`));
		structural.push(...verification.structural.map((error) => `${path}: ${error}`));
	}
	const last = kernels.toSorted((a, b) => (a.path < b.path ? -1 : 1)).at(-1)?.verification;
	const asReference = kernels.flatMap(({ verification }) => verification.as_reference.errors);
	return ok({
		is_valid: errors.length === 0 && structural.length === 0,
		entries_verified: kernels.reduce((sum, { verification }) => sum + verification.entries_verified, 0),
		errors,
		structural,
		computed_root_hash: last?.computed_root_hash ?? null,
		hash_profile: last?.hash_profile ?? null,
		as_reference: { is_valid: asReference.length === 0, errors: asReference },
		kernels: kernels.length
	});
}

function asFinding(failure: ImportFailure): Result<BundleVerification, ImportFailure> {
	if (!findings.includes(failure.code)) return { ok: false, error: failure };
	const none = { computed_root_hash: null, hash_profile: null, entries_verified: 0, kernels: 0 };
	const structural = [failure.message.replace(' Nothing was imported.', '')];
	return ok({
		is_valid: false,
		errors: [],
		structural,
		...none,
		as_reference: { is_valid: true, errors: [] }
	});
}
