import { utf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { err, failure, ok } from '#base/result.ts';
import type { Failure, Result } from '#base/result.ts';

/** A file of `migrations/sqlite` or `migrations/postgres`, as it was shipped. */
export interface MigrationFile {
	/** `NNN_name.sql`: the order of the names is the order of application. */
	readonly name: string;
	readonly text: string;
}

/** A migration that was read: SQL forward, and back where there is a way back. */
export interface Migration {
	readonly name: string;
	readonly version: string;
	readonly date: string;
	readonly description: string;
	readonly forward: string;
	/** Null: irreversible. */
	readonly reverse: string | null;
	/** SHA-256 of the file with LF line ends, 64 hex digits: kept in `schema_version`, so that an edited file is seen. */
	readonly checksum: string;
}

/** `malformed`: a header line is missing or of another form; `order`: versions do not rise with the names. */
export type MigrationFault = Failure<'malformed' | 'order'>;

const marker = /^--[ \t]*(?:ROLLBACK:|DOWN:?)[ \t]*(?:\n|$)/m;

/**
 * Reads one file (specification, "Migrations"): header comments Migration, Version, Date and Description, forward SQL, then
 * `-- ROLLBACK:` (or `-- DOWN`) and the reverse SQL as comments.
 */
export function parseMigration({ name, text }: MigrationFile): Result<Migration, MigrationFault> {
	const lines = text.replaceAll('\r\n', '\n');
	const version = header(lines, 'Version');
	if (!/^\d{3}_\w+\.sql$/.test(name) || header(lines, 'Migration') !== name) {
		return err(failure('malformed', `${name} does not say in its header that it is this migration.`));
	}
	if (!/^\d+\.\d+\.\d+$/.test(version))
		return err(failure('malformed', `${name} has no version such as 1.0.0.`));
	const at = lines.search(marker);
	const forward = at < 0 ? lines : lines.slice(0, at);
	return ok({
		name,
		version,
		date: header(lines, 'Date'),
		description: header(lines, 'Description'),
		forward,
		reverse: at < 0 ? null : reverseOf(lines.slice(at).replace(marker, '')),
		checksum: sha256Hex(utf8(lines))
	});
}

/** Reads all files of one dialect, in the order of their names. */
export function parseMigrations(files: readonly MigrationFile[]): Result<Migration[], MigrationFault> {
	const migrations: Migration[] = [];
	for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
		const parsed = parseMigration(file);
		if (!parsed.ok) return parsed;
		const before = migrations.at(-1);
		if (before !== undefined && compareVersions(before.version, parsed.value.version) >= 0) {
			return err(failure('order', `${file.name} comes after ${before.name} and has no higher version.`));
		}
		migrations.push(parsed.value);
	}
	return ok(migrations);
}

/** Below 0 where `a` is the older of two versions `MAJOR.MINOR.PATCH`. */
export function compareVersions(a: string, b: string): number {
	const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)];
	return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
}

function header(text: string, name: string): string {
	return new RegExp(`^-- ${name}:[ \\t]*(.+?)[ \\t]*$`, 'm').exec(text)?.[1] ?? '';
}

function reverseOf(section: string): string | null {
	const sql = section.replace(/^--[ \t]?/gm, '').trim();
	return sql === '' ? null : sql;
}
