import { sha256 as noble } from '@noble/hashes/sha2.js';
import { utf8 } from '#base/bytes.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { createSha256 } from '#base/sha256.ts';
import { hashInput, type AuditEntry } from '#kernel/ledger.ts';
import type { Queryable } from '#storage/database.ts';

/** Messages that are hashed one by one, beside each other in one buffer. */
export interface Messages {
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly each: readonly Uint8Array<ArrayBuffer>[];
}

export function messagesOf(parts: readonly Uint8Array[]): Messages {
	const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
	let at = 0;
	const each = parts.map((part) => {
		bytes.set(part, at);
		at += part.length;
		return bytes.subarray(at - part.length, at);
	});
	return { bytes, each };
}

/** What the hashes of a ledger's entries are made of. */
export function chainMessages(entries: readonly AuditEntry[]): Uint8Array[] {
	return entries.map((entry) => utf8(hashInput(entry.prev_hash, entry)));
}

/**
 * What else `ledger.verify` hashes: for every command what it was asked and wrote, for every row its canonical text under
 * a salt (HMAC-SHA-256 hashes a block and the text, then a block and the hash).
 */
export async function proofMessages(db: Queryable): Promise<Uint8Array[]> {
	const messages: Uint8Array[] = [];
	const written = Map.groupBy(
		await db.query('SELECT request_id, hash FROM commit_salts ORDER BY request_id, ordinal'),
		(row) => row['request_id']
	);
	for (const { request_id, hash } of await db.query('SELECT request_id, hash FROM receipts')) {
		const rows = (written.get(request_id) ?? []).map((row) => String(row['hash']));
		messages.push(utf8(canonicalJson(rows)));
		messages.push(utf8(canonicalJson({ commit: String(hash), rows: '0'.repeat(64) })));
	}
	for (const table of ['identities', 'reflections', 'settings']) {
		for (const row of await db.query(`SELECT * FROM ${table}`)) {
			messages.push(new Uint8Array(64 + utf8(canonicalJson(row as Json)).length), new Uint8Array(64 + 32));
		}
	}
	return messages;
}

/** What the tree over a ledger hashes: a byte and a hash for each leaf, a byte and two for each node above them. */
export function treeMessages(entries: number): Uint8Array[] {
	return Array.from({ length: 2 * entries - 1 }, (_, at) => new Uint8Array(at < entries ? 33 : 65));
}

/** Every SHA-256 there is. Each makes one hash of each message; what is not in the bundle cannot be measured. */
export const hashers = {
	'WebCrypto, all at once': async ({ each }: Messages) => {
		await Promise.all(each.map((message) => crypto.subtle.digest('SHA-256', message)));
	},
	'WebCrypto, one after the other': async ({ each }: Messages) => {
		for (const message of each) await crypto.subtle.digest('SHA-256', message);
	},
	'own WebAssembly (#base/sha256.ts)': async ({ each }: Messages) => {
		for (const message of each) wasm?.(message);
	},
	'@noble/hashes': async ({ each }: Messages) => {
		for (const message of each) noble(message);
	}
} as const;
export type Hasher = keyof typeof hashers;

const wasm = createSha256();
if (wasm === null) throw new Error('WebAssembly is forbidden here');
