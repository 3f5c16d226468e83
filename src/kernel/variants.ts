import { dualChannel } from '#kernel/dual-channel.ts';
import { evidenceFirst } from '#kernel/evidence-first.ts';
import { permissive } from '#kernel/permissive.ts';
import { strict } from '#kernel/strict.ts';
import type { Variant } from '#kernel/variant.ts';

/** Every variant there is: one file each, joined here. */
export const variants = {
	strict,
	permissive,
	'evidence-first': evidenceFirst,
	'dual-channel': dualChannel
} as const satisfies Record<string, Variant>;
export type VariantName = keyof typeof variants;

export function isVariantName(name: string): name is VariantName {
	return Object.hasOwn(variants, name);
}
