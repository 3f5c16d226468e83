import { utf8 } from '#base/bytes.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';

/** What is signed of a lifecycle event: all of it but the consent, which may change, and the signature. */
export interface SignedEvent {
	readonly id: string;
	readonly event_type: string;
	readonly from_version: string | null;
	readonly to_version: string | null;
	/** JSON text. */
	readonly event_data: string;
	readonly timestamp: string;
}

/** The bytes under the signature: canonical JSON, `mirror_event_v1`. */
export function signedBytes(event: SignedEvent): Uint8Array {
	const { id, event_type, from_version, to_version, event_data, timestamp } = event;
	const content: Json = { format: 'mirror_event_v1', id, event_type, from_version, to_version, timestamp };
	return utf8(canonicalJson({ ...content, event_data: JSON.parse(event_data) as Json }));
}

/** `p256:KEY:SIGNATURE`: the name of the public key, and r and s (IEEE P1363) as hex. */
export function signatureText(publicKey: string, signature: string): string {
	return `p256:${keyName(publicKey)}:${signature}`;
}

/** The parts of a signature as `signatureText` writes it; null where it is none. */
export function readSignature(text: string): { readonly key: string; readonly signature: string } | null {
	const [, key, signature] = /^p256:([0-9a-f]{16}):([0-9a-f]{128})$/.exec(text) ?? [];
	return key === undefined || signature === undefined ? null : { key, signature };
}

/** The name of a public key (hex): the first 16 hex digits of its SHA-256. */
export function keyName(publicKey: string): string {
	return sha256Hex(utf8(publicKey)).slice(0, 16);
}
