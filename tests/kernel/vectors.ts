import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json, JsonObject } from '#base/canonical.ts';
import { parseJson } from '#base/json.ts';

const folder = fileURLToPath(new URL('../vectors/kernels/', import.meta.url));

/** The path of a file of tests/vectors/kernels. */
export function vectorPath(name: string): string {
	return folder + name;
}

/** The text of a vector file. */
function vectorText(name: string): string {
	return readFileSync(vectorPath(name), 'utf8');
}

/** A vector file read with its numbers preserved; what it holds is the caller's to know. */
export function vector<T = JsonObject>(name: string): T {
	return json<T>(vectorText(name));
}

/** JSON text of a test, numbers preserved. */
export function json<T = Json>(text: string): T {
	const parsed = parseJson(text);
	if (!parsed.ok) throw new Error(`${parsed.error.code}: ${parsed.error.message}`);
	return parsed.value as T;
}
