/** A QR code as one path: the modules that are dark, in a square of `size` modules with the quiet zone that readers ask for. */
export interface QrPath {
	readonly size: number;
	readonly path: string;
}

/** The light frame around a QR code, in modules (ISO/IEC 18004, 5.3.8). */
const quietZone = 4;

/** Draws a text. What encodes it is loaded by those who ask for a drawing. */
export async function qrPath(text: string): Promise<QrPath> {
	const { encode } = await import('uqr');
	const { data, size } = encode(text, { ecc: 'M', border: quietZone });
	const runs = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])));
	return { size, path: runs.join('') };
}
