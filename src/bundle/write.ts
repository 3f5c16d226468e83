import { zipSync } from 'fflate';
import { utf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { formatJson } from '#base/json.ts';
import type { Json } from '#base/canonical.ts';
import type { BundleRow } from '#records/bundle-rows.ts';
import {
	bundlePaths,
	bundleVersion,
	entityTables,
	publishedVersion,
	type Manifest
} from '#wire/bundle-manifest.ts';
import type { BundleContents, GatherOptions } from '#bundle/gather.ts';

/** A constitution text: `name` is that of its file, without `.md`. */
interface ConstitutionFile {
	readonly name: string;
	readonly text: string;
}

export interface WriteOptions extends Omit<GatherOptions, 'choice'> {
	/** An SQLite file with the rows of the contents and nothing else. */
	readonly database: Uint8Array;
	readonly constitution: readonly ConstitutionFile[];
}

/** Everything but the manifest, by path. */
type Files = Record<string, Uint8Array>;

const folders: Files = { [bundlePaths.proposals]: new Uint8Array(), [bundlePaths.history]: new Uint8Array() };

/** The zip of a bundle. The same contents at the same time give the same bytes. */
export function writeBundle(contents: BundleContents, options: WriteOptions): Uint8Array {
	const files = bundleFiles(contents, options);
	const manifest = manifestOf(contents, files, options);
	return zipSync(
		// The folders of the layout stand there also where nothing is in them yet.
		{ [bundlePaths.manifest]: jsonFile(manifest), ...folders, ...files },
		{ level: 6, mtime: Date.parse(options.exported_at) }
	);
}

function bundleFiles(
	{ rows, versions, config, kernels, commits, tree }: BundleContents,
	options: WriteOptions
) {
	const files: Files = { [bundlePaths.database]: options.database, [bundlePaths.config]: jsonFile(config) };
	for (const { name, text } of options.constitution) {
		files[`${bundlePaths.constitution}${name}.md`] = utf8(text);
	}
	for (const row of rows.evolution_proposals) {
		files[`${bundlePaths.proposals}${fileNameOf(row)}.json`] = jsonFile(readable(row));
	}
	for (const row of rows.evolution_history) {
		files[`${bundlePaths.history}${fileNameOf(row)}.json`] = jsonFile(readable(row));
	}
	files[bundlePaths.integrations] = jsonFile(rows.integrations.map(readable));
	for (const kernel of kernels) {
		// ASCII and in the order of its keys: what the verifier of any implementation reads.
		files[`${bundlePaths.kernels}${kernel.kernel_id}.json`] = utf8(formatJson(kernel as unknown as Json, 2));
	}
	files[bundlePaths.commits] = jsonFile(commits);
	if (tree !== null) files[bundlePaths.tree] = jsonFile(tree);
	if (versions !== null) files[bundlePaths.versions] = jsonFile(versions);
	return files;
}

function manifestOf({ rows, versions }: BundleContents, files: Files, options: WriteOptions): Manifest {
	const { database, constitution, exported_at, mirror_version } = options;
	return {
		version: bundleVersion,
		exported_at,
		mirror_version,
		schema_version: publishedVersion,
		database_type: 'sqlite',
		database_size_bytes: database.length,
		record_counts: Object.fromEntries(entityTables.map((table) => [table, rows[table].length])),
		includes: {
			constitution: constitution.length > 0,
			evolution_history: true,
			integration_configs: true,
			reflection_versions: versions !== null
		},
		privacy: { sanitized: false, encryption: 'none' },
		files: Object.fromEntries(
			Object.entries(files).map(([path, bytes]) => [path, { sha256: sha256Hex(bytes), size: bytes.length }])
		)
	};
}

function jsonFile(value: unknown): Uint8Array {
	return utf8(`${JSON.stringify(value, null, 2)}\n`);
}

const jsonColumns = ['metadata', 'config', 'changes', 'evidence', 'test_results', 'vote_results'];

/** A row for reading: what the database holds as JSON text is JSON here. */
function readable(row: BundleRow): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => {
			const isJson = jsonColumns.includes(column) && typeof value === 'string';
			return [column, isJson ? JSON.parse(value) : value];
		})
	);
}

/** An id as a file name: an id that came from elsewhere may hold anything. */
function fileNameOf({ id }: BundleRow): string {
	const name = String(id);
	return /^[\w-]{1,100}$/.test(name) ? name : sha256Hex(utf8(name));
}
