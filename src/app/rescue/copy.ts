import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import * as v from 'valibot';
import { sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotName } from '#storage/sqlite/slot-file.ts';
import { draftSchema, type Draft } from '#app/drafts.ts';
import type { SlotContents } from '#app/rescue/replace.ts';

/** What a rescue copy holds: the files of the store byte for byte, whatever state they are in, and every draft. */
export interface RescueCopy {
	readonly version: string;
	readonly made_at: string;
	readonly contents: SlotContents;
	readonly drafts: readonly Draft[];
}

export type CopyFailure = Failure<'not_a_copy' | 'newer_format' | 'damaged'>;

const format = 'mirror-rescue';
const formatVersion = 1;

const manifestSchema = v.object({
	format: v.literal(format),
	format_version: v.number(),
	version: v.string(),
	made_at: v.string(),
	files: v.record(v.string(), v.string())
});

/** One zip: `rescue.json` with the SHA-256 of each file, `store/` with the five files, `drafts.json`. */
export function packCopy({ version, made_at, contents, drafts }: RescueCopy): Uint8Array<ArrayBuffer> {
	const files: Record<string, Uint8Array> = { 'drafts.json': strToU8(JSON.stringify(drafts, null, '\t')) };
	for (const name of slotNames) files[`store/${name}`] = contents[name];
	const hashes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256Hex(bytes)]));
	const manifest = { format, format_version: formatVersion, version, made_at, files: hashes };
	const zip: Zippable = { 'rescue.json': strToU8(JSON.stringify(manifest, null, '\t')), ...files };
	return zipSync(zip, { level: 1 });
}

/** Reads a copy back. Anything that is not just what was packed is refused, by name. */
export function unpackCopy(bytes: Uint8Array): Result<RescueCopy, CopyFailure> {
	const files = unzipped(bytes);
	const manifest = v.safeParse(manifestSchema, parsed(files?.['rescue.json']));
	if (files === null || !manifest.success)
		return err(failure('not_a_copy', 'This file is no rescue copy of Mirror OS. Nothing was changed.'));
	const { format_version, files: hashes, version, made_at } = manifest.output;
	if (format_version !== formatVersion)
		return err(
			failure(
				'newer_format',
				'This rescue copy was made by a newer version of Mirror OS. Nothing was changed; load that version.'
			)
		);
	const wanted = ['drafts.json', ...slotNames.map((name) => `store/${name}`)];
	const wrong = wanted.find((name) => files[name] === undefined || sha256Hex(files[name]) !== hashes[name]);
	const drafts = v.safeParse(v.array(draftSchema), parsed(files['drafts.json']));
	if (wrong !== undefined || !drafts.success)
		return err(
			failure('damaged', `The rescue copy is damaged (${wrong ?? 'drafts.json'}). Nothing was changed.`)
		);
	const contents = Object.fromEntries(slotNames.map((name) => [name, files[`store/${name}`]!]));
	return ok({ version, made_at, contents: contents as Record<SlotName, Uint8Array>, drafts: drafts.output });
}

function unzipped(bytes: Uint8Array): Record<string, Uint8Array> | null {
	try {
		return unzipSync(bytes);
	} catch {
		return null;
	}
}

function parsed(bytes: Uint8Array | undefined): unknown {
	if (bytes === undefined) return null;
	try {
		return JSON.parse(strFromU8(bytes));
	} catch {
		return null;
	}
}
