import type { RequestEnvelope } from '#domain/command.ts';
import type { Refused } from '#kernel/kernel.ts';
import type { Verdict } from '#app/receipts.ts';
import type { Actor, Tool } from '#app/submission.ts';

/** Whose word counts for the person's: her own, and the app's where it does what follows from something she agreed to. */
const speakers: ReadonlySet<Actor> = new Set(['owner', 'system']);

/** Whether a request says, and may say, that the person was asked first and agreed to it. */
export function isAgreed(actor: Actor, { agreed }: RequestEnvelope): boolean {
	return agreed === true && speakers.has(actor);
}

/** What a policy refused: `ask_first` where her word is all that it lacks. */
export function refusalFor(tool: Tool, actor: Actor, { lacks }: Refused): Verdict {
	if (tool === null) return { code: 'unknown_kind', message: null };
	if (lacks !== 'agreement' || !speakers.has(actor)) return { code: 'refused', message: null };
	return {
		code: 'ask_first',
		message: 'A rule of yours wants you to be asked first. Nothing was changed yet, and nothing is lost.'
	};
}
