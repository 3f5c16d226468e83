import * as v from 'valibot';
import { rowId, shortText, wellFormed } from '#domain/common.ts';
import { command } from '#domain/define.ts';
import { evidencePolicy } from '#domain/evidence.ts';
import { engineConfig, shippedConfig } from '#domain/engine-config.ts';
import { patternChoices, shippedPatterns } from '#domain/pattern-choices.ts';
import { visibilities } from '#domain/reflection.ts';

/** Every setting with its shape and default; they stand outside the 14 entities and leave in config.json. */
export const settings = {
	last_identity: { value: v.nullable(rowId), initial: null },
	crisis_card: { value: v.nullable(v.pipe(wellFormed, v.maxLength(5000))), initial: null },
	last_export: { value: v.nullable(shortText), initial: null },
	/** Position in the ledger of the newest entry that the last export of everything held. */
	last_export_position: { value: v.pipe(v.number(), v.integer(), v.minValue(0)), initial: 0 },
	telemetry_sync_allowed: { value: v.boolean(), initial: false },
	/** How the engine is set; it changes by proposals that are applied and rolled back. */
	engine_config: { value: engineConfig, initial: shippedConfig },
	/** Public keys that this mirror has signed with, the newest last (hex, uncompressed points of P-256). */
	signing_keys: { value: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{130}$/))), initial: [] },
	/** SHA-256 of each text of the constitution as it was accepted last. */
	constitution: { value: v.record(v.string(), v.string()), initial: {} },
	/** How far anything at all may go, whatever its row says. */
	sharing_limit: { value: v.picklist(visibilities), initial: 'sync_full_public' },
	/** How the person names and shows what the engine notices, and what else is looked for: her words, which no lane carries. */
	patterns: { value: patternChoices, initial: shippedPatterns },
	/** Which archives of evidence stay; at first all of them. */
	evidence_policy: { value: evidencePolicy, initial: { keep_newest: null, keep_days: null } }
} as const;

export type SettingKey = keyof typeof settings;
export type SettingValue<K extends SettingKey> = v.InferOutput<(typeof settings)[K]['value']>;
export type Settings = { readonly [K in SettingKey]: SettingValue<K> };

function change<K extends SettingKey>(key: K) {
	return v.strictObject({ key: v.literal(key), value: settings[key].value });
}

export const settingCommands = {
	'settings.change': command(
		'Change a setting',
		v.variant('key', [
			change('last_identity'),
			change('crisis_card'),
			change('last_export'),
			change('last_export_position'),
			change('telemetry_sync_allowed'),
			change('sharing_limit'),
			change('patterns'),
			change('evidence_policy')
		])
	)
};

export const settingViews = {
	'settings.get': { params: v.strictObject({}), topics: ['settings'] }
} as const;

export interface SettingRows {
	'settings.get': Settings;
}
