import { variants, type VariantName } from '#kernel/variants.ts';

/** KERNELS A1, without the clock, which is passed in beside it. */
export interface KernelConfig {
	readonly kernel_id: string;
	readonly variant: VariantName;
	readonly fail_closed: boolean;
	readonly require_jurisdiction: boolean;
	readonly require_audit: boolean;
	readonly hash_alg: string;
	/** Bytes. By the reference's rules it is not looked at. */
	readonly max_param_bytes: number;
	/** Code points. */
	readonly max_intent_length: number;
}

/** A configuration as it is given: what is left out has its default. */
export type GivenConfig = Partial<KernelConfig> & Pick<KernelConfig, 'kernel_id' | 'variant'>;

/** The configuration in force: defaults, then what was given, then what the variant insists on. */
export function effectiveConfig(given: GivenConfig): KernelConfig {
	return {
		fail_closed: true,
		require_jurisdiction: true,
		require_audit: true,
		hash_alg: 'sha256',
		max_param_bytes: 65536,
		max_intent_length: 4096,
		...given,
		...variants[given.variant].forces
	};
}
