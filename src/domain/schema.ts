import * as v from 'valibot';
import { command } from '#domain/define.ts';
import { semanticVersion } from '#domain/engine-config.ts';

/** The lowest version of the schema that this app can write: the 14 tables, and those around them that it cannot do without. */
export const lowestSchema = '1.0.0';
/** Since this version the schema keeps what the engine found in each reflection; below it nothing is kept. */
export const readingsSince = '1.1.0';
/** Since this version kernels are replaced and halted by the person, and archives of evidence and checkpoints are kept. */
export const kernelsSince = '1.3.0';
/** Since this version what is ticked of a kernel's checklists is kept. */
export const checklistsSince = '1.4.0';

/** What the kernel permits; backup, change, test and, where it fails, undoing come after, by whoever opened the database. */
export const schemaCommands = {
	/** Applies what is pending: all of it or nothing. */
	'schema.migrate': command('Apply the pending migrations', v.strictObject({})),
	/** Undoes every version above `to`, all of them or none, and holds the schema there. */
	'schema.rollback': command('Roll migrations back', v.strictObject({ to: semanticVersion })),
	/** Lets go of the hold and applies what it held back: all of it or nothing. */
	'schema.release': command('Release the held migrations', v.strictObject({}))
};

/** One thing that a migration, or its way back, does to the tables. */
export interface SchemaChange {
	/** `rows`: rows are put into a table. */
	readonly what: 'table' | 'column' | 'index' | 'rows';
	readonly how: 'made' | 'dropped';
	readonly name: string;
	/** The table that a column or an index is of; empty where that is not said. */
	readonly table: string;
	/** Rows of a table, values of a column; null where nobody counted. */
	readonly count: number | null;
}

/** A migration as this app ships it, and what this database knows of it. */
export interface MigrationState {
	readonly version: string;
	readonly name: string;
	readonly description: string;
	/** When it was written, `YYYY-MM-DD`. */
	readonly date: string;
	/** `held`: pending above a hold. */
	readonly state: 'applied' | 'pending' | 'held';
	readonly applied_at: string | null;
	/** SHA-256 of the file that was applied, and of the file as it is now. */
	readonly checksum: string | null;
	readonly file_checksum: string;
	/** The file is not the one that was applied. */
	readonly is_changed: boolean;
	readonly is_reversible: boolean;
	/** What its SQL says that it does. */
	readonly changes: readonly SchemaChange[];
}

/** The schema of a mirror and what became, or may become, of it. */
export interface SchemaState {
	readonly current: string;
	readonly lowest: string;
	/** The version above which nothing is applied until the hold is released. */
	readonly hold: string | null;
	/** Oldest first. */
	readonly migrations: readonly MigrationState[];
	/** Why what is pending was not applied when it was tried last, in a sentence. */
	readonly failure: string | null;
}

/** What going to another version would come to, tried out on this mirror and thrown away. */
export interface SchemaRehearsal {
	readonly from: string;
	readonly to: string;
	/** Versions, in the order in which they would be applied or undone. */
	readonly steps: readonly string[];
	readonly changes: readonly SchemaChange[];
	/** Why it would fail, in a sentence. */
	readonly failure: string | null;
}

export const schemaViews = {
	'schema.state': { params: v.strictObject({}), topics: ['schema', 'system'] },
	/** Back to a version, or (null) on to the newest, past any hold. Nothing is changed, and nothing stands in the ledger. */
	'schema.rehearsal': {
		params: v.strictObject({ to: v.optional(v.nullable(semanticVersion), null) }),
		topics: ['schema', 'system']
	}
} as const;

export interface SchemaRows {
	'schema.state': SchemaState;
	'schema.rehearsal': SchemaRehearsal;
}
