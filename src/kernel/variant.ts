import type { AmbiguityMode } from '#kernel/ambiguity.ts';
import type { Submitted } from '#kernel/request.ts';

/** What makes one kind of kernel differ from another (KERNELS A6). */
export interface Variant {
	readonly ambiguity: AmbiguityMode;
	/** What holds whatever the configuration says. */
	readonly forces: {
		readonly fail_closed?: true;
		readonly require_jurisdiction?: true;
		readonly require_audit?: true;
		readonly max_intent_length?: number;
	};
	/** The part of a request that it wants something of; null where it wants nothing. */
	readonly wants: 'evidence' | 'constraints' | null;
	/** What a request that is valid lacks and this variant wants, in fixed order; empty when it lacks nothing. */
	unmet(request: Submitted): string[];
}

/** What all but the permissive one insist on. */
export const failClosed = { fail_closed: true, require_jurisdiction: true, require_audit: true } as const;
