import type { Kind } from '#domain/command.ts';
import type { ViewName } from '#domain/view.ts';
import { identityHandlers, identityViewMap } from '#mirror/identity.ts';
import { ledgerViewMap } from '#mirror/ledger.ts';
import { feedbackHandlers, mirrorbackViewMap } from '#mirror/mirrorback.ts';
import { reflectionHandlers, reflectionViewMap } from '#mirror/reflection.ts';
import { settingHandlers, settingViewMap } from '#mirror/setting.ts';
import { trashHandlers, trashViewMap } from '#mirror/trash.ts';
import { healthViewMap, type Surroundings } from '#ops/health.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';

/** Every handler there is: a kind without one, or one without a kind, does not compile. */
export const handlers: HandlerMap<Kind> = {
	...identityHandlers,
	...reflectionHandlers,
	...trashHandlers,
	...feedbackHandlers,
	...settingHandlers
};

/** Every view there is. */
export function viewsOver(surroundings: Surroundings): ViewMap<ViewName> {
	return {
		...identityViewMap,
		...reflectionViewMap,
		...trashViewMap,
		...mirrorbackViewMap,
		...settingViewMap,
		...ledgerViewMap,
		...healthViewMap(surroundings)
	};
}
