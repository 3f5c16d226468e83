import { Asking } from '#ui/asking.svelte.ts';
import type { Mirror } from '#ui/mirror.ts';
import { request } from '#ui/request.ts';
import { common } from '#ui/texts/common.ts';

/**
 * Says what was done, and offers to take it back: by the toast, and by Ctrl+Z outside of a text. What came of that is said
 * there too, because the page where it was asked for may be gone by then.
 */
export function offerUndo(
	{ client, toasts }: Pick<Mirror, 'client' | 'toasts'>,
	text: string,
	requestId: string
): void {
	const asking = new Asking(client, 'never asks');
	const undo = async (): Promise<void> => {
		const outcome = await asking.ask(request('change.undo', { request_id: requestId }));
		if (outcome.kind === 'accepted') return toasts.show(common.undone);
		if (outcome.kind === 'refused') return toasts.show(outcome.receipt.message ?? common.notUndone);
		toasts.show(common.unanswered, { label: common.again, run: () => void undo() });
	};
	toasts.show(text, { label: common.undo, run: () => void undo() });
}
