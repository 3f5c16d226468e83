import { failClosed, type Variant } from '#kernel/variant.ts';

/** Fails closed, asks the policy, keeps the ledger, and wants nothing beyond a valid request. */
export const strict: Variant = { ambiguity: 'strict', forces: failClosed, wants: null, unmet: () => [] };
