import type { AmbiguityMode } from '#kernel/ambiguity.ts';
import type { ValidRequest } from '#kernel/request.ts';

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
	/** What a request lacks that this variant wants, in fixed order; empty when it lacks nothing. */
	unmet(request: ValidRequest): string[];
}
