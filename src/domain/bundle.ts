import * as v from 'valibot';
import { rowId } from '#domain/common.ts';
import { command } from '#domain/define.ts';
import type { OwnComparison } from '#domain/evidence.ts';
import type { PatternChoices } from '#domain/pattern-choices.ts';

/** What a person chooses of an export. */
export const exportChoice = v.strictObject({
	/** Null: everything. Else the rows of these identities, where null stands for those without one. */
	identities: v.optional(
		v.nullable(v.pipe(v.array(v.nullable(rowId)), v.minLength(1), v.maxLength(200))),
		null
	),
	/** Whether earlier states of reflections go along. */
	versions: v.optional(v.boolean(), false)
});
export type ExportChoice = v.InferOutput<typeof exportChoice>;

export const bundleCommands = {
	'bundle.export': command('Export a bundle', exportChoice)
};

export const importCommands = {
	'import.run': command(
		'Import a file',
		v.strictObject({
			/** Of the staged import, as its preview says. */
			token: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
			/** SHA-256 of the staged rows, as the preview says: what is imported is what was shown. */
			sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')),
			mode: v.optional(v.literal('merge'), 'merge'),
			/** Whose the entries of a diary are; a bundle brings its own identities. */
			identity_id: v.optional(v.nullable(rowId), null),
			/** Whether the person read the file's crisis card in the preview and wants it as their own. */
			crisis_card: v.optional(v.boolean(), false),
			/** Whether the person wants the file's patterns as their own. */
			patterns: v.optional(v.boolean(), false)
		})
	)
};

/** Of the original system: a database of any of its shapes, a JSON export, a zip with a database or an export in it. */
export const originalFormats = ['original_database', 'original_export', 'original_backup'] as const;
export type OriginalFormat = (typeof originalFormats)[number];

/**
 * What a file is, by what it holds. `mirror_bundle`, and `mirror_database`: the database of one alone; `json_diary`: a list of
 * dates and texts.
 */
export type ImportFormat = 'mirror_bundle' | 'mirror_database' | 'json_diary' | OriginalFormat;

/** A row that is not imported, and why. Ids only, never content. */
export interface RowFinding {
	readonly table: string;
	readonly id: string;
	readonly reason: string;
}

/** What would become of the rows of one table. */
export interface TableCounts {
	readonly table: string;
	/** In the file. */
	readonly rows: number;
	readonly new: number;
	/** Here already, with the same content. */
	readonly same: number;
	/** Here with other content: the newer stays under the id, the other becomes a copy. */
	readonly conflicts: number;
	/** Left out because the row, or the one it belongs to, is in the trash. */
	readonly trashed: number;
	/** Left out because it breaks a rule: listed among the findings. */
	readonly quarantined: number;
}

/** The ledgers in a bundle: verified, and held against this mirror. None of them is taken over. */
export interface BundleLedger {
	readonly kernels: number;
	readonly entries: number;
	/** What is wrong with them by themselves, the first of it; `found` says how much there is. */
	readonly findings: readonly string[];
	readonly found: number;
	/** Those of kernels of this mirror; none where the bundle is of another. */
	readonly own: readonly (OwnComparison & { readonly kernel_id: string })[];
}

/** What an import would do: shown before anything is done. */
export interface ImportPreview {
	readonly token: string;
	readonly sha256: string;
	readonly format: ImportFormat;
	/** Reflections in the file. */
	readonly entries: number;
	/** Days of the first and the last of them; null where there are none. */
	readonly from: string | null;
	readonly to: string | null;
	/** How many different tags they carry. */
	readonly tags: number;
	readonly attachments: number;
	readonly tables: readonly TableCounts[];
	/** In plain sentences: what is unusual about the file. */
	readonly notices: readonly string[];
	/** Null where the file holds none. */
	readonly ledger: BundleLedger | null;
	/** Rows that are not imported. */
	readonly quarantined: readonly RowFinding[];
	/** Rows that are imported with something changed: forced to stay on this device. */
	readonly changed: readonly RowFinding[];
	/** Rows that are here with other content. */
	readonly conflicts: readonly RowFinding[];
	readonly skipped: readonly { readonly reason: string; readonly count: number }[];
	readonly questions: readonly string[];
	/**
	 * The crisis card that the file brings, where this mirror has none of its own; else null. Whoever made the file chose
	 * its words and numbers: they are taken only where the command says that the person agreed to them.
	 */
	readonly crisis_card: string | null;
	/** How the file has patterns named and shown, where this mirror has them as shipped; else null. Taken as the card is. */
	readonly patterns: PatternChoices | null;
}
