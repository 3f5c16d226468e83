import { Float, isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { jsonSchemaOf } from '#base/json-schema.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { isUuidv7 } from '#base/uuid.ts';
import { commands } from '#domain/command.ts';
import { isAgentView, isPermitTool, type PermitTool } from '#domain/permit.ts';
import { views } from '#domain/view.ts';
import { readPermit } from '#kernel/permit.ts';
import { createPolicy } from '#kernel/policy.ts';
import { kernelStates, type KernelState } from '#kernel/states.ts';
import { misfitOf, type CallFailure, type ListedTool } from '#kernel/tools.ts';
import type { SubmitAnswer, SubmitMessage } from '#wire/kernel-messages.ts';
import type { ToolSurface } from '#wire/mcp.ts';
import type { SurfaceFailure } from '#wire/surface.ts';
import { GivenAnswers } from '#app/given-answers.ts';
import type { PermitAnswer, PermitPort } from '#app/protocol.ts';
import { version } from '#app/version.ts';

type Submitted = Result<SubmitAnswer, SurfaceFailure>;

/** Readings that are kept for a holder whose line broke: the mirror itself keeps none, and each took a use of the permit. */
const answersKept = 20;

/** What the kernel is called to whoever asks by permit: which one is in charge is the owner's to know. */
const kernel_id = 'agent';

/**
 * What whoever holds a permit reaches of a mirror, as a message surface. Each submit is one request by that permit, under the
 * name that the permit gives (the `actor` of the message is not looked at), and one entry; what was read is the `result`.
 *
 * - The policy is what the permit allows, and says nothing of the mirror's own.
 * - Evidence and halt are refused, for they are the owner's: the one shows what everybody else did, the other stops them.
 * - Status and health say what the last answer told, without asking: each question would be an entry, and use the permit up.
 */
export function permitSurface(port: PermitPort, permit: Json): Result<ToolSurface, Failure<'not_a_permit'>> {
	const read = readPermit(permit);
	if (!read.ok) return read;
	const { subject, action } = read.value;
	let state: KernelState = 'IDLE';

	const answers = new GivenAnswers<Submitted>(answersKept);

	function submit(message: SubmitMessage): Promise<Submitted> {
		const { request_id, tool_call, evidence = null, constraints = null } = message;
		const call = { name: tool_call?.name ?? null, params: tool_call?.params ?? {}, evidence, constraints };
		const before = answers.find(request_id, call);
		if (before.kind === 'same' && before.answer !== null) return before.answer;
		const answer = ask(message);
		if (before.kind === 'new') keep(request_id, call, answer);
		return answer;
	}

	/** Whatever was not done is asked of the mirror again: it may be done then. */
	function keep(id: string, call: Json, answer: Promise<Submitted>): void {
		answers.keep(id, call, answer);
		const forget = () => answers.forget(id);
		answer.then((said) => {
			if (!said.ok || said.value.status !== 'ACCEPTED') forget();
		}, forget);
	}

	async function ask(message: SubmitMessage): Promise<Submitted> {
		const answered = await port.byPermit(permit, requestOf(message));
		const { receipt } = answered;
		const after = receipt.code === 'halted' ? 'HALTED' : receipt.state_to;
		state = kernelStates.find((known) => known === after) ?? state;
		return receipt.code === 'halted'
			? err(failure('halted', receipt.error ?? 'Kernel is halted'))
			: ok(answerOf(answered));
	}

	const policy = {
		allowed_actors: [subject],
		allowed_tools: [action],
		require_tool_call: true,
		max_intent_length: createPolicy().max_intent_length
	};
	return ok({
		info: () => Promise.resolve(ok({ version, kernel_id })),
		status: () => Promise.resolve(ok({ kernel_id, state })),
		policy: () => Promise.resolve(ok(policy)),
		evidence: () => Promise.resolve(err(ownersOnly('The evidence'))),
		halt: () => Promise.resolve(err(ownersOnly('Halting'))),
		submit,
		list: () => (isPermitTool(action) ? [listed(action)] : []),
		check: ({ name, params = {} }) => check(action, name, params)
	});
}

function requestOf({ request_id, intent, tool_call, evidence, constraints }: SubmitMessage): unknown {
	return {
		// A request for nothing is decided on, and refused, like any other.
		...{ id: request_id, kind: tool_call?.name ?? 'unknown', data: plain(tool_call?.params ?? {}), intent },
		...(evidence === undefined || evidence === null ? {} : { evidence }),
		...(constraints === undefined || constraints === null ? {} : { constraints: plain(constraints) })
	};
}

function answerOf({ receipt, rows }: PermitAnswer): SubmitAnswer {
	const { request_id, status, decision, code, error, message, result } = receipt;
	const answer = { request_id, status, decision };
	if (code === 'invalid_request' && !isUuidv7(request_id)) return { ...answer, result: null, error: otherId };
	if (code !== 'accepted') return { ...answer, result: null, error: error ?? message };
	return { ...answer, result: rows === null ? result : asJson(rows), error: null };
}

/** The one thing in which this surface is narrower than the server of KERNELS, whose own client names requests otherwise. */
const otherId =
	'The request_id must be a UUIDv7 in small letters, such as 01890a5d-ac96-774b-bcce-b302099a8057. Nothing was done and no use of the permit was counted. Ask again with such an id, a new one for each request.';

/** Rows go out as JSON text says them. */
function asJson(rows: readonly unknown[]): Json {
	return JSON.parse(JSON.stringify(rows)) as Json;
}

function ownersOnly(what: string): SurfaceFailure {
	return failure('refused', `${what} is for the owner of this mirror. Nothing was done.`);
}

function listed(name: PermitTool): ListedTool {
	return {
		name,
		description: isAgentView(name) ? `Read ${name}` : commands[name].intent,
		inputSchema: jsonSchemaOf(schemaOf(name))
	};
}

function schemaOf(name: PermitTool) {
	return isAgentView(name) ? views[name].params : commands[name].data;
}

function check(action: string, name: string, params: JsonObject): Result<null, CallFailure> {
	if (name !== action || !isPermitTool(name))
		return err(failure('unknown_tool', `The permit is not for '${name}'`));
	const wrong = misfitOf(schemaOf(name), plain(params));
	return wrong === null ? ok(null) : err(failure('bad_params', `Invalid parameters for '${name}': ${wrong}`));
}

/** Numbers as the shapes of the app's own requests hold them. */
function plain(value: Json): Json {
	if (value instanceof Float) return value.value;
	if (typeof value === 'bigint') return Number(value);
	if (Array.isArray(value)) return value.map(plain);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
