import * as v from 'valibot';
import { sha256Hex } from '#base/hash.ts';
import { semanticVersion, shippedConfig } from '#domain/engine-config.ts';
import { ok, type Result } from '#base/result.ts';
import { isAsShipped, patternChoices, type PatternChoices } from '#domain/pattern-choices.ts';
import type { ForeignTables } from '#records/foreign.ts';
import type { VersionRow } from '#records/reflection.ts';
import {
	bundlePaths,
	entityTables,
	manifestSchema,
	publishedVersion,
	type Manifest
} from '#wire/bundle-manifest.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { readJson } from '#bundle/json-file.ts';
import { parseVersions } from '#bundle/parse.ts';
import { checkForeign, notRead, stageRows } from '#bundle/stage.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { cleanText } from '#bundle/text.ts';
import { stageLedgers } from '#bundle/ledgers.ts';
import type { ZipFiles } from '#bundle/unzip.ts';

/** The files of a bundle whose manifest was checked. */
export interface BundleFiles {
	readonly manifest: Manifest;
	readonly database: Uint8Array;
	/** Those that the manifest vouches for: where it lists files, no other one is ever read. */
	readonly files: ZipFiles;
	/** In plain sentences: what is unusual, but no reason to refuse. */
	readonly notices: readonly string[];
}

