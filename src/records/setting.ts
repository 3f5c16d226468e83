import * as v from 'valibot';
import { settings, type SettingKey, type Settings } from '#domain/setting.ts';
import { rowsOf, sql, write } from '#records/sql.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export async function putSetting(work: Work, key: SettingKey, value: unknown): Promise<void> {
	const row = { key, value: JSON.stringify(value), updated_at: work.now };
	await write(
		work.tx,
		sql
			.insertInto('settings')
			.values(row)
			.onConflict((conflict) =>
				conflict.column('key').doUpdateSet({ value: row.value, updated_at: row.updated_at })
			)
	);
	work.changes.push({ entity: 'settings', id: key, row });
}

/** Every setting: what was chosen, else its default. A value that no longer fits its shape counts as not chosen. */
export async function readSettings(db: Queryable): Promise<Settings> {
	const rows = await rowsOf(db, sql.selectFrom('settings').select(['key', 'value']));
	const chosen = new Map(rows.map((row) => [row.key, row.value]));
	const read = Object.entries(settings).map(([key, { value, initial }]) => {
		const text = chosen.get(key);
		const parsed = text === undefined ? null : v.safeParse(value, JSON.parse(text));
		return [key, parsed?.success === true ? parsed.output : initial];
	});
	return Object.fromEntries(read) as Settings;
}
