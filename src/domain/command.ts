import * as v from 'valibot';
import { axisCommands } from '#domain/axis.ts';
import { bundleCommands, importCommands } from '#domain/bundle.ts';
import { checklistCommands } from '#domain/checklist.ts';
import { checkpointCommands } from '#domain/checkpoint.ts';
import { changeCommands } from '#domain/change.ts';
import { newId } from '#domain/common.ts';
import { egressCommands } from '#domain/egress.ts';
import { engineRunCommands } from '#domain/engine-run.ts';
import { evidenceCommands } from '#domain/evidence.ts';
import { evolutionCommands } from '#domain/evolution.ts';
import { identityCommands } from '#domain/identity.ts';
import { integrationCommands } from '#domain/integration.ts';
import { kernelCommands } from '#domain/kernel.ts';
import { ledgerCommands } from '#domain/ledger.ts';
import { mirrorbackCommands } from '#domain/mirrorback.ts';
import { permitCommands } from '#domain/permit.ts';
import { reflectionCommands } from '#domain/reflection.ts';
import { schemaCommands } from '#domain/schema.ts';
import { settingCommands } from '#domain/setting.ts';
import { sharingCommands } from '#domain/sharing.ts';
import { storageCommands } from '#domain/storage.ts';
import { tensionCommands } from '#domain/tension.ts';
import { threadCommands } from '#domain/thread.ts';

/** Every kind of command there is. This file only joins them. */
export const commands = {
	...identityCommands,
	...reflectionCommands,
	...mirrorbackCommands,
	...engineRunCommands,
	...threadCommands,
	...tensionCommands,
	...axisCommands,
	...integrationCommands,
	...sharingCommands,
	...evolutionCommands,
	...changeCommands,
	...settingCommands,
	...bundleCommands,
	...importCommands,
	...ledgerCommands,
	...kernelCommands,
	...egressCommands,
	...permitCommands,
	...checkpointCommands,
	...evidenceCommands,
	...checklistCommands,
	...storageCommands,
	...schemaCommands
};

export type Commands = typeof commands;
export type Kind = keyof Commands;
/** The data of a command after parsing: defaults filled in. */
export type CommandData<K extends Kind> = v.InferOutput<Commands[K]['data']>;
/** The data of a command as a caller may write it. */
export type CommandInput<K extends Kind> = v.InferInput<Commands[K]['data']>;

/** A request as a caller sends it. It does not say who sends it: the core stamps the actor from the port. */
export interface Request<K extends Kind = Kind> {
	readonly id: string;
	readonly kind: K;
	readonly data: CommandInput<K>;
	/** The state that an edit began from. */
	readonly base_version?: number;
	/** The person was asked first and agrees to this very request. Only the page's own port may say so, and the ledger tells. */
	readonly agreed?: true;
}

/** The envelope alone; `data` is parsed by its kind afterwards. */
export const requestEnvelope = v.strictObject({
	id: newId,
	kind: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
	data: v.unknown(),
	intent: v.optional(v.string()),
	evidence: v.optional(v.unknown()),
	constraints: v.optional(v.unknown()),
	permit: v.optional(v.unknown()),
	base_version: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	agreed: v.optional(v.literal(true))
});
export type RequestEnvelope = v.InferOutput<typeof requestEnvelope>;

export function isKind(kind: string): kind is Kind {
	return Object.hasOwn(commands, kind);
}
