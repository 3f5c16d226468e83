import { HEADER, decodeSnapshotHeader } from '#storage/sqlite/header.ts';
import type { SlotFile, SlotFiles, SlotName } from '#storage/sqlite/slot-file.ts';

/** What stands in the five files of a store. */
export type SlotContents = Readonly<Record<SlotName, Uint8Array>>;

/** A store that was never filled. */
export const emptyContents: SlotContents = {
	snap0: new Uint8Array(0),
	snap1: new Uint8Array(0),
	jrnl0: new Uint8Array(0),
	jrnl1: new Uint8Array(0),
	torn: new Uint8Array(0)
};

const snapshots = ['snap1', 'snap0'] as const;
const others = ['jrnl0', 'jrnl1', 'torn'] as const;

/**
 * Puts other contents into the files of a store, all of them. Interrupted at any point, the store opens as it was, opens
 * as it is to be, or does not open: never with half of each, and never as an empty one where contents were on their way.
 *
 * No file is made or renamed for it: the names of new files are not safe against a loss of power.
 */
export function replaceSlots(files: SlotFiles, contents: SlotContents): void {
	for (const name of snapshots) {
		files[name].write(new Uint8Array(HEADER).fill(0xff), 0);
		files[name].flush();
	}
	// From here on no snapshot is found, so nothing opens, whatever the journals hold.
	for (const name of others) {
		files[name].truncate(0);
		files[name].write(contents[name], 0);
		files[name].flush();
	}
	const whole = snapshots.filter((name) => contents[name].length >= HEADER);
	for (const name of whole) writeBody(files[name], contents[name]);
	// The newest first: as soon as one is found, it is the one to begin from.
	for (const name of whole.sort((a, b) => sequenceOf(contents[b]) - sequenceOf(contents[a]))) {
		files[name].write(contents[name].subarray(0, HEADER), 0);
		files[name].flush();
	}
	for (const name of snapshots.filter((each) => !whole.includes(each))) {
		files[name].truncate(0);
		files[name].write(contents[name], 0);
		files[name].flush();
	}
}

function writeBody(file: SlotFile, content: Uint8Array): void {
	file.truncate(HEADER);
	file.write(content.subarray(HEADER), HEADER);
	file.flush();
}

function sequenceOf(content: Uint8Array): number {
	const read = decodeSnapshotHeader(content.subarray(0, HEADER));
	return read.kind === 'valid' ? read.header.sequence : -1;
}
