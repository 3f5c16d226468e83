import { strict } from '#kernel/strict.ts';
import type { Variant } from '#kernel/variant.ts';

/** Every variant there is: one file each, joined here. */
export const variants = { strict } as const satisfies Record<string, Variant>;
export type VariantName = keyof typeof variants;

export function isVariantName(name: string): name is VariantName {
	return Object.hasOwn(variants, name);
}
