import type { Variant } from '#kernel/variant.ts';

/** Lets its configuration decide what it insists on, and takes longer intents. For trying things out. */
export const permissive: Variant = {
	ambiguity: 'relaxed',
	forces: { max_intent_length: 8192 },
	wants: null,
	unmet: () => []
};
