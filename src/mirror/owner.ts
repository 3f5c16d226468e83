import { rowById } from '#records/row.ts';
import type { Refusal, Work } from '#records/work.ts';

/** Why something cannot belong to this identity; null where it can. Nobody's is always possible. */
export async function withoutOwner(work: Work, identityId: string | null): Promise<Refusal | null> {
	if (identityId === null || (await rowById(work.tx, 'identities', identityId)) !== null) return null;
	return {
		code: 'not_found',
		message: 'The identity you chose is no longer there. Choose another one; your words are kept.'
	};
}
