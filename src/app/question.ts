import { whyOf } from '#base/result.ts';
import * as v from 'valibot';
import type { CoreAnswer, FilePort, PermitPort, Port, Question } from '#app/protocol.ts';

/** What a question came to. */
export type Outcome = { readonly answer: CoreAnswer } | { readonly reason: string };

/** What an owner that lets go leaves to the next one. */
export function isLong(question: Question): boolean {
	if (question.kind !== 'dispatch') return question.kind === 'stage';
	const request = v.safeParse(v.object({ kind: v.literal('storage.switch') }), question.request);
	return request.success;
}

/** Asks the core. Never throws. */
export async function put(core: Port & FilePort & PermitPort, question: Question): Promise<Outcome> {
	try {
		return { answer: await askOf(core, question) };
	} catch (error) {
		return {
			reason: `Mirror OS broke over this (${whyOf(error)}). What was saved before is safe. Ask again: nothing is done twice.`
		};
	}
}

function askOf(core: Port & FilePort & PermitPort, question: Question): Promise<CoreAnswer> {
	switch (question.kind) {
		case 'dispatch':
			return core.dispatch(question.request);
		case 'permit':
			return core.byPermit(question.permit, question.request);
		case 'export':
			return core.exportBundle(question.request);
		case 'release':
			return core.releaseFile(question.request, question.file);
		case 'stage':
			return core.stageImport(question.file);
		case 'read':
			return core.read(question.view, question.params);
	}
}
