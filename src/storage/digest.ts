/** SHA-256 of bytes that are many (FIPS 180-4), by WebCrypto: beside whatever else runs. */
export async function sha256Beside(bytes: Uint8Array): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
}
