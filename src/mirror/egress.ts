import { ok } from '#base/result.ts';
import type { HandlerMap } from '#records/work.ts';

export const egressHandlers: HandlerMap<'egress.release'> = {
	/** Its entry is all that it is: the file is handed over once that stands in the ledger. */
	'egress.release': async ({ bytes }) => ok({ bytes })
};
