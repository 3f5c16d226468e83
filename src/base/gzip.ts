import { concatBytes } from '#base/bytes.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** Bytes that are packed, and that come out unpacked, without a pause: some ten milliseconds. */
const packedTogether = 512 * 1024;
const unpackedTogether = 2 * 1024 * 1024;
/** Bytes that are unpacked before anybody looks at how many came out: a thousand times as many at most. */
const fedTogether = 64 * 1024;

/**
 * A gzip file (RFC 1952). Browsers pack on the thread that asks for it: `pause` lets others have their turn while a long file
 * is packed.
 */
export async function gzip(
	plain: Blob | Uint8Array<ArrayBuffer>,
	pause: () => Promise<void> = () => Promise.resolve()
): Promise<Uint8Array<ArrayBuffer>> {
	const { readable, writable } = new CompressionStream('gzip');
	const feeding = feed(writable, plain, { together: packedTogether, pause });
	const [packed] = await Promise.all([new Response(readable).arrayBuffer(), feeding]);
	return new Uint8Array(packed);
}

/** Bytes are not made a Blob first: browsers fetch its bytes from another process, which takes longer than to unpack them. */
async function feed(
	writable: WritableStream<Uint8Array<ArrayBuffer>>,
	given: Blob | Uint8Array<ArrayBuffer>,
	{ together, pause }: { readonly together: number; readonly pause: () => Promise<void> }
): Promise<void> {
	const writer = writable.getWriter();
	const size = given instanceof Blob ? given.size : given.length;
	for (let at = 0; at < size; at += together) {
		if (at > 0) await pause();
		const piece =
			given instanceof Blob
				? new Uint8Array(await given.slice(at, at + together).arrayBuffer())
				: given.subarray(at, at + together);
		await writer.write(piece);
	}
	await writer.close();
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
	const { readable, writable } = new DecompressionStream('gzip');
	// Whatever breaks while it is fed breaks the reader too.
	const fed = { together: fedTogether, pause: () => Promise.resolve() };
	feed(writable, bytes, fed).catch(() => undefined);
	const reader = readable.getReader();
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
