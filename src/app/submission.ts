import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { commands, isKind, type Kind, type RequestEnvelope } from '#domain/command.ts';
import { releaseEvidence } from '#domain/egress.ts';
import { isOperatorKind, type KernelPort, type OperatorKind } from '#domain/kernel.ts';
import { isAgentView } from '#domain/permit.ts';
import type { ViewName } from '#domain/view.ts';
import type { Circumstances } from '#kernel/objections.ts';
import type { PermitStanding, PermitToken } from '#kernel/permit.ts';
import type { Submitted } from '#kernel/request.ts';
import { commitTo, committedConstraints } from '#records/commits.ts';
import type { AnsweredRequest } from '#records/receipt.ts';
import type { Prepared } from '#records/work.ts';
import { isAgreed } from '#app/agreement.ts';
import { portOf } from '#app/kernels.ts';
import { intentOf } from '#app/words.ts';

/** Who a request comes from: stamped by the port, never said by the caller. */
export type Actor = 'owner' | 'system' | `agent:${string}`;

/** What a kernel decides on, and a handler does. */
export type DecidedKind = Exclude<Kind, OperatorKind>;

/** What is asked for: a change, or by anybody but the person a reading too, for that is disclosure. Null: nothing known. */
export type Tool =
	| { readonly kind: 'command'; readonly name: DecidedKind }
	| { readonly kind: 'view'; readonly name: ViewName }
	| null;

/** A permit as it was shown with a request, and whether it was signed here. */
export interface ShownPermit {
	readonly token: PermitToken;
	readonly signed: ReturnType<PermitStanding>;
}

/** A request on its way, with what it will be committed by. */
export interface Submission {
	readonly actor: Actor;
	readonly request: RequestEnvelope;
	readonly salt: Uint8Array;
	readonly hash: string;
	readonly prepared: Prepared;
	readonly permit: ShownPermit | null;
}

export function isAgent(actor: Actor): boolean {
	return actor.startsWith('agent:');
}

/** Which kernel decides. */
export function portFor(actor: Actor, kind: string): KernelPort {
	return isAgent(actor) ? 'agent' : portOf(kind);
}

export function toolOf(actor: Actor, { kind }: RequestEnvelope): Tool {
	if (isAgent(actor) && isAgentView(kind)) return { kind: 'view', name: kind };
	return isKind(kind) && !isOperatorKind(kind) ? { kind: 'command', name: kind } : null;
}

/** What the kernel is asked. */
export function kernelRequest(submission: Submission, tool: Tool, now: number): Submitted {
	const { actor, request, hash } = submission;
	const agreed = isAgreed(submission.actor, submission.request);
	const intent = tool?.kind === 'view' ? `Read ${tool.name}` : intentOf(tool?.name ?? null, { agreed });
	const params: JsonObject = isAgent(actor) ? { commit: hash, ...constraintsOf(request) } : { commit: hash };
	return {
		...{ request_id: request.id, ts_ms: now, actor, intent, params },
		tool_call: { name: tool?.name ?? 'unknown', params },
		evidence: evidenceOf(submission)
	};
}

/** What the kernel may look at and does not write down. */
export function circumstancesOf(submission: Submission): Circumstances {
	const agreed = isAgreed(submission.actor, submission.request);
	const { data } = submission.request;
	return isObject(data as Json) ? { agreed, params: data as JsonObject } : { agreed };
}

/** Of the constraints that a caller names the ledger holds that they were named: the commit covers which. */
function constraintsOf({ constraints }: RequestEnvelope): JsonObject {
	// `askedFor` was canonical: it is JSON.
	return constraints === undefined ? {} : { constraints: committedConstraints(constraints as Json) };
}

/**
 * What a request rests on: whoever asks by permit says so, for the kernel to judge and the ledger to hold the hash of. Of the
 * mirror's own it is made from the data here, so that no caller can claim another.
 */
function evidenceOf({ actor, request: { kind, data, evidence } }: Submission): Json {
	// `askedFor` was canonical: it is JSON.
	if (isAgent(actor)) return (evidence ?? null) as Json;
	if (kind !== 'egress.release') return null;
	const released = v.safeParse(commands[kind].data, data);
	return released.success ? releaseEvidence(released.output) : null;
}

/**
 * What of a request is committed to: all that decides what it does, how far its caller said that it goes, and what it rests
 * on.
 */
export function askedFor({ kind, data, base_version, constraints, evidence }: RequestEnvelope): Json {
	const asked = { kind, data: (data ?? null) as Json, base_version: base_version ?? null };
	return {
		...asked,
		...(constraints === undefined ? {} : { constraints: constraints as Json }),
		...(evidence === undefined ? {} : { evidence: evidence as Json })
	};
}

/**
 * Whether a request is the one that was accepted under its id: the same, asked by the same (KERNELS A12), for an answer is
 * nobody else's to have. Unknown, and so no, once its salt is erased.
 */
export function isSame(known: AnsweredRequest, { actor, request }: Submission): boolean {
	const { hash, salt } = known;
	return actor === known.actor && salt !== null && commitTo(salt, askedFor(request)) === hash;
}
