import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';

/** The JSON of KERNELS A9: what is asked of a kernel from outside of its program, and what it answers. */

/** Longest body that is read, in UTF-16 units: the params that a policy allows by itself are a sixteenth of it. */
export const longestBody = 1024 * 1024;
/** Longer than the intent of any policy that is handed out: how long one may be is for the policy to say. */
const longestIntent = 20_000;
const mostEvidence = 1000;

const name = v.pipe(v.string('must be a text'), v.maxLength(200, 'must have 200 characters at most'));
const intent = v.pipe(
	v.string('must be a text'),
	v.maxLength(longestIntent, `must have ${longestIntent} characters at most`)
);
const object = v.custom<JsonObject>(isObject, 'must be an object');
const evidenceText = v.string('must be a text or a list of texts');
const evidence = v.union(
	[evidenceText, v.pipe(v.array(evidenceText), v.maxLength(mostEvidence), v.readonly())],
	`must be a text or a list of at most ${mostEvidence} texts`
);

/**
 * What POST /submit takes. Unknown names are ignored, as the reference does. An empty text passes here: the kernel refuses it,
 * and the refusal has its entry.
 */
export const submitSchema = v.object(
	{
		request_id: name,
		actor: name,
		intent,
		tool_call: v.nullish(
			v.object({ name, params: v.nullish(object) }, 'must be an object with a name and params')
		),
		evidence: v.nullish(evidence),
		constraints: v.nullish(object)
	},
	'must be an object'
);
export type SubmitMessage = v.InferOutput<typeof submitSchema>;

/** What POST /halt takes: nothing, or why. */
export const haltSchema = v.object(
	{
		reason: v.optional(
			v.pipe(v.string('must be a text'), v.maxLength(500, 'must have 500 characters at most')),
			'Halted by request'
		)
	},
	'must be an object'
);

const state = v.picklist([
	'BOOTING',
	'IDLE',
	'VALIDATING',
	'ARBITRATING',
	'EXECUTING',
	'AUDITING',
	'HALTED'
] as const);
const json = v.custom<Json>((value) => value !== undefined, 'must be there');

/** What is answered, by path, where all is well. */
export const answerSchemas = {
	'/': v.object({ name: v.literal('KERNELS'), version: v.string(), kernel_id: v.string() }),
	'/health': v.variant('status', [
		v.object({ status: v.literal('healthy'), kernel_state: state }),
		v.object({ status: v.literal('unhealthy'), error: v.string() })
	]),
	'/status': v.object({ kernel_id: v.string(), state }),
	'/policy': v.object({
		allowed_actors: v.array(v.string()),
		allowed_tools: v.array(v.string()),
		require_tool_call: v.boolean(),
		max_intent_length: v.number()
	}),
	/** The bundle of KERNELS A5: whoever has it verifies it. */
	'/evidence': v.looseObject({
		kernel_id: v.string(),
		root_hash: v.string(),
		ledger_entries: v.array(object)
	}),
	'/submit': v.object({
		request_id: v.string(),
		status: v.picklist(['ACCEPTED', 'REJECTED', 'FAILED'] as const),
		decision: v.picklist(['ALLOW', 'DENY', 'HALT'] as const),
		result: json,
		error: v.nullable(v.string())
	}),
	'/halt': v.object({ status: v.literal('halted'), kernel_state: state })
} as const;
export type AnswerPath = keyof typeof answerSchemas;
export type AnswerTo<P extends AnswerPath> = v.InferOutput<(typeof answerSchemas)[P]>;

export type KernelInfo = AnswerTo<'/'>;
export type HealthAnswer = AnswerTo<'/health'>;
export type StatusAnswer = AnswerTo<'/status'>;
export type PolicyAnswer = AnswerTo<'/policy'>;
export type SubmitAnswer = AnswerTo<'/submit'>;
export type HaltAnswer = AnswerTo<'/halt'>;

/** What is said where something is wrong. */
export const errorSchema = v.object({ error: v.string() });

/** A question to a kernel, as HTTP and a page's port carry it alike: the body is text, so that no number loses anything. */
export interface KernelMessage {
	readonly method: string;
	/** Without host and query. */
	readonly path: string;
	/** JSON text; null where there is none. */
	readonly body: string | null;
}
/** What is answered: a code of HTTP, and JSON text. */
export interface KernelAnswer {
	readonly status: number;
	readonly body: string;
}
