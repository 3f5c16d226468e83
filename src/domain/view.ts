import type * as v from 'valibot';
import { axisViews, type AxisRows } from '#domain/axis.ts';
import { checklistViews, type ChecklistRows } from '#domain/checklist.ts';
import { checkpointViews, type CheckpointRows } from '#domain/checkpoint.ts';
import { engineRunViews, type EngineRunRows } from '#domain/engine-run.ts';
import { evidenceViews, type EvidenceRows } from '#domain/evidence.ts';
import { evolutionViews, type EvolutionRows } from '#domain/evolution.ts';
import { identityViews, type IdentityRows } from '#domain/identity.ts';
import { insightViews, type InsightRows } from '#domain/insight.ts';
import { integrationViews, type IntegrationRows } from '#domain/integration.ts';
import { kernelViews, type KernelRows } from '#domain/kernel.ts';
import { ledgerViews, type LedgerRows } from '#domain/ledger.ts';
import { mirrorbackViews, type MirrorbackRows } from '#domain/mirrorback.ts';
import { permitViews, type PermitRows } from '#domain/permit.ts';
import { reflectionViews, type ReflectionRows } from '#domain/reflection.ts';
import { schemaViews, type SchemaRows } from '#domain/schema.ts';
import { settingViews, type SettingRows } from '#domain/setting.ts';
import { sharingViews, type SharingRows } from '#domain/sharing.ts';
import { storageViews, type StorageRows } from '#domain/storage.ts';
import { systemViews, type SystemRows } from '#domain/system.ts';
import { tensionViews, type TensionRows } from '#domain/tension.ts';
import { threadViews, type ThreadRows } from '#domain/thread.ts';

/** Every view there is: the shape of its parameters and the topics whose change makes it worth reading again. */
export const views = {
	...identityViews,
	...reflectionViews,
	...mirrorbackViews,
	...engineRunViews,
	...threadViews,
	...tensionViews,
	...axisViews,
	...insightViews,
	...integrationViews,
	...sharingViews,
	...evolutionViews,
	...settingViews,
	...ledgerViews,
	...permitViews,
	...checkpointViews,
	...evidenceViews,
	...checklistViews,
	...kernelViews,
	...storageViews,
	...schemaViews,
	...systemViews
};

export type ViewRows = IdentityRows &
	ReflectionRows &
	MirrorbackRows &
	EngineRunRows &
	ThreadRows &
	TensionRows &
	AxisRows &
	InsightRows &
	IntegrationRows &
	SharingRows &
	EvolutionRows &
	SettingRows &
	LedgerRows &
	PermitRows &
	CheckpointRows &
	EvidenceRows &
	ChecklistRows &
	KernelRows &
	StorageRows &
	SchemaRows &
	SystemRows;
export type ViewName = keyof typeof views;
export type ViewParams<V extends ViewName> = v.InferOutput<(typeof views)[V]['params']>;
export type ViewInput<V extends ViewName> = v.InferInput<(typeof views)[V]['params']>;

/** What a read answers: rows as they were at `revision`. */
export interface Answer<V extends ViewName = ViewName> {
	readonly revision: number;
	readonly rows: readonly ViewRows[V][];
	readonly total?: number;
	/** Where a view continues whose pages may be short: its `after`. Null at the end; absent where pages are full. */
	readonly next?: { readonly local_date: string; readonly id: string } | null;
}

export function isView(name: string): name is ViewName {
	return Object.hasOwn(views, name);
}
