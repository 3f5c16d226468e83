import { concatBytes } from '#base/bytes.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** Bytes that are packed, and that are unpacked, without a pause: some ten milliseconds. */
const packedTogether = 512 * 1024;
const unpackedTogether = 2 * 1024 * 1024;

/**
 * A gzip file (RFC 1952). Browsers pack on the thread that asks for it: `pause` lets others have their turn while a long file
 * is packed.
 */
export async function gzip(
	plain: Blob | Uint8Array<ArrayBuffer>,
	pause: () => Promise<void> = () => Promise.resolve()
): Promise<Uint8Array<ArrayBuffer>> {
	const file = plain instanceof Blob ? plain : new Blob([plain]);
	const { readable, writable } = new CompressionStream('gzip');
	const feed = async () => {
		const writer = writable.getWriter();
		for (let at = 0; at < file.size; at += packedTogether) {
			if (at > 0) await pause();
			await writer.write(new Uint8Array(await file.slice(at, at + packedTogether).arrayBuffer()));
		}
		await writer.close();
	};
	const [packed] = await Promise.all([new Response(readable).arrayBuffer(), feed()]);
	return new Uint8Array(packed);
}

export type GunzipFailure = Failure<'bad_gzip' | 'too_large'>;

/** Whether bytes begin as a gzip file does (RFC 1952). The name of a file proves nothing. */
export function isGzip(bytes: Uint8Array): boolean {
	return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file, checking its checksum. It stops once `limit` bytes have come out: a small file can hold very many.
 * `pause` as in `gzip`.
 */
export async function gunzip(
	bytes: Uint8Array<ArrayBuffer>,
	limit: number,
	pause: () => Promise<void> = () => Promise.resolve()
): Promise<Result<Uint8Array, GunzipFailure>> {
	const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
	const reader = unpacked.getReader();
	const parts: Uint8Array[] = [];
	let [size, paused] = [0, 0];
	try {
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			parts.push(part.value);
			size += part.value.length;
			if (size > limit) {
				await reader.cancel();
				return err(failure('too_large', `it unpacks to more than ${limit} bytes`));
			}
			if (Math.floor(size / unpackedTogether) > paused) {
				paused = Math.floor(size / unpackedTogether);
				await pause();
			}
		}
	} catch {
		return err(failure('bad_gzip', 'the archive is damaged or cut short'));
	}
	return ok(concatBytes(parts));
}
