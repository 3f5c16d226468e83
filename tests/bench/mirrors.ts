import { decodeJournalHeader, HEADER } from '#storage/sqlite/header.ts';
import type { MemoryFile } from '#storage/sqlite/memory.ts';
import { scanJournal } from '#storage/sqlite/scan.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { createWorld, TestMirror, type World } from '../app/mirror.ts';
import { opened } from '../storage/sql.ts';
import type { Stage } from './stage.ts';
import { diary, reflections, savedText, textOf } from './text.ts';

/** Saves that can be measured: so many entries of each size. */
export const saves = [
	{ length: 600, count: 560 },
	{ length: 100_000, count: 48 }
] as const;

/** How many bytes the image of a mirror's database has. */
export interface Kept {
	readonly bytes: number;
	/** The one identity in it. */
	readonly identity: string;
}

/**
 * A mirror with 10,000 imported reflections as files of its store, all in its snapshot (`diary`); what the journal said of
 * the import, with the mirror before it (`import`); and what it says of the saves that are measured (`saves`). A floor
 * that repeats such a record writes the very rows that the app writes.
 */
export async function putDiary(stage: Stage): Promise<Kept> {
	const world = createWorld(7);
	await (await TestMirror.open(world)).core.close();
	await compact(world);
	putMirror(stage, 'empty', world);

	const importing = await TestMirror.open(world);
	const receipt = await importing.import(new TextEncoder().encode(diary()));
	if (receipt.code !== 'accepted') throw new Error(`not imported: ${receipt.message}`);
	const { rows } = await importing.read('identities.list', {});
	const identity = rows[0]?.id ?? '';
	await importing.core.close();
	stage.put('import.journal', journalOf(world));
	await tidied(world);
	await compact(world);
	const bytes = putMirror(stage, 'diary', world);

	const saving = await TestMirror.open(world);
	for (const { length, count } of saves) {
		for (let index = 0; index < count; index++)
			await saving.write(savedText(index, length), { identity_id: identity });
	}
	await saving.core.close();
	stage.put('saves.journal', journalOf(world));
	return { bytes, identity };
}

/** As a mirror is that was open for a while: what idle moments are for is done. */
async function tidied(world: World): Promise<void> {
	const mirror = await TestMirror.open(world);
	await mirror.core.tidy();
	await mirror.core.close();
}

/** How many commands a long ledger holds. */
const commands = 100_000;

/** A mirror of 10,000 reflections that were written one by one (`small`), and the same after 90,000 commands more. */
export async function putLedgers(stage: Stage): Promise<{ small: number; large: number }> {
	const world = createWorld(9);
	const mirror = await TestMirror.open(world);
	const { rows } = await mirror.read('identities.list', {});
	const identity_id = rows[0]?.id ?? '';
	for (let index = 0; index < reflections; index++) await mirror.write(textOf(index), { identity_id });
	await mirror.core.close();
	await compact(world);
	const small = putMirror(stage, 'small', world);

	const again = await TestMirror.open(world);
	for (let index = reflections; index < commands; index++) {
		const { code } = await again.dispatch('settings.change', { key: 'last_export_position', value: index });
		if (code !== 'accepted') throw new Error(`a setting was not changed: ${code}`);
		// As idle moments come: the app has one whenever nobody asks anything for a while.
		if (index % 1000 === 0) await again.core.tidy();
	}
	await again.core.close();
	await compact(world);
	return { small, large: putMirror(stage, 'large', world) };
}

/** Brings everything into the snapshot, as an idle moment does. */
async function compact({ files }: World): Promise<void> {
	const database = await opened(files);
	await database.compact();
	await database.close();
}

/** Puts the five files of a store, and the bare database of its newest snapshot; answers with the size of that. */
function putMirror(stage: Stage, name: string, { files }: World): number {
	for (const slot of slotNames) stage.put(`${name}.${slot}`, bytesOf(files[slot]));
	const newest = [bytesOf(files.snap0), bytesOf(files.snap1)].sort(
		(a, b) => generationOf(b) - generationOf(a)
	)[0];
	const image = newest?.subarray(HEADER) ?? new Uint8Array();
	stage.put(`${name}.image`, image);
	return image.length;
}

function generationOf(file: Uint8Array): number {
	if (file.length < HEADER) return 0;
	return Number(new DataView(file.buffer, file.byteOffset).getBigUint64(24, true));
}

/** The journal that holds records. */
function journalOf({ files }: World): Uint8Array {
	const journal = [bytesOf(files.jrnl0), bytesOf(files.jrnl1)].sort(
		(a, b) => generationOf(b) - generationOf(a)
	)[0];
	const read = decodeJournalHeader(journal ?? new Uint8Array());
	if (
		journal === undefined ||
		read.kind !== 'valid' ||
		scanJournal(journal, read.header).records.length === 0
	)
		throw new Error('the journal holds no record');
	return journal;
}

/** A world keeps its files in memory. */
function bytesOf(file: World['files'][keyof World['files']]): Uint8Array {
	return (file as MemoryFile).bytes();
}
