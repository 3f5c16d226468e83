import * as v from 'valibot';

/** The format of a bundle: `mirror_bundle_YYYYMMDD_HHMMSS.zip` (specification, "Bundle Structure" and "MANIFEST.json"). */

export const bundleVersion = '1.0';
/** The version of the published schema that this app writes, and the newest whose columns it knows. */
export const publishedVersion = '1.0.0';

/** Where everything stands in a bundle. */
export const bundlePaths = {
	manifest: 'MANIFEST.json',
	database: 'mirror_os.db',
	config: 'config.json',
	constitution: 'constitution/',
	proposals: 'evolution/proposals/',
	history: 'evolution/history/',
	integrations: 'integrations/configs.json',
	kernels: 'kernel/',
	commits: 'kernel/commits.json',
	// Not beside the ledgers: readers that do not know it take every file there for one.
	tree: 'ledger/tree.json',
	versions: 'versions/reflections.json'
} as const;

/** The 14 tables of the specification, parents before children. */
export const entityTables = [
	'identities',
	'axes',
	'tensions',
	'reflections',
	'mirrorbacks',
	'threads',
	'thread_reflections',
	'engine_runs',
	'engine_feedback',
	'evolution_proposals',
	'evolution_history',
	'evolution_events',
	'integrations',
	'schema_version'
] as const;
export type EntityTable = (typeof entityTables)[number];

/** What a reader takes at most; more is refused before it costs anything. */
export const importLimits = {
	/** Bytes of the file itself. */
	file: 200 * 1024 * 1024,
	/** Bytes of all entries together, and how many times larger than packed one may be. */
	unpacked: 500 * 1024 * 1024,
	ratio: 100,
	/** A short entry may be packed better than that: below this many bytes the ratio says nothing. */
	ratioFrom: 1024 * 1024,
	entries: 20_000,
	rowsPerTable: 100_000,
	milliseconds: 60_000
} as const;

/** The name of a bundle made at a time, `YYYY-MM-DDTHH:mm:ss.sssZ`; UTC, as every time in it. */
export function bundleFileName(time: string): string {
	const digits = time.replace(/\D/g, '');
	return `mirror_bundle_${digits.slice(0, 8)}_${digits.slice(8, 14)}.zip`;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'));

/** MANIFEST.json. Keys that it does not name are kept: a newer minor version may add some. */
export const manifestSchema = v.looseObject({
	version: v.pipe(v.string(), v.regex(/^\d+\.\d+$/, 'must be a version like 1.0')),
	exported_at: v.string(),
	mirror_version: v.string(),
	schema_version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'must be a version like 1.0.0')),
	database_type: v.string(),
	database_size_bytes: count,
	record_counts: v.record(v.string(), count),
	includes: v.optional(
		v.looseObject({
			constitution: v.boolean(),
			evolution_history: v.boolean(),
			integration_configs: v.boolean()
		})
	),
	privacy: v.optional(v.looseObject({ sanitized: v.boolean(), encryption: v.string() })),
	/** SHA-256 and size of every other file; not in bundles of other programs. */
	files: v.optional(v.record(v.string(), v.looseObject({ sha256, size: count })))
});
export type Manifest = v.InferOutput<typeof manifestSchema>;

/**
 * kernel/commits.json: for each row of the bundle the last commit to it, with its salt, and for each request that made
 * one all that its ledger entry was hashed with. HMAC-SHA-256 under `salt` (hex) of the row's canonical JSON is `hash`;
 * it stands at `ordinal` of `rows` of its request; SHA-256 of the canonical `{commit, rows: SHA-256 of the canonical list}`
 * is `params_hash` of the entry `ledger_seq` of `kernel_id`.
 */
export const commitsSchema = v.object({
	format: v.literal('mirror_commits'),
	version: v.literal(1),
	rows: v.array(
		v.object({
			entity: v.string(),
			row_id: v.string(),
			request_id: v.string(),
			ordinal: count,
			hash: sha256,
			salt: sha256
		})
	),
	requests: v.array(
		v.object({
			request_id: v.string(),
			kernel_id: v.string(),
			ledger_seq: count,
			commit: sha256,
			rows: v.array(sha256)
		})
	)
});
export type Commits = v.InferOutput<typeof commitsSchema>;

/** A whole number to which one can be added. */
const place = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * ledger/tree.json: the tree over the entries of all ledgers of the bundle (RFC 6962, 2.1; a leaf is over the 32 bytes of an
 * `entry_hash`) as it was at `time`, and where each ledger's entries stand in it: stretches of positions, first and last, from
 * 1 on.
 */
export const treeSchema = v.object({
	format: v.literal('mirror_tree'),
	version: v.literal(1),
	size: count,
	root: sha256,
	time: v.string(),
	kernels: v.array(v.object({ kernel_id: v.string(), positions: v.array(v.tuple([place, place])) }))
});
export type TreeFile = v.InferOutput<typeof treeSchema>;

/** An earlier state of a reflection. */
export const versionSchema = v.object({
	reflection_id: v.pipe(v.string(), v.minLength(1)),
	// Nobody edits an entry a million times; beyond 2^53 the next version would be the same one.
	version: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
	content: v.string(),
	content_type: v.string(),
	created_at: v.string(),
	metadata: v.nullable(v.string()),
	replaced_at: v.string()
});

/** versions/reflections.json: earlier states, where the person chose to take them along. */
export const versionsSchema = v.object({ reflection_versions: v.array(versionSchema) });
