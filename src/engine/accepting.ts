import { utf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { ok } from '#base/result.ts';
import type { ConstitutionFile } from '#domain/evolution.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import { putSetting, readSettings } from '#records/setting.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';

const files = CONSTITUTION_TEXTS.map(({ name, text }) => ({ name, text, sha256: sha256Hex(utf8(text)) }));

export const acceptingHandlers: HandlerMap<'constitution.accept'> = {
	/** Only what stands there can be accepted: another version of the app may have other texts by now. */
	'constitution.accept': async (asked, work) => {
		const stands = Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]));
		const isSame =
			Object.keys(asked.files).length === files.length &&
			files.every(({ name, sha256 }) => asked.files[name] === sha256);
		if (!isSame) {
			return refuse(
				'version_conflict',
				'The constitution is another one than you were shown. Read it again, and decide anew.'
			);
		}
		await putSetting(work, 'constitution', stands);
		return ok({ files: files.length });
	}
};

export const constitutionViewMap: ViewMap<'constitution.list'> = {
	'constitution.list': async (db) => {
		const { constitution } = await readSettings(db);
		return {
			rows: files.map((file): ConstitutionFile => ({ ...file, accepted: constitution[file.name] ?? null }))
		};
	}
};
