import { abbreviate } from '#kernel/python.ts';

export type HashField = 'prev_hash' | 'entry_hash';

/** A link or a hash of entry `at` that is not what it should be. */
export interface Mismatch {
	readonly at: number;
	readonly field: HashField;
	readonly right: string;
	readonly stated: string;
}

/** The text of KERNELS A5 for a link or a hash. */
export function linkMismatch({ at, field, right, stated }: Mismatch): string {
	const rightly = field === 'prev_hash' ? 'Expected' : 'Computed';
	return `Entry ${at}: ${field} mismatch. ${rightly} ${abbreviate(right)}..., got ${abbreviate(stated)}...`;
}

/** The text of KERNELS A5 for a chain that does not end where it should. */
export function rootMismatch(running: string, expected: string): string {
	return `Root hash mismatch. Computed ${abbreviate(running)}..., expected ${abbreviate(expected)}...`;
}
