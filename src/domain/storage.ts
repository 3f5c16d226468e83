import * as v from 'valibot';
import { command } from '#domain/define.ts';

/** The engines that can hold a mirror, by the names of their databases. */
export const engineNames = ['sqlite', 'postgres'] as const;
export type EngineName = (typeof engineNames)[number];

export const storageCommands = {
	/** Copies the mirror to the other engine, which is in charge from then on. What is here stays as it is. */
	'storage.switch': command(
		'Change the storage engine',
		v.strictObject({ engine: v.picklist(engineNames, 'must be sqlite or postgres') })
	),
	/** Removes what is kept by the engine that is not in charge. */
	'storage.drop': command('Remove the store that is not in use', v.strictObject({})),
	/** Removes everything that is kept on this device, the ledger too. The last thing that a mirror permits. */
	'mirror.delete': command('Delete everything', v.strictObject({}))
};

/** How the mirror is kept, what was measured about it here and now, and what speaks for which engine. */
export interface StorageState {
	readonly engine: EngineName;
	/** What the mirror takes in its database, in bytes. */
	readonly bytes: number;
	/** Milliseconds for the newest fifty reflections: the mean of twenty questions. */
	readonly answer_ms: number;
	/** Memory of this device in GB, and bytes that this browser still grants; null where it does not say. */
	readonly memory_gb: number | null;
	readonly free_bytes: number | null;
	readonly recommended: EngineName;
	readonly other: {
		/** Why this browser cannot run it, in a sentence; null where it can. */
		readonly obstacle: string | null;
		/** Whether a mirror is kept by it too: left there, or copied there. */
		readonly is_kept: boolean;
		/** When the mirror in use was copied there last. */
		readonly copied_at: string | null;
	};
}

export const storageViews = {
	'storage.state': { params: v.strictObject({}), topics: ['storage'] }
} as const;

export interface StorageRows {
	'storage.state': StorageState;
}
