import type { SqlJsStatic } from 'sql.js';
import * as v from 'valibot';
import { exportChoice, type ExportChoice } from '#domain/bundle.ts';
import type { CommandData } from '#domain/command.ts';
import type { Receipt, ReceiptCode } from '#domain/receipt.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import { gatherBundle } from '#bundle/gather.ts';
import { writeBundle } from '#bundle/write.ts';
import { putBundleRow } from '#records/bundle-rows.ts';
import type { Database } from '#storage/database.ts';
import { parseMigrations, type MigrationFile } from '#storage/migration.ts';
import { entityTables } from '#wire/bundle-manifest.ts';
import type { Engines } from '#app/engines.ts';
import type { ExportedBundle } from '#app/protocol.ts';
import { releaseOf } from '#app/release-file.ts';
import { buildDatabase } from '#app/scratch.ts';
import { storageRefusal } from '#app/words.ts';
import { version } from '#app/version.ts';

export interface ExportDependencies {
	/** sql.js, loaded when something is exported. */
	readonly sql: () => Promise<SqlJsStatic>;
	readonly engines: Engines;
}

const core = '001_core.sql';
/** What stands before the first table that is the app's own (migrations/sqlite/001_core.sql). */
const productTables = '-- Product tables';

/** The published schema: the 14 tables of the core migration, without the app's own. */
export function publishedSchema(migrations: readonly MigrationFile[]): string {
	const text = migrations.find(({ name }) => name === core)?.text ?? '';
	const end = text.indexOf(productTables);
	if (end === -1) throw new Error(`${core} does not say where the product tables begin`);
	return text.slice(0, end);
}

/** Who is asked about an export, and when. */
export interface ExportDoors {
	/** For what the person asks. */
	readonly dispatch: (request: unknown) => Promise<Receipt>;
	/** Lets a file that was made leave, or says why it does not. */
	readonly release: (file: CommandData<'egress.release'>, word: Agreement) => Promise<Receipt>;
	/** Takes back what the permitted request wrote down of its export. */
	readonly takeBack: (requestId: string, word: Agreement) => Promise<unknown>;
}

/** Whether the person agreed to the export when a rule had her asked first: what follows from it she agreed to as well. */
export type Agreement = Pick<v.InferOutput<typeof exportRequest>, 'agreed'>;

/**
 * Dispatches a `bundle.export`, makes the file if it was permitted, and hands it over once the kernel that watches what leaves
 * has let it go.
 */
export async function exportFile(
	{ dispatch, release, takeBack }: ExportDoors,
	database: Database,
	deps: ExportDependencies,
	request: unknown
): Promise<ExportedBundle> {
	const asked = v.safeParse(exportRequest, request);
	// Whatever else it is called: through this door goes only an export.
	const named = typeof request === 'object' ? { ...request, kind: 'bundle.export' } : request;
	const receipt = await dispatch(named);
	const { name = null, exported_at } = receipt.result ?? {};
	if (!asked.success || receipt.code !== 'accepted' || typeof exported_at !== 'string') {
		return { receipt, name: null, file: null };
	}
	const { agreed } = asked.output;
	const word = agreed === undefined ? {} : { agreed };
	try {
		const bytes = await exportBundle(database, deps, { choice: asked.output.data, exported_at });
		const released = await release(await releaseOf('bundle', bytes), word);
		if (released.code !== 'accepted') {
			await takeBack(receipt.request_id, word);
			return { receipt: notReleased(released), name: null, file: null };
		}
		const file = new Blob([bytes as BlobPart], { type: 'application/zip' });
		return { receipt, name: String(name), file };
	} catch (error) {
		const { code, message } = storageRefusal(error) ?? unmade;
		return { receipt: { ...receipt, code, message }, name: null, file: null };
	}
}

/** What a defect of ours is for the person. */
const unmade: { readonly code: ReceiptCode; readonly message: string } = {
	code: 'failed',
	message: 'Something in Mirror OS went wrong while it made the bundle. No file was made; nothing is lost.'
};

function notReleased(released: Receipt): Receipt {
	const why = released.message ?? released.error ?? '';
	return { ...released, message: `The file was made and not let out, so it is gone again. ${why}` };
}

/** A request for an export: its id and what was chosen. */
const exportRequest = v.object({
	id: v.string(),
	data: exportChoice,
	agreed: v.exactOptional(v.literal(true))
});

/** Of each migration's file, by its version. */
function checksumsOf(files: readonly MigrationFile[]): ReadonlyMap<string, string> {
	const parsed = parseMigrations(files);
	return new Map(parsed.ok ? parsed.value.map(({ version: of, checksum }) => [of, checksum]) : []);
}

/** The zip of one permitted export: the state right after it, or a newer one that is whole. */
async function exportBundle(
	database: Database,
	{ sql, engines }: ExportDependencies,
	{ choice, exported_at }: { readonly choice: ExportChoice; readonly exported_at: string }
): Promise<Uint8Array> {
	const options = { choice, exported_at, mirror_version: version };
	// In a transaction, so that no command comes between two tables.
	const contents = await database.transaction((tx) => gatherBundle(tx, options));
	// A bundle's database is SQLite's, whatever keeps the mirror: so is what it says of its own schema.
	const migrations = await engines.places.sqlite.migrations();
	const checksums = checksumsOf(migrations);
	const bytes = await buildDatabase(await sql(), publishedSchema(migrations), async (tx) => {
		for (const table of entityTables) {
			for (const row of contents.rows[table]) {
				const checksum = table === 'schema_version' ? checksums.get(String(row['version'])) : undefined;
				await putBundleRow(tx, table, checksum === undefined ? row : { ...row, checksum });
			}
		}
	});
	return writeBundle(contents, { ...options, database: bytes, constitution: CONSTITUTION_TEXTS });
}
