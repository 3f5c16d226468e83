import { canonicalJson, isObject, quote, type Json } from '#base/canonical.ts';
import { hmacSha256Hex, sha256Hex, textDigest } from '#base/hash.ts';
import type { Randomness } from '#base/uuid.ts';
import { constraintKeys } from '#kernel/dual-channel.ts';
import { isBlank } from '#kernel/python.ts';
import { noteErasure } from '#records/erasure.ts';
import type { Work } from '#records/work.ts';
import type { Transaction } from '#storage/database.ts';

const digest = textDigest(sha256Hex);

/**
 * A commit proves what was written without showing it: HMAC-SHA-256 of canonical bytes under a fresh salt. Without the
 * salt nobody can try out guesses against it; erasing the salt erases what it proves.
 */
export function commitTo(salt: Uint8Array, value: Json): string {
	return commitToText(salt, canonicalJson(value));
}

/** The same of what is canonical JSON already. */
export function commitToText(salt: Uint8Array, canonical: string): string {
	return hmacSha256Hex(salt, canonical);
}

export function freshSalt(random: Randomness): Uint8Array {
	return random(32);
}

/** The digest of an ordered list of commits, as the ledger's `params.rows` holds it: SHA-256 of their canonical list. */
function digestOf(hashes: readonly string[]): string {
	return digest(`[${hashes.map(quote).join(',')}]`);
}

/** What stands for a constraint that a caller named: the commit covers what it said. */
const named = 'committed';

/** Constraints as the ledger hashes them: that each was named, and of what is missing or blank that it is so. */
export function committedConstraints(constraints: Json): Json {
	if (!isObject(constraints)) return constraints;
	const isSaid = (value: Json) => value !== null && !(typeof value === 'string' && isBlank(value));
	return Object.fromEntries(
		Object.entries(constraints)
			.filter(([key]) => (constraintKeys as readonly string[]).includes(key))
			.map(([key, value]) => [key, isSaid(value) ? named : value])
	);
}

/** Constraints of a caller that named them all: nothing else passes the agents' kernel. */
const allNamed = canonicalJson(Object.fromEntries(constraintKeys.map((key) => [key, named])));

/**
 * What the ledger's entry of a request was hashed with: SHA-256 of its canonical `{commit, rows}`, with the constraints of a
 * caller that asked by a permit.
 */
export function paramsDigest(commit: string, rows: readonly string[], actor: Json): string {
	const isAgents = typeof actor === 'string' && actor.startsWith('agent:');
	const constraints = isAgents ? `,"constraints":${allNamed}` : '';
	return digest(`{"commit":${quote(commit)}${constraints},"rows":"${digestOf(rows)}"}`);
}

/**
 * Commits to every row that a command wrote or removed, in order, and keeps the salts beside them.
 * A removed row is committed to as null, so that its absence is proven too.
 */
export async function commitChanges(work: Work, requestId: string): Promise<string> {
	const hashes: string[] = [];
	for (const [ordinal, { entity, id, row }] of work.changes.entries()) {
		const salt = freshSalt(work.random);
		const hash = commitTo(salt, row);
		hashes.push(hash);
		await work.tx.run(
			'INSERT INTO commit_salts (request_id, ordinal, entity, row_id, hash, salt) VALUES (?, ?, ?, ?, ?, ?)',
			[requestId, ordinal, entity, id, hash, salt]
		);
	}
	for (const { entity, id } of work.erased) await eraseSalts(work.tx, entity, id);
	if (work.erased.length > 0) await noteErasure(work.tx, requestId);
	return digestOf(hashes);
}

/**
 * Erases what could still prove a guess about a row's content: the salts of its own commits and of the requests that
 * wrote it. The commits stay, so that the chain stays whole; and the salt stays of the commit to its removal, which says
 * nothing but that it is gone.
 */
async function eraseSalts(tx: Transaction, entity: string, id: string): Promise<void> {
	const commits = await tx.query(
		'SELECT request_id, ordinal, hash, salt FROM commit_salts WHERE entity = ? AND row_id = ?',
		[entity, id]
	);
	for (const { request_id = null, ordinal = null, hash, salt } of commits) {
		if (salt instanceof Uint8Array && commitTo(salt, null) === hash) continue;
		await tx.run('UPDATE receipts SET salt = NULL WHERE request_id = ?', [request_id]);
		await tx.run('UPDATE commit_salts SET salt = NULL WHERE request_id = ? AND ordinal = ?', [
			request_id,
			ordinal
		]);
	}
}