/** Checks everything that can be checked without opening the database. */
export function readBundleFiles(zip: ZipFiles): Result<BundleFiles, ImportFailure> {
	const manifest = readManifest(zip);
	if (!manifest.ok) return manifest;
	const files = listedFiles(manifest.value, zip);
	const { schema_version, database_type, database_size_bytes, privacy } = manifest.value;
	const notices: string[] = [];
	if (privacy !== undefined && privacy.encryption !== 'none')
		return refuseFile('encrypted', 'This bundle says that it is encrypted, which cannot be opened here.');
	const version = checkVersion(schema_version, notices);
	if (version !== null) return version;
	const database = files.get(bundlePaths.database);
	if (database === undefined) {
		if (zip.has(bundlePaths.database))
			return refuseFile('no_database', `The manifest of this bundle does not list ${bundlePaths.database}.`);
		const why =
			database_type === 'sqlite' ? '' : ` (its database is of the type ${database_type.slice(0, 40)})`;
		return refuseFile('no_database', `This bundle holds no ${bundlePaths.database}${why}.`);
	}
	if (database.length !== database_size_bytes) {
		notices.push(
			`The manifest says that the database has ${database_size_bytes} bytes; it has ${database.length}.`
		);
	}
	const damaged = checkHashes(manifest.value, files);
	if (damaged !== null) return damaged;
	const ignored = [...zip.keys()].filter((path) => path !== bundlePaths.manifest && !files.has(path));
	if (ignored.length > 0) notices.push(`${ignored.length} files are not in the manifest and are ignored.`);
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

/** Programs that list no files vouch for all of them. */
function listedFiles({ files: listed }: Manifest, zip: ZipFiles): ZipFiles {
	return listed === undefined ? zip : new Map([...zip].filter(([path]) => Object.hasOwn(listed, path)));
}

function checkHashes({ files: listed }: Manifest, files: ZipFiles) {
	if (listed === undefined) return null;
	for (const [path, { sha256, size }] of Object.entries(listed)) {
		const bytes = files.get(path);
		if (bytes === undefined)
			return refuseFile('damaged', `The file ${path.slice(0, 100)} is listed in the manifest and missing.`);
		if (bytes.length !== size || sha256Hex(bytes) !== sha256)
			return refuseFile('damaged', `The file ${path.slice(0, 100)} is not the one that the manifest lists.`);
	}
	return null;
}

/** How refusals name the database of a bundle. */
export const databaseOfBundle = 'The database of this bundle';

/** Parses what the foreign database held, and the files beside it, into rows that could be imported. */
export function stageBundle(
	bundle: BundleFiles,
	foreign: ForeignTables
): Result<StagedImport, ImportFailure> {
	const { manifest, files } = bundle;
	const refusal = checkDatabase(foreign, databaseOfBundle);
	if (refusal !== null) return refusal;
	const notices = [...bundle.notices];
	checkCounts(manifest, foreign, notices);
	notices.push(...notRead(unknownIn(foreign)));
	const versions = readVersions(files, notices);
	const staged = stageRows({ format: 'mirror_bundle', tables: foreign.tables, notices });
	return ok({
		...staged,
		notices: [...staged.notices, ...noticeOfEngine(files)],
		versions,
		ledgers: stageLedgers(files),
		crisis_card: readCrisisCard(files),
		patterns: readPatterns(files)
	});
}

/** Parses the database of a bundle that was unpacked. */
export function stageUnpacked(foreign: ForeignTables): Result<StagedImport, ImportFailure> {
	const refusal = checkDatabase(foreign, 'This database');
	if (refusal !== null) return refusal;
	const notices = [
		'Only the database of a bundle: settings and earlier versions stand in other files of it.',
		...notRead(unknownIn(foreign))
	];
	return ok(stageRows({ format: 'mirror_database', tables: foreign.tables, notices }));
}

function checkDatabase(foreign: ForeignTables, what: string) {
	const refusal = checkForeign(foreign, what);
	if (refusal !== null) return refusal;
	const missing = ['identities', 'reflections'].filter((table) => !foreign.tables.has(table));
	if (missing.length > 0) return refuseFile('no_database', `${what} has no table ${missing.join(' and ')}.`);
	return checkDatabaseVersion(foreign);
}

/** Part of the published schema: nothing to speak of. */
const ownTriggers = ['trigger evolution_history_no_update', 'trigger evolution_history_no_delete'];

function unknownIn({ ignored }: ForeignTables): readonly string[] {
	return ignored.filter((what) => !ownTriggers.includes(what));
}

/** The database may say another version than the manifest: the higher one counts. */
function checkDatabaseVersion({ tables }: ForeignTables) {
	for (const { version } of tables.get('schema_version') ?? []) {
		if (typeof version !== 'string' || !/^\d+\.\d+\.\d+$/.test(version)) continue;
		if (Number(version.split('.')[0]) > Number(publishedVersion.split('.')[0]))
			return checkVersion(version, []);
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

const versionList = v.object({ reflection_versions: v.array(v.record(v.string(), v.unknown())) });

function readVersions(files: ZipFiles, notices: string[]): readonly VersionRow[] {
	const bytes = files.get(bundlePaths.versions);
	if (bytes === undefined) return [];
	const list = v.safeParse(versionList, readJson(bytes));
	if (!list.success) {
		notices.push(`${bundlePaths.versions} cannot be read: earlier states are not imported.`);
		return [];
	}
	const { versions, left } = parseVersions(list.output.reflection_versions);
	if (left.length > 0)
		notices.push(
			`Earlier states that break a rule are not imported: ${left.length} (the first: ${left[0]}).`
		);
	return versions;
}

const setEngine = v.object({ engine_config: v.object({ version: semanticVersion }) });

/** How the engine of another mirror is set is not taken over: a file could set anything. It is said. */
function noticeOfEngine(files: ZipFiles): string[] {
	const bytes = files.get(bundlePaths.config);
	const parsed = v.safeParse(setEngine, bytes === undefined ? null : readJson(bytes));
	if (!parsed.success || parsed.output.engine_config.version === shippedConfig.version) return [];
	const { version } = parsed.output.engine_config;
	return [
		`The engine of that mirror has the configuration ${version}. It is not taken over; its proposals come along, and can be made anew.`
	];
}

const crisisCard = v.object({
	crisis_card: v.pipe(v.string(), v.transform(cleanText), v.trim(), v.minLength(1), v.maxLength(5000))
});

function readCrisisCard(files: ZipFiles): string | null {
	const bytes = files.get(bundlePaths.config);
	const parsed = v.safeParse(crisisCard, bytes === undefined ? null : readJson(bytes));
	return parsed.success ? parsed.output.crisis_card : null;
}

const shownPatterns = v.object({ patterns: patternChoices });

function readPatterns(files: ZipFiles): PatternChoices | null {
	const bytes = files.get(bundlePaths.config);
	const parsed = v.safeParse(shownPatterns, bytes === undefined ? null : readJson(bytes));
	return parsed.success && !isAsShipped(parsed.output.patterns) ? parsed.output.patterns : null;
}
