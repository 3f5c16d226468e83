import type { CoreAnswer } from '#app/protocol.ts';

/** The code that an answer carries: of its receipt or its failure; null for what was simply answered. */
export function codeOf(answer: CoreAnswer): string | null {
	if ('receipt' in answer) return answer.receipt.code;
	if ('code' in answer) return answer.code;
	return answer.ok ? null : answer.error.code;
}
