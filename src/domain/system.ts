import * as v from 'valibot';
import type { EngineName } from '#domain/storage.ts';

/** The state of the machine room: what System shows. */
export interface SystemHealth {
	readonly schema_version: string;
	readonly engine: EngineName;
	readonly reflections: number;
	/** Saved or imported since everything was exported. */
	readonly new_reflections: number;
	readonly trashed: number;
	readonly entries: number;
	/** What start-up mended, in plain sentences. */
	readonly notices: readonly string[];
	readonly migrations: readonly MigrationItem[];
}

export interface MigrationItem {
	readonly version: string;
	readonly description: string | null;
	readonly applied_at: string;
	readonly checksum: string | null;
}

export const systemViews = {
	'system.health': { params: v.strictObject({}), topics: ['reflections', 'trash', 'ledger', 'system'] }
} as const;

export interface SystemRows {
	'system.health': SystemHealth;
}
