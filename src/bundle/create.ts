import { err, ok } from '#base/result.ts';
import { bundleRows } from '#records/bundle-rows.ts';
import { lastPosition } from '#records/ledger.ts';
import { putSetting } from '#records/setting.ts';
import type { HandlerMap } from '#records/work.ts';
import { bundleFileName } from '#wire/bundle-manifest.ts';

export const bundleHandlers: HandlerMap<'bundle.export'> = {
	/** Permits one export: its entry stands in the ledger before a byte is made, and so in the bundle itself. */
	'bundle.export': async ({ identities }, work) => {
		if (identities !== null) {
			const known = new Set((await bundleRows(work.tx, identities)).identities.map(({ id }) => id));
			if (identities.some((id) => id !== null && !known.has(id)))
				return err({ code: 'not_found', message: 'One of these identities is no longer there.' });
		}
		// Of a part of the mirror there is still no copy.
		if (identities === null) {
			await putSetting(work, 'last_export', work.now);
			await putSetting(work, 'last_export_position', await lastPosition(work.tx));
		}
		return ok({ name: bundleFileName(work.now), exported_at: work.now });
	}
};
