import type { Clock } from '#base/clock.ts';
import type { Kind } from '#domain/command.ts';
import { storedKernel } from '#records/ledger.ts';
import type { Refusal } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';
import { refusalFor } from '#app/agreement.ts';
import { restoreKernel } from '#app/kernels.ts';
import {
	circumstancesOf,
	isAgent,
	kernelRequest,
	portFor,
	type Actor,
	type Submission,
	type Tool
} from '#app/submission.ts';

/**
 * What takes a copy and changes nothing passes a halted kernel, for whoever halted it may want to go; by whom it is asked:
 * the person asks for her export, and the app for its release.
 */
const mayPass: ReadonlyMap<Kind, Actor> = new Map([
	['bundle.export', 'owner'],
	['egress.release', 'system']
]);

/** Why a request is refused, and in the words of which rule, where it was one. */
export interface HaltedRefusal extends Refusal {
	readonly error?: string;
}

/**
 * What is said of a request to a halted kernel; null where it passes. What may pass is held against the policy that stood
 * when the kernel was halted, and what was allowed lately by it: a halt takes leave away and never gives any.
 */
export async function haltedRefusal(
	db: Queryable,
	clock: Clock,
	submission: Submission,
	tool: Tool
): Promise<HaltedRefusal | null> {
	const { actor, request, permit } = submission;
	if (permit !== null || isAgent(actor)) return { ...stopped, message: stoppedForOthers };
	if (tool?.kind !== 'command' || mayPass.get(tool.name) !== actor) return stopped;
	const stored = await storedKernel(db, portFor(actor, request.kind));
	if (stored === null) return stopped;
	// It decides in the halted one's stead; what it writes is in no chain, and it is thrown away.
	const standIn = await restoreKernel(db, clock, { ...stored, head: { ...stored.head, state: 'IDLE' } });
	const asked = kernelRequest(submission, tool, clock());
	const admission = standIn.admit(asked, null, circumstancesOf(submission));
	if (!admission.ok) return stopped;
	if (admission.value.kind === 'admitted') return null;
	const error = admission.value.step.entry.error ?? '';
	const { code, message } = refusalFor(tool, actor, admission.value);
	return { code, error, message: message ?? `A rule of the halted kernel says no: ${error}` };
}

const stopped: HaltedRefusal = {
	code: 'halted',
	message:
		'Changes are halted: the kernel that decides on them was stopped. Nothing was changed. Replace the kernel to go on.'
};

const stoppedForOthers =
	'This mirror was halted by its owner for everybody who asks by a permit. Nothing was read or changed, and no use of the permit is lost. Ask again once the owner lets it go on.';
