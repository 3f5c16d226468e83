import { crc32 } from '#base/crc32.ts';

/*
 * Both kinds of files begin with 96 bytes, little endian; every version to come keeps the first 20:
 *    0 magic (8) | 8 u32 crc32 of [12, 64) or [12, 96) | 12 u32 version | 16 u32 encryption | 20 u32 0
 *   24 u64 generation | 32 u64 sequence
 * snapshot: 40 u64 body length | 48 SHA-256 of the body (32)       the crc covers [12, 96)
 * journal:  64 and 80: epoch cells, u64 epoch | u32 crc32 | u32 0  the crc covers [12, 64)
 * Of the two epoch cells the higher valid one counts and the other is overwritten, so that a cut write harms nothing.
 */
export const HEADER = 96;
export const FORMAT_VERSION = 1;
/** The only value that exists yet: the body and the records are plain. */
export const NOT_ENCRYPTED = 0;
const magics = { snapshot: 'MIRRSNAP', journal: 'MIRRJRNL' } as const;
const cells = [64, 80] as const;

/** `generation`: the first journal that is not wholly in it. `sequence`: the last record that is in it. */
export interface SnapshotHeader {
	readonly generation: number;
	readonly sequence: number;
	readonly length: number;
	readonly hash: Uint8Array;
}

/** `sequence`: of the last record before this journal's first. */
export interface JournalHeader {
	readonly generation: number;
	readonly sequence: number;
	/** 0 where no cell is valid: the first boot has not come to its end. */
	readonly epoch: number;
}

/** `newer`: whole, but of a format version or with an encryption that this program does not know. */
export type HeaderRead<H> =
	{ readonly kind: 'valid'; readonly header: H } | { readonly kind: 'newer' | 'invalid' };

export function encodeSnapshotHeader(header: SnapshotHeader): Uint8Array {
	const bytes = begin('snapshot', header);
	viewOf(bytes).setBigUint64(40, BigInt(header.length), true);
	bytes.set(header.hash, 48);
	return sealed(bytes, HEADER);
}

export function encodeJournalHeader(header: JournalHeader): Uint8Array {
	const bytes = sealed(begin('journal', header), cells[0]);
	if (header.epoch > 0) bytes.set(encodeCell(header.epoch), cells[0]);
	return bytes;
}

export function decodeSnapshotHeader(bytes: Uint8Array): HeaderRead<SnapshotHeader> {
	const kind = check('snapshot', bytes, HEADER);
	if (kind !== 'valid') return { kind };
	const length = Number(viewOf(bytes).getBigUint64(40, true));
	return { kind, header: { ...common(bytes), length, hash: bytes.slice(48, 80) } };
}

export function decodeJournalHeader(bytes: Uint8Array): HeaderRead<JournalHeader> {
	const kind = check('journal', bytes, cells[0]);
	if (kind !== 'valid') return { kind };
	return { kind, header: { ...common(bytes), epoch: highestEpoch(bytes) } };
}

/** The write that makes `epoch` the one of this journal: over the cell that does not hold the present one. */
export function epochWrite(
	header: Uint8Array,
	epoch: number
): { readonly bytes: Uint8Array; readonly at: number } {
	const [first = 0, second = 0] = epochs(header);
	return { bytes: encodeCell(epoch), at: first > second ? cells[1] : cells[0] };
}

/** The highest epoch of a journal's header, whether the rest of it is valid or not; 0 where no cell is. */
export function highestEpoch(header: Uint8Array): number {
	return header.length < HEADER ? 0 : Math.max(...epochs(header));
}

function epochs(bytes: Uint8Array): number[] {
	const view = viewOf(bytes);
	return cells.map((at) => {
		const isValid = view.getUint32(at + 8, true) === crc32(bytes, at, at + 8);
		return isValid ? Number(view.getBigUint64(at, true)) : 0;
	});
}

function encodeCell(epoch: number): Uint8Array {
	const bytes = new Uint8Array(16);
	viewOf(bytes).setBigUint64(0, BigInt(epoch), true);
	viewOf(bytes).setUint32(8, crc32(bytes, 0, 8), true);
	return bytes;
}

function begin(kind: keyof typeof magics, header: { generation: number; sequence: number }): Uint8Array {
	const bytes = new Uint8Array(HEADER);
	const view = viewOf(bytes);
	bytes.set(new TextEncoder().encode(magics[kind]));
	view.setUint32(12, FORMAT_VERSION, true);
	view.setUint32(16, NOT_ENCRYPTED, true);
	view.setBigUint64(24, BigInt(header.generation), true);
	view.setBigUint64(32, BigInt(header.sequence), true);
	return bytes;
}

function sealed(bytes: Uint8Array, end: number): Uint8Array {
	viewOf(bytes).setUint32(8, crc32(bytes, 12, end), true);
	return bytes;
}

function check(kind: keyof typeof magics, bytes: Uint8Array, end: number): 'valid' | 'newer' | 'invalid' {
	const view = viewOf(bytes);
	if (bytes.length < HEADER || new TextDecoder().decode(bytes.subarray(0, 8)) !== magics[kind])
		return 'invalid';
	if (view.getUint32(8, true) !== crc32(bytes, 12, end)) return 'invalid';
	if (view.getUint32(12, true) !== FORMAT_VERSION || view.getUint32(16, true) !== NOT_ENCRYPTED)
		return 'newer';
	return 'valid';
}

function common(bytes: Uint8Array): { generation: number; sequence: number } {
	const view = viewOf(bytes);
	return {
		generation: Number(view.getBigUint64(24, true)),
		sequence: Number(view.getBigUint64(32, true))
	};
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
