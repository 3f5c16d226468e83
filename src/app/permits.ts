import { bytesToHex } from '@noble/hashes/utils.js';
import type { Json, JsonObject } from '#base/canonical.ts';
import { canonicalJson } from '#base/canonical.ts';
import type { Clock } from '#base/clock.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import type { Randomness } from '#base/uuid.ts';
import type { CommandData } from '#domain/command.ts';
import {
	permitId,
	signedText,
	type PermitStanding,
	type PermitToken,
	type PermitUses
} from '#kernel/permit.ts';
import { keptPermit } from '#records/permit.ts';
import type { Queryable } from '#storage/database.ts';
import type { PermitKey } from '#app/signing.ts';

export interface PermitsDependencies {
	/** The key that permits are signed with; asked for when one is made or shown. */
	readonly permitKey: () => Promise<PermitKey>;
	readonly clock: Clock;
	readonly random: Randomness;
}

const digest = textDigest(sha256Hex);

/**
 * Makes permits, and says of those that are shown whether they stand. Whatever takes cryptography is done before a request
 * is queued; what the database says of a permit is looked up when its turn comes.
 */
export class Permits {
	readonly #deps: PermitsDependencies;
	/** Of the permit that is being decided on: the core decides on one request at a time. */
	#found: { readonly standing: ReturnType<PermitStanding>; readonly uses: number } = unknown;

	constructor(deps: PermitsDependencies) {
		this.#deps = deps;
	}

	/** What the agents' kernel asks of a permit. What ran is counted with its entry, and not here. */
	readonly checks: { readonly standing: PermitStanding; readonly uses: PermitUses } = {
		standing: () => this.#found.standing,
		uses: { of: () => this.#found.uses, add: () => undefined }
	};

	/** A signed permit; null in a browser that makes or keeps no key. */
	async issue(data: CommandData<'permit.issue'>): Promise<PermitToken | null> {
		const { clock, random } = this.#deps;
		const key = await this.#deps.permitKey().catch(() => null);
		if (key === null) return null;
		const { tool, params, open_params, max_executions, valid_until } = data;
		const hex = (length: number) => bytesToHex(random(length));
		const now = clock();
		const draft: PermitToken = {
			...{ permit_id: '', signature: '', key_id: key.id, issuer: 'owner', subject: `agent:${hex(6)}` },
			...{ jurisdiction: 'default', action: tool, params: params as JsonObject, max_executions },
			constraints: open_params.length === 0 ? {} : { open_params },
			...{ valid_from_ms: now, valid_until_ms: Math.max(now + 1, Date.parse(valid_until)) },
			...{ evidence_hash: '', nonce: hex(16) },
			proposal_hash: digest(canonicalJson({ tool, params: params as Json, open_params, max_executions }))
		};
		const named = { ...draft, permit_id: permitId(draft, digest) };
		return { ...named, signature: await key.sign(signedText(named)) };
	}

	/** Whether a permit was signed here. */
	async signedHere(permit: PermitToken): Promise<ReturnType<PermitStanding>> {
		const key = await this.#deps.permitKey().catch(() => null);
		if (key === null || key.id !== permit.key_id) return 'UNKNOWN_KEY_ID';
		return (await key.sign(signedText(permit))) === permit.signature ? null : 'SIGNATURE_INVALID';
	}

	/** Looks up what became of a permit, before the kernel is asked about it. */
	async lookUp(db: Queryable, permit: PermitToken, signed: ReturnType<PermitStanding>): Promise<void> {
		const kept = await keptPermit(db, permit.permit_id);
		// One that is not known here was signed by the key of a mirror that is gone.
		const standing =
			signed ?? (kept === null ? 'UNKNOWN_KEY_ID' : kept.revoked_at === null ? null : 'REVOKED');
		this.#found = { standing, uses: kept?.uses ?? 0 };
	}
}

const unknown = { standing: 'UNKNOWN_KEY_ID', uses: 0 } as const;
