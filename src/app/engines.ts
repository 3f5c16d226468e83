import type { Result } from '#base/result.ts';
import type { EngineName, StorageState } from '#domain/storage.ts';
import type { Database, OpenResult, StorageFailure } from '#storage/database.ts';
import type { MigrationFile } from '#storage/migration.ts';

/** A database that was begun beside the one in charge. */
export interface Begun {
	readonly database: Database;
	/** Makes it durable in its place, whole or not at all, and closes it. */
	keep(): Promise<Result<void, StorageFailure>>;
	/** Closes it, and removes what it left. */
	discard(): Promise<void>;
}

/** Where one engine keeps this origin's mirror. */
export interface EnginePlace {
	readonly migrations: () => Promise<readonly MigrationFile[]>;
	/** Opens what is kept there. SQLite makes it at the very first start. */
	readonly open: () => Promise<OpenResult>;
	/**
	 * Begins an empty database there. What SQLite keeps stays until the new one is kept instead; what PostgreSQL keeps goes
	 * first, for both would take too much room.
	 */
	readonly begin: () => Promise<Result<Begun, StorageFailure>>;
	/** Whether a mirror is kept there, whole as far as can be told without opening it. */
	readonly isKept: () => Promise<boolean>;
	readonly drop: () => Promise<void>;
	/** Why this browser cannot run it, in a sentence; null where it can. Tries it out. */
	readonly obstacle: () => Promise<string | null>;
}

/** When the mirror was last copied to the engine that is not in charge, and up to which entry of the ledger. */
export interface CopyNote {
	readonly at: string;
	readonly position: number;
}

/** The engines of this origin, of which one is in charge. */
export interface Engines {
	readonly places: Readonly<Record<EngineName, EnginePlace>>;
	/** Which one a start opens. A failure where that cannot be told: never a guess. */
	readonly inCharge: () => Promise<Result<EngineName, StorageFailure>>;
	/** From the moment when this resolves every start opens this one. */
	readonly putInCharge: (engine: EngineName) => Promise<void>;
	readonly copied: () => Promise<CopyNote | null>;
	readonly noteCopied: (note: CopyNote | null) => Promise<void>;
	/** From the moment when this resolves nothing is opened any more, and every start removes what is left. */
	readonly beginDeletion: () => Promise<void>;
	readonly isDeleting: () => Promise<boolean>;
	/** What this device has, as far as the browser says. */
	readonly device: () => Promise<Pick<StorageState, 'memory_gb' | 'free_bytes'>>;
}

/** A mirror that lives where its caller says, on one engine only. */
export function onlyEngine(
	engine: EngineName,
	open: () => Promise<OpenResult>,
	migrations: (engine: EngineName) => readonly MigrationFile[]
): Engines {
	const never = () => Promise.reject(new Error('This mirror has one engine only.'));
	const place = (name: EngineName): EnginePlace => ({
		migrations: async () => migrations(name),
		open: name === engine ? open : never,
		begin: never,
		isKept: async () => name === engine,
		drop: never,
		obstacle: async () => (name === engine ? null : 'This mirror lives where no other engine is.')
	});
	return {
		places: { sqlite: place('sqlite'), postgres: place('postgres') },
		inCharge: async () => ({ ok: true, value: engine }),
		putInCharge: never,
		copied: async () => null,
		noteCopied: never,
		beginDeletion: never,
		isDeleting: async () => false,
		device: async () => ({ memory_gb: null, free_bytes: null })
	};
}
