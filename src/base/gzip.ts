import { concatBytes } from '#base/bytes.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** A gzip file (RFC 1952) of these parts, one behind the other; texts as UTF-8. */
export async function gzip(...parts: readonly BlobPart[]): Promise<Uint8Array<ArrayBuffer>> {
	const packed = new Blob([...parts]).stream().pipeThrough(new CompressionStream('gzip'));
	return new Uint8Array(await new Response(packed).arrayBuffer());
}

export type GunzipFailure = Failure<'bad_gzip' | 'too_large'>;

/** Whether bytes begin as a gzip file does (RFC 1952). The name of a file proves nothing. */
export function isGzip(bytes: Uint8Array): boolean {
	return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file, checking its checksum. It stops once `limit` bytes have come out: a small file can hold very many.
 */
export async function gunzip(
	bytes: Uint8Array<ArrayBuffer>,
	limit: number
): Promise<Result<Uint8Array, GunzipFailure>> {
	const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
	const reader = unpacked.getReader();
	const parts: Uint8Array[] = [];
	let size = 0;
	try {
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			parts.push(part.value);
			size += part.value.length;
			if (size <= limit) continue;
			await reader.cancel();
			return err(failure('too_large', `it unpacks to more than ${limit} bytes`));
		}
	} catch {
		return err(failure('bad_gzip', 'the archive is damaged or cut short'));
	}
	return ok(concatBytes(parts));
}
