import * as v from 'valibot';
import { utf8 } from '#base/bytes.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { uuidv7, type Randomness } from '#base/uuid.ts';
import { commands, isKind, type CommandData, type Kind, type RequestEnvelope } from '#domain/command.ts';
import { happeningOf, isTold } from '#mirror/lifecycle.ts';
import { nothingPrepared, type EventRow, type Prepared } from '#records/work.ts';
import { signatureText, signedBytes } from '#wire/lifecycle-event.ts';
import type { Permits } from '#app/permits.ts';
import { verifySignature, type SigningKey } from '#app/signing.ts';
import type { Actor } from '#app/submission.ts';

export interface LifecycleDependencies {
	/** The key of this mirror; asked for when something is signed. */
	readonly signingKey: () => Promise<SigningKey>;
	readonly permits: Pick<Permits, 'issue'>;
	readonly clock: Clock;
	readonly random: Randomness;
}

/** Makes ready what a request needs before it is queued: the event that it is, signed, and signatures that it names. */
export class Lifecycle {
	readonly #deps: LifecycleDependencies;
	#key: Promise<SigningKey> | null = null;

	constructor(deps: LifecycleDependencies) {
		this.#deps = deps;
	}

	async prepare(actor: Actor, { kind, data }: RequestEnvelope): Promise<Prepared> {
		if (!isKind(kind)) return nothingPrepared;
		if (kind !== 'proposal.sign' && kind !== 'permit.issue' && !isTold(kind)) return nothingPrepared;
		const parsed = v.safeParse(commands[kind].data, data);
		// The core says what does not fit.
		if (!parsed.success) return nothingPrepared;
		if (kind === 'permit.issue') {
			const asked = parsed.output as CommandData<'permit.issue'>;
			return { ...nothingPrepared, permit: actor === 'owner' ? await this.#deps.permits.issue(asked) : null };
		}
		if (kind === 'proposal.sign')
			return {
				...nothingPrepared,
				signature: await this.#signed(parsed.output as CommandData<'proposal.sign'>)
			};
		return this.#told(actor, kind, parsed.output as CommandData<Kind>);
	}

	async #told<K extends Kind>(actor: Actor, kind: K, data: CommandData<K>): Promise<Prepared> {
		const happening = happeningOf(kind, data, actor);
		if (happening === null) return nothingPrepared;
		const { clock, random } = this.#deps;
		const { event_type, from_version, to_version } = happening;
		const event: Omit<EventRow, 'mirror_signature' | 'sync_allowed'> = {
			...{ id: uuidv7(clock(), random), event_type, from_version, to_version },
			event_data: JSON.stringify(happening.event_data),
			timestamp: isoTime(clock())
		};
		const signed = await this.#signature(signedBytes(event));
		const mirror_signature = signed === null ? null : signatureText(signed.public_key, signed.signature);
		return { ...nothingPrepared, event: { ...event, mirror_signature, sync_allowed: 0 }, signature: signed };
	}

	async #signed({ content_hash, by }: CommandData<'proposal.sign'>): Promise<Prepared['signature']> {
		const bytes = utf8(content_hash);
		if (by !== null) return (await verifySignature(by.public_key, by.signature, bytes)) ? by : null;
		return this.#signature(bytes);
	}

	/** Null in a browser that makes or keeps no key: what happens there is told without a signature (C3-34). */
	async #signature(bytes: Uint8Array): Promise<Prepared['signature']> {
		try {
			const key = await this.#ownKey();
			return { public_key: key.publicKey, signature: await key.sign(bytes) };
		} catch {
			return null;
		}
	}

	#ownKey(): Promise<SigningKey> {
		return (this.#key ??= this.#deps.signingKey().catch((error: unknown) => {
			// The next request tries again.
			this.#key = null;
			throw error;
		}));
	}
}
