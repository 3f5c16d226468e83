import { inflateSync } from 'fflate';
import { fromUtf8 } from '#base/bytes.ts';
import { crc32 } from '#base/crc32.ts';
import { ok, type Result } from '#base/result.ts';
import { importLimits } from '#wire/bundle-manifest.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';

/** Files of a zip by their names. */
export type ZipFiles = ReadonlyMap<string, Uint8Array>;

interface Entry {
	readonly name: string;
	readonly method: number;
	readonly crc: number;
	readonly packed: number;
	readonly size: number;
	readonly at: number;
}

const signature = { end: 0x06054b50, central: 0x02014b50, local: 0x04034b50 };

/** Whether bytes begin as a zip does. The name of a file proves nothing. */
export function isZip(bytes: Uint8Array): boolean {
	return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * Unpacks a zip (APPNOTE 6.3) within limits. Sizes and offsets are whatever the file's writer wished: every one is checked
 * before it costs memory, and what comes out is held against its size and its CRC-32. A name that would leave its folder
 * refuses the whole file, since no honest program writes one.
 */
export function readZip(bytes: Uint8Array): Result<ZipFiles, ImportFailure> {
	const entries = readDirectory(bytes);
	if (!entries.ok) return entries;
	const unsafe = checkEntries(entries.value, bytes.length);
	if (unsafe !== null) return unsafe;
	const files = new Map<string, Uint8Array>();
	for (const entry of entries.value) {
		if (isIgnored(entry.name)) continue;
		const file = unpack(bytes, entry);
		if (file === null) return refuseFile('damaged', 'A part of this zip file is damaged.');
		files.set(entry.name, file);
	}
	return ok(files);
}

function readDirectory(bytes: Uint8Array): Result<Entry[], ImportFailure> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const end = findEnd(view);
	if (end === null) return refuseFile('not_zip', 'This zip file is cut short or is not one.');
	const count = view.getUint16(end + 10, true);
	let at = view.getUint32(end + 16, true);
	if (count > importLimits.entries || at === 0xffffffff)
		return refuseFile('too_large', 'This zip file holds more files than are read.');
	const entries: Entry[] = [];
	for (let index = 0; index < count; index++) {
		if (at + 46 > bytes.length || view.getUint32(at, true) !== signature.central)
			return refuseFile('not_zip', 'The list of files in this zip is damaged.');
		const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
		const [nameLength = 0] = lengths;
		if (view.getUint16(at + 8, true) & 1)
			return refuseFile(
				'encrypted',
				'This zip file is protected by a password, which cannot be opened here.'
			);
		const name = fromUtf8(bytes.subarray(at + 46, at + 46 + nameLength));
		if (name === null) return refuseFile('unsafe_name', 'A file in this zip has a name that cannot be read.');
		entries.push({
			name,
			method: view.getUint16(at + 10, true),
			crc: view.getUint32(at + 16, true),
			packed: view.getUint32(at + 20, true),
			size: view.getUint32(at + 24, true),
			at: view.getUint32(at + 42, true)
		});
		at += 46 + lengths.reduce((sum, length) => sum + length, 0);
	}
	return ok(entries);
}

/** The record at the end; a comment of up to 64 KiB may stand behind it. */
function findEnd(view: DataView): number | null {
	const first = Math.max(0, view.byteLength - 22 - 0xffff);
	for (let at = view.byteLength - 22; at >= first; at--) {
		if (view.getUint32(at, true) === signature.end) return at;
	}
	return null;
}

function checkEntries(entries: readonly Entry[], fileSize: number) {
	const names = new Set(entries.map(({ name }) => name.toLowerCase()));
	if (names.size !== entries.length)
		return refuseFile('damaged', 'Two files in this zip have the same name.');
	if (entries.some(({ name }) => isUnsafe(name)))
		return refuseFile('unsafe_name', 'A file in this zip has a name that points out of its folder.');
	const [packed, size] = entries.reduce(([p, s], entry) => [p + entry.packed, s + entry.size], [0, 0]);
	// Entries that share their bytes unpack to more than any ratio tells.
	if (packed > fileSize) return refuseFile('bomb', 'The files in this zip overlap each other.');
	if (size > importLimits.unpacked)
		return refuseFile(
			'too_large',
			'This zip file unpacks to more than 500 MB, which is the most that is read.'
		);
	const swells = entries.some(
		(entry) => entry.size > importLimits.ratioFrom && entry.size > entry.packed * importLimits.ratio
	);
	if (swells) return refuseFile('bomb', 'A file in this zip unpacks to more than a hundred times its size.');
	return null;
}

function isUnsafe(name: string): boolean {
	// eslint-disable-next-line no-control-regex -- control characters are what is looked for
	return name === '' || /^[/\\]|^[a-z]:|\\|[\0-\x1f]|(?:^|\/)\.\.?(?:\/|$)/i.test(name);
}

/** Folders, and what macOS adds to every zip. */
function isIgnored(name: string): boolean {
	return name.endsWith('/') || name.startsWith('__MACOSX/') || /(?:^|\/)\.DS_Store$/.test(name);
}

/** The bytes of one entry; null where it is not what the directory says. */
function unpack(bytes: Uint8Array, { at, packed, size, method, crc }: Entry): Uint8Array | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (at + 30 > bytes.length || view.getUint32(at, true) !== signature.local) return null;
	const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
	if (start + packed > bytes.length) return null;
	const body = bytes.subarray(start, start + packed);
	const out = method === 0 ? body : method === 8 ? inflate(body, size) : null;
	return out !== null && out.length === size && crc32(out) === crc ? out : null;
}

/** One byte of room more than is said: what fills it is longer than it says. */
function inflate(body: Uint8Array, size: number): Uint8Array | null {
	try {
		return inflateSync(body, { out: new Uint8Array(size + 1) });
	} catch {
		return null;
	}
}
