import { localDay, type Clock } from '#base/clock.ts';
import type { Kind } from '#domain/command.ts';
import type { OperatorKind } from '#domain/kernel.ts';
import type { ViewName } from '#domain/view.ts';
import { axisHandlers, axisViewMap } from '#mirror/axis.ts';
import { changeHandlers, type RecentChanges } from '#mirror/change.ts';
import { egressHandlers } from '#mirror/egress.ts';
import { checklistHandlers, checklistViewMap } from '#mirror/checklist.ts';
import { checkpointHandlers, checkpointViewMap } from '#mirror/checkpoint.ts';
import { evidenceHandlers, evidenceViewMap } from '#mirror/evidence.ts';
import { evolutionHandlers, evolutionViewMap } from '#mirror/evolution.ts';
import { identityHandlers, identityViewMap } from '#mirror/identity.ts';
import { insightViewMap } from '#mirror/insight.ts';
import { integrationHandlers, integrationViewMap } from '#mirror/integration.ts';
import { kernelViewMap } from '#mirror/kernel.ts';
import { ledgerHandlers, ledgerViewMap } from '#mirror/ledger.ts';
import { feedbackHandlers, mirrorbackViewMap } from '#mirror/mirrorback.ts';
import { permitHandlers, permitViewMap } from '#mirror/permit.ts';
import { reflectionHandlers, reflectionViewMap } from '#mirror/reflection.ts';
import { settingHandlers, settingViewMap } from '#mirror/setting.ts';
import { sharingHandlers, sharingViewMap } from '#mirror/sharing.ts';
import { tensionHandlers, tensionViewMap } from '#mirror/tension.ts';
import { threadHandlers, threadViewMap } from '#mirror/thread.ts';
import { trashHandlers, trashViewMap } from '#mirror/trash.ts';
import type { KeptReadings } from '#engine/kept-readings.ts';
import { bundleHandlers } from '#bundle/create.ts';
import type { StagedImports } from '#bundle/imports.ts';
import { importHandlers } from '#bundle/run.ts';
import { healthViewMap, type Surroundings } from '#ops/health.ts';
import { schemaHandlers, schemaViewMap, type SchemaSurroundings } from '#ops/schema.ts';
import { storageHandlers, storageViewMap, type EngineSurroundings } from '#ops/storage.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { proposedPolicies } from '#app/kernels.ts';
import { verifySignature } from '#app/signing.ts';

/** Every handler there is, but for what an operator does: a kind without one, or one without a kind, does not compile. */
export function handlersOver(
	imports: StagedImports,
	recent: RecentChanges,
	surroundings: EngineSurroundings & SchemaSurroundings
): HandlerMap<Exclude<Kind, OperatorKind>> {
	return {
		...handlers,
		...importHandlers(imports),
		...changeHandlers(recent),
		...storageHandlers(surroundings),
		...schemaHandlers(surroundings)
	};
}

type OfSurroundings =
	| 'import.run'
	| 'change.undo'
	| 'storage.switch'
	| 'storage.drop'
	| 'mirror.delete'
	| 'schema.migrate'
	| 'schema.rollback'
	| 'schema.release';

const handlers: HandlerMap<Exclude<Kind, OperatorKind | OfSurroundings>> = {
	...identityHandlers,
	...reflectionHandlers,
	...trashHandlers,
	...threadHandlers,
	...tensionHandlers,
	...axisHandlers,
	...integrationHandlers,
	...sharingHandlers,
	...evolutionHandlers,
	// The engine's word lists take longer to set up than a database to open: they are loaded when they are asked.
	'mirrorback.create': async (data, work) =>
		(await import('#engine/create.ts')).mirrorbackHandlers['mirrorback.create'](data, work),
	'proposal.test': async (data, work) =>
		(await import('#engine/trial.ts')).trialHandlers['proposal.test'](data, work),
	'constitution.accept': async (data, work) =>
		(await import('#engine/accepting.ts')).acceptingHandlers['constitution.accept'](data, work),
	...feedbackHandlers,
	...settingHandlers,
	...bundleHandlers,
	...ledgerHandlers,
	...egressHandlers,
	...permitHandlers,
	...checkpointHandlers,
	...evidenceHandlers,
	...checklistHandlers
};

/** Every view there is. */
export function viewsOver(
	surroundings: Surroundings & EngineSurroundings & SchemaSurroundings,
	kept: KeptReadings,
	turns: { readonly clock: Clock; readonly pause: () => Promise<void> }
): ViewMap<ViewName> {
	return {
		...identityViewMap,
		...reflectionViewMap,
		...trashViewMap,
		...threadViewMap,
		...tensionViewMap,
		...axisViewMap,
		...integrationViewMap,
		...sharingViewMap,
		...evolutionViewMap(verifySignature),
		'constitution.list': async (db, params) =>
			(await import('#engine/accepting.ts')).constitutionViewMap['constitution.list'](db, params),
		...mirrorbackViewMap,
		...insightViewMap(localDay),
		'insight.readings': async (db, params) => (await import('#engine/insight.ts')).readings(db, params, kept),
		'insight.quotes': async (db, params) => (await import('#engine/insight.ts')).quotes(db, params, kept),
		...settingViewMap,
		...ledgerViewMap(turns.clock, localDay),
		...permitViewMap,
		...checkpointViewMap,
		...evidenceViewMap,
		...checklistViewMap(turns.clock),
		'kernel.proposed': async () => ({ rows: proposedPolicies() }),
		...kernelViewMap(turns),
		...healthViewMap(surroundings),
		...storageViewMap(surroundings),
		...schemaViewMap(surroundings)
	};
}
