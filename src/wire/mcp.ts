import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { formatJson, parseJson } from '#base/json.ts';
import { err, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import { longestBody, submitSchema, type SubmitAnswer } from '#wire/kernel-messages.ts';
import type { KernelSurface } from '#wire/surface.ts';

/** A tool as the Model Context Protocol lists it. */
type McpTool = { readonly name: string; readonly description: string; readonly inputSchema: JsonObject };

/** A surface whose tools are known by name. */
export interface ToolSurface extends KernelSurface {
	list(): readonly McpTool[];
	/** Whether a call could run; the message never says what it was given. */
	check(call: {
		readonly name: string;
		readonly params?: JsonObject;
	}): Result<unknown, Failure<'unknown_tool' | 'bad_params'>>;
}

export interface McpDependencies {
	readonly surface: ToolSurface;
	/** Who asks: the connection says so, not the message. */
	readonly actor: string;
	/** An id for a call that brings none. */
	readonly newId: () => string;
}

/** The version of the protocol whose shape this is. */
const protocolVersion = '2025-06-18';
const mostInBatch = 100;

type RpcFailure = { readonly code: number; readonly message: string };
type Rpc = Result<Json, RpcFailure>;
const parseError = (why: string): RpcFailure => ({ code: -32700, message: `Parse error: ${why}` });
const invalidRequest = (why: string): RpcFailure => ({ code: -32600, message: `Invalid Request: ${why}` });
const methodNotFound: RpcFailure = { code: -32601, message: 'Method not found' };
const invalidParams = (why: string): RpcFailure => ({ code: -32602, message: why });
const internalError = (why: string): RpcFailure => ({ code: -32603, message: why });

const id = v.union([v.string(), v.number(), v.bigint(), v.null()]);
const envelope = v.looseObject({
	jsonrpc: v.literal('2.0'),
	method: v.string(),
	params: v.optional(v.unknown(), {}),
	id: v.optional(id)
});
type Envelope = v.InferOutput<typeof envelope>;

/**
 * `_meta` carries what a kernel wants to know beside the tool's own arguments; a call that comes again with its `request_id`
 * is not done again.
 */
const callSchema = v.looseObject({
	name: v.string(),
	arguments: v.optional(v.custom<JsonObject>(isObject, 'must be an object'), {}),
	_meta: v.optional(v.custom<JsonObject>(isObject, 'must be an object'), {})
});

/**
 * Answers one text of JSON-RPC 2.0 by the Model Context Protocol (KERNELS A9): a request or a batch. Null where nothing is to
 * be answered: notifications. What a kernel refuses is the answer of a tool that failed; errors of the protocol are for calls
 * that could never be right. The calls of a batch run in its order. It never throws.
 */
export async function answerMcp(deps: McpDependencies, text: string): Promise<string | null> {
	if (text.length > longestBody) return written(failed(null, parseError('the text is too long')));
	const parsed = parseJson(text);
	if (!parsed.ok) return written(failed(null, parseError(parsed.error.message)));
	if (!Array.isArray(parsed.value)) return written(await respond(deps, parsed.value));
	const { length } = parsed.value;
	if (length === 0 || length > mostInBatch)
		return written(failed(null, invalidRequest(`a batch holds 1 to ${mostInBatch} requests`)));
	const answers: Json[] = [];
	for (const request of parsed.value as readonly Json[]) {
		const answered = await respond(deps, request);
		if (answered !== null) answers.push(answered);
	}
	return written(answers.length === 0 ? null : answers);
}

async function respond(deps: McpDependencies, request: Json): Promise<Json> {
	const read = v.safeParse(envelope, request);
	if (!read.success) return failed(idOf(request), invalidRequest('not a request of JSON-RPC 2.0'));
	if (read.output.id === undefined) {
		await handle(deps, read.output);
		return null;
	}
	const reply = await handle(deps, read.output);
	return reply.ok
		? { jsonrpc: '2.0', id: read.output.id, result: reply.value }
		: failed(read.output.id, reply.error);
}

async function handle(deps: McpDependencies, request: Envelope): Promise<Rpc> {
	const method = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
	if (method === undefined) return err(methodNotFound);
	const { params } = request;
	if (!isObject(params)) return err(invalidParams('Invalid params: they must be an object'));
	try {
		return await method(deps, params);
	} catch (error) {
		return err(internalError(whyOf(error)));
	}
}

const methods: Readonly<Record<string, (deps: McpDependencies, params: JsonObject) => Promise<Rpc>>> = {
	initialize: async ({ surface }) => {
		const info = await surface.info();
		if (!info.ok) return err(internalError(info.error.message));
		const serverInfo = { name: 'KERNELS', version: info.value.version };
		return ok({ protocolVersion, capabilities: { tools: {} }, serverInfo });
	},
	'notifications/initialized': () => Promise.resolve(ok({})),
	ping: () => Promise.resolve(ok({})),
	'tools/list': ({ surface }) => Promise.resolve(ok({ tools: [...surface.list()] })),
	'tools/call': call
};

/**
 * A call of a tool that is not listed goes to the kernel too, so that the attempt stands in its ledger: the kernel is the gate,
 * not the list.
 */
async function call({ surface, actor, newId }: McpDependencies, params: JsonObject): Promise<Rpc> {
	const read = v.safeParse(callSchema, params);
	if (!read.success) return err(invalidParams(misfit(read.issues)));
	const { name, arguments: given, _meta } = read.output;
	const { request_id = newId(), intent = `Call ${name}`, evidence = null, constraints = null } = _meta;
	const tool_call = { name, params: given };
	const message = v.safeParse(submitSchema, {
		...{ request_id, actor, intent, tool_call, evidence, constraints }
	});
	if (!message.success) return err(invalidParams(misfit(message.issues)));
	const checked = surface.check(tool_call);
	if (!checked.ok && checked.error.code === 'bad_params') return err(invalidParams(checked.error.message));
	const answered = await surface.submit(message.output);
	if (!checked.ok) return err(invalidParams(`Unknown tool: ${name}`));
	return ok(answered.ok ? contentOf(answered.value) : content(answered.error.message, 'error'));
}

function contentOf({ status, result, error }: SubmitAnswer): Json {
	if (status !== 'ACCEPTED') return content(error ?? status, 'error');
	return content(typeof result === 'string' ? result : formatJson(result), 'result');
}

function content(text: string, as: 'result' | 'error'): Json {
	const said = [{ type: 'text', text }];
	return as === 'error' ? { content: said, isError: true } : { content: said };
}

/** What does not fit, by its place: never the value. */
function misfit(issues: readonly v.BaseIssue<unknown>[]): string {
	const [issue] = issues;
	return `Invalid params: ${issue?.path?.map(({ key }) => String(key)).join('.') ?? 'params'} does not fit`;
}

/** The id of a request that is none otherwise, where it can be told. */
function idOf(request: Json): Json {
	const given = v.safeParse(id, isObject(request) ? request['id'] : null);
	return given.success ? given.output : null;
}

function failed(of: Json, error: RpcFailure): Json {
	return { jsonrpc: '2.0', id: of, error };
}

function written(answered: Json): string | null {
	return answered === null ? null : formatJson(answered);
}
