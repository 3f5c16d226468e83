import { readFileSync } from 'node:fs';

const folder = new URL('../vectors/mirror/', import.meta.url);

/** A file of tests/vectors/mirror. */
export function vector(name: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(readFileSync(new URL(name, folder)));
}
