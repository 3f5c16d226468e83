import { uuidv7 } from '#base/uuid.ts';
import type { CommandInput, Kind, Request } from '#domain/command.ts';

/** A UUIDv7 of this moment and this browser's randomness. */
export function newId(): string {
	return uuidv7(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)));
}

/** A request with an id of its own. To ask again for the same thing, send the same request again. */
export function request<K extends Kind>(kind: K, data: CommandInput<K>, baseVersion?: number): Request<K> {
	const asked = { id: newId(), kind, data };
	return baseVersion === undefined ? asked : { ...asked, base_version: baseVersion };
}
