import * as v from 'valibot';
import { fromUtf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { ok, type Result } from '#base/result.ts';
import type { BundleRow } from '#records/bundle-rows.ts';
import type { ForeignTables } from '#records/foreign.ts';
import {
	bundlePaths,
	entityTables,
	importLimits,
	manifestSchema,
	publishedVersion,
	versionsSchema,
	type Manifest
} from '#wire/bundle-manifest.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { parseTables, type RawRow } from '#bundle/parse.ts';
import { byTable, type StagedImport } from '#bundle/staged.ts';
import { cleanText } from '#bundle/text.ts';
import type { ZipFiles } from '#bundle/unzip.ts';

/** The files of a bundle whose manifest was checked. */
export interface BundleFiles {
	readonly manifest: Manifest;
	readonly database: Uint8Array;
	readonly files: ZipFiles;
	/** In plain sentences: what is unusual, but no reason to refuse. */
	readonly notices: readonly string[];
}

/** Checks everything that can be checked without opening the database. */
export function readBundleFiles(files: ZipFiles): Result<BundleFiles, ImportFailure> {
	const manifest = readManifest(files);
	if (!manifest.ok) return manifest;
	const { schema_version, database_type, database_size_bytes, privacy } = manifest.value;
	const notices: string[] = [];
	if (privacy !== undefined && privacy.encryption !== 'none')
		return refuseFile('encrypted', 'This bundle says that it is encrypted, which cannot be opened here.');
	const version = checkVersion(schema_version, notices);
	if (version !== null) return version;
	const database = files.get(bundlePaths.database);
	if (database === undefined) {
		const why =
			database_type === 'sqlite' ? '' : ` (its database is of the type ${database_type.slice(0, 40)})`;
		return refuseFile('no_database', `This bundle holds no ${bundlePaths.database}${why}.`);
	}
	if (database.length !== database_size_bytes) {
		notices.push(
			`The manifest says that the database has ${database_size_bytes} bytes; it has ${database.length}.`
		);
	}
	const damaged = checkHashes(manifest.value, files, notices);
	if (damaged !== null) return damaged;
	return ok({ manifest: manifest.value, database, files, notices });
}

function readManifest(files: ZipFiles): Result<Manifest, ImportFailure> {
	const bytes = files.get(bundlePaths.manifest);
	if (bytes === undefined)
		return refuseFile('no_manifest', 'This zip file is no bundle: it holds no MANIFEST.json.');
	const json = readJson(bytes);
	if (json === undefined) return refuseFile('bad_manifest', 'The MANIFEST.json of this bundle is not JSON.');
	const parsed = v.safeParse(manifestSchema, json);
	if (!parsed.success) {
		const where = v.getDotPath(parsed.issues[0]) ?? 'it';
		return refuseFile('bad_manifest', `The MANIFEST.json of this bundle is not one: ${where} does not fit.`);
	}
	return ok(parsed.output);
}

/** Same major version only; a newer minor one is read, and said (specification C3, 30). */
function checkVersion(version: string, notices: string[]) {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const [ownMajor = 0, ownMinor = 0] = publishedVersion.split('.').map(Number);
	if (major > ownMajor) {
		return refuseFile(
			'newer_version',
			`This bundle was written by a newer major version (schema ${version}; this app reads ${ownMajor}.x).`
		);
	}
	if (major < ownMajor)
		return refuseFile('older_version', `Schema ${version} of this bundle is not read by this app.`);
	if (minor > ownMinor) {
		notices.push(
			`The bundle has schema ${version}, newer than ${publishedVersion}: columns that are not known here are kept in metadata.`
		);
	}
	return null;
}

function checkHashes({ files: listed }: Manifest, files: ZipFiles, notices: string[]) {
	if (listed === undefined) return null;
	for (const [path, { sha256, size }] of Object.entries(listed)) {
		const bytes = files.get(path);
		if (bytes === undefined)
			return refuseFile('damaged', `The file ${path.slice(0, 100)} is listed in the manifest and missing.`);
		if (bytes.length !== size || sha256Hex(bytes) !== sha256)
			return refuseFile('damaged', `The file ${path.slice(0, 100)} is not the one that the manifest lists.`);
	}
	const extra = [...files.keys()].filter(
		(path) => path !== bundlePaths.manifest && !Object.hasOwn(listed, path)
	);
	if (extra.length > 0) notices.push(`${extra.length} files are not in the manifest and are ignored.`);
	return null;
}

/** Part of the published schema: nothing to speak of. */
const ownTriggers = ['trigger evolution_history_no_update', 'trigger evolution_history_no_delete'];

/** Parses what the foreign database held, and the files beside it, into rows that could be imported. */
export function stageBundle(
	bundle: BundleFiles,
	foreign: ForeignTables
): Result<StagedImport, ImportFailure> {
	const { manifest, files } = bundle;
	if (foreign.damage.length > 0)
		return refuseFile('damaged', 'The database of this bundle is damaged: SQLite finds errors in its pages.');
	const [long] = foreign.tooLong;
	if (long !== undefined)
		return refuseFile(
			'too_many_rows',
			`The table ${long} holds more than ${importLimits.rowsPerTable} rows.`
		);
	const missing = ['identities', 'reflections'].filter((table) => !foreign.tables.has(table));
	if (missing.length > 0)
		return refuseFile('no_database', `The database of this bundle has no table ${missing.join(' and ')}.`);
	const notices = [...bundle.notices];
	const newest = checkDatabaseVersion(foreign, notices);
	if (newest !== null) return newest;
	checkCounts(manifest, foreign, notices);
	const ignored = foreign.ignored.filter((what) => !ownTriggers.includes(what));
	if (ignored.length > 0) notices.push(`Not read: ${ignored.slice(0, 20).join(', ')}.`);
	const { rows, quarantined, changed, lost } = parseTables(foreign.tables);
	if (lost.size > 0)
		notices.push(`These columns have no place here and would be lost: ${[...lost].join(', ')}.`);
	const versions = readVersions(files, notices);
	return ok({
		format: 'mirror_bundle',
		rows,
		versions,
		crisis_card: readCrisisCard(files),
		found: byTable((table) => foreign.tables.get(table)?.length ?? 0),
		notices,
		quarantined,
		changed,
		skipped: [],
		questions: []
	});
}

/** The database may say another version than the manifest: the higher one counts. */
function checkDatabaseVersion({ tables }: ForeignTables, notices: string[]) {
	for (const { version } of tables.get('schema_version') ?? []) {
		if (typeof version !== 'string' || !/^\d+\.\d+\.\d+$/.test(version)) continue;
		if (Number(version.split('.')[0]) > Number(publishedVersion.split('.')[0]))
			return checkVersion(version, notices);
	}
	return null;
}

function checkCounts({ record_counts }: Manifest, { tables }: ForeignTables, notices: string[]): void {
	for (const table of entityTables) {
		const said = record_counts[table];
		const held = tables.get(table)?.length ?? 0;
		if (said !== undefined && said !== held)
			notices.push(`The manifest says ${said} rows in ${table}; the database holds ${held}.`);
	}
}

function readVersions(files: ZipFiles, notices: string[]): BundleRow[] {
	const bytes = files.get(bundlePaths.versions);
	if (bytes === undefined) return [];
	const parsed = v.safeParse(versionsSchema, readJson(bytes));
	if (parsed.success) return parsed.output.reflection_versions.map(cleanRow);
	notices.push(`${bundlePaths.versions} cannot be read: earlier states are not imported.`);
	return [];
}

function cleanRow(row: RawRow): BundleRow {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => [
			column,
			typeof value === 'string' ? cleanText(value) : (value as number | null)
		])
	);
}

const crisisCard = v.object({ crisis_card: v.pipe(v.string(), v.minLength(1), v.maxLength(5000)) });

function readCrisisCard(files: ZipFiles): string | null {
	const bytes = files.get(bundlePaths.config);
	const parsed = v.safeParse(crisisCard, bytes === undefined ? null : readJson(bytes));
	return parsed.success ? cleanText(parsed.output.crisis_card) : null;
}

/** JSON that a file holds, or undefined. */
export function readJson(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(fromUtf8(bytes)?.replace(/^\ufeff/, '') ?? '') as unknown;
	} catch {
		return undefined;
	}
}
