import type { ImportFormat, RowFinding } from '#domain/bundle.ts';
import type { PatternChoices } from '#domain/pattern-choices.ts';
import { bundleTables, type BundleRow, type BundleTable } from '#records/bundle-rows.ts';
import type { VersionRow } from '#records/reflection.ts';

/** A file that was read and parsed, and changed nothing yet. */
export interface StagedImport {
	readonly format: ImportFormat;
	/** Rows that fit the schemas, by table. */
	readonly rows: Readonly<Record<BundleTable, readonly BundleRow[]>>;
	/** Earlier states of reflections, as rows of `reflection_versions`. */
	readonly versions: readonly VersionRow[];
	/** The person's own words for hard moments, from config.json; null where there are none. */
	readonly crisis_card: string | null;
	/** How the person named and showed patterns, from config.json; null where they are as shipped. */
	readonly patterns: PatternChoices | null;
	/** How many rows the file holds, by table. */
	readonly found: Readonly<Record<BundleTable, number>>;
	readonly notices: readonly string[];
	/** Of a bundle, its ledgers. */
	readonly ledgers: readonly StagedLedger[];
	readonly quarantined: readonly RowFinding[];
	readonly changed: readonly RowFinding[];
	readonly skipped: readonly { readonly reason: string; readonly count: number }[];
	readonly questions: readonly string[];
}

/** A ledger in a bundle, verified by itself. */
export interface StagedLedger {
	/** As it says; null where it says none. */
	readonly kernel_id: string | null;
	/** What its entries state, in their order. */
	readonly hashes: readonly string[];
	/** What is wrong with it; ids and hashes only, never content. */
	readonly findings: readonly string[];
}

/** A value for each table. */
export function byTable<T>(make: (table: BundleTable) => T): Record<BundleTable, T> {
	return Object.fromEntries(bundleTables.map((table) => [table, make(table)])) as Record<BundleTable, T>;
}
