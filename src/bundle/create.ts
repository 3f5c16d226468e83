import { err, ok } from '#base/result.ts';
import { bundleRows } from '#records/bundle-rows.ts';
import { counts } from '#records/health.ts';
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
		const { reflections } = await counts(work.tx);
		await putSetting(work, 'last_export', work.now);
		await putSetting(work, 'entries_at_last_export', reflections);
		return ok({ name: bundleFileName(work.now), exported_at: work.now });
	}
};
