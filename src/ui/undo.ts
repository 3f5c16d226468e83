import type { Outcome } from '#ui/asking.svelte.ts';
import type { Mirror } from '#ui/mirror.ts';
import { request } from '#ui/request.ts';
import { common } from '#ui/texts/common.ts';

/**
 * Says what was done, and offers to take it back: by the toast, and by Ctrl+Z outside of a text. What came of that is said
 * there too, because the page where it was asked for may be gone by then. Where a rule wants the person to be asked first,
 * the question stands above whatever page there is (`UndoQuestion`).
 */
export function offerUndo(
	{ toasts, undoing }: Pick<Mirror, 'toasts' | 'undoing'>,
	text: string,
	requestId: string
): void {
	const undo = async (): Promise<void> => {
		const outcome = await undoing.ask(request('change.undo', { request_id: requestId }));
		if (outcome.kind === 'accepted') return toasts.show(common.undone);
		if (isLeft(outcome)) return toasts.show(common.leftAsItWas);
		if (outcome.kind === 'refused') return toasts.show(outcome.receipt.message ?? common.notUndone);
		toasts.show(common.unanswered, { label: common.again, run: () => void undo() });
	};
	toasts.show(text, { label: common.undo, run: () => void undo() });
}

/** She was asked first, and left it; or went on with something else. */
export function isLeft(outcome: Outcome): boolean {
	return outcome.kind === 'refused' && outcome.receipt.code === 'ask_first';
}
