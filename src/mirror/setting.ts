import { ok } from '#base/result.ts';
import { putSetting, readSettings } from '#records/setting.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';

export const settingHandlers: HandlerMap<'settings.change'> = {
	'settings.change': async ({ key, value }, work) => {
		await putSetting(work, key, value);
		return ok({ key });
	}
};

export const settingViewMap: ViewMap<'settings.get'> = {
	'settings.get': async (db) => ({ rows: [await readSettings(db)] })
};
