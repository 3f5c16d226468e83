import * as v from 'valibot';
import { settings, type SettingKey, type Settings } from '#domain/setting.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export type SettingRow = Tables['settings'];

export function putSetting(work: Work, key: SettingKey, value: unknown): Promise<void> {
	return writeSetting(work, { key, value: JSON.stringify(value), updated_at: work.now });
}

/** In place of what was chosen before, if anything was. */
export async function writeSetting(work: Work, row: SettingRow): Promise<void> {
	const { key, ...chosen } = row;
	const before = await settingRow(work.tx, key);
	await write(
		work.tx,
		sql
			.insertInto('settings')
			.values(row)
			.onConflict((conflict) => conflict.column('key').doUpdateSet(chosen))
	);
	work.changes.push({ entity: 'settings', id: key, before, row: { ...row } });
}

/** The default counts again. */
export async function deleteSetting(work: Work, key: string): Promise<void> {
	const before = await settingRow(work.tx, key);
	await write(work.tx, sql.deleteFrom('settings').where('key', '=', key));
	work.changes.push({ entity: 'settings', id: key, before, row: null });
}

export function settingRow(db: Queryable, key: string): Promise<SettingRow | null> {
	return firstOf(db, sql.selectFrom('settings').selectAll().where('key', '=', key));
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
