import * as v from 'valibot';
import type { Json, JsonObject } from '#base/canonical.ts';
import { formatJson, parseJson } from '#base/json.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import {
	answerSchemas,
	errorSchema,
	type AnswerPath,
	type AnswerTo,
	type HaltAnswer,
	type HealthAnswer,
	type KernelAnswer,
	type KernelInfo,
	type KernelMessage,
	type PolicyAnswer,
	type StatusAnswer,
	type SubmitAnswer,
	type SubmitMessage
} from '#wire/kernel-messages.ts';

/**
 * - `timed_out`, `unreachable`: no answer came, however often it was asked: nobody knows whether it was done, and asking again
 *   with the same request_id is safe;
 * - `bad_message`: it could not be read there, and nothing was done; - `refused`: not ours to ask; - `not_found`: no such
 *   endpoint; - `failed`: the kernel is halted or broke over it; - `bad_answer`: what came is not the JSON of KERNELS A9.
 */
export type ClientFailure = Failure<
	'timed_out' | 'unreachable' | 'bad_message' | 'refused' | 'not_found' | 'failed' | 'bad_answer'
>;
type Answered<T> = Promise<Result<T, ClientFailure>>;

/** What is asked of a kernel, as POST /submit takes it or as a kernel itself does: its time is not sent. */
export type AskedOf = SubmitMessage & { readonly params?: JsonObject | null };

export interface KernelClientOptions {
	/** Brings a message there and its answer back, over whatever there is. It rejects where that cannot be done. */
	readonly send: (message: KernelMessage) => Promise<KernelAnswer>;
	readonly timer: Timer;
	/** Milliseconds until one attempt is given up; 30,000 where nothing is said. */
	readonly timeout?: number;
	/** How often it is asked again after the first time; 3 where nothing is said. */
	readonly retries?: number;
	/** Milliseconds before the first retry; each pause after it is twice as long. 500 where nothing is said. */
	readonly pause?: number;
}

export interface KernelClient {
	info(): Answered<KernelInfo>;
	/** A kernel that says of itself that it is not well has answered. */
	health(): Answered<HealthAnswer>;
	status(): Answered<StatusAnswer>;
	policy(): Answered<PolicyAnswer>;
	/** As the kernel wrote it, with nothing lost: it verifies. */
	evidence(): Answered<JsonObject>;
	/** A retry brings the same request_id, so that nothing is done twice. What was denied is an answer. */
	submit(request: AskedOf): Answered<SubmitAnswer>;
	/** As many submits, at most `concurrency` of them under way at a time (10); the answers in the order of the requests. */
	submitBatch(
		requests: readonly AskedOf[],
		options?: { readonly concurrency?: number }
	): Promise<readonly Result<SubmitAnswer, ClientFailure>[]>;
	/** Asked once: after no answer `status` says whether the kernel is halted. */
	halt(reason?: string): Answered<HaltAnswer>;
}

/** A client of a kernel that is reached by messages (KERNELS A9). */
export function createKernelClient(options: KernelClientOptions): KernelClient {
	const { retries = 3 } = options;
	const get = <P extends AnswerPath>(path: P) =>
		ask(options, { method: 'GET', path, body: null }, path, retries);
	const submit = (request: AskedOf) =>
		ask(options, { method: 'POST', path: '/submit', body: bodyOf(request) }, '/submit', retries);
	return {
		info: () => get('/'),
		health: () => get('/health'),
		status: () => get('/status'),
		policy: () => get('/policy'),
		evidence: () => get('/evidence') as Answered<JsonObject>,
		submit,
		submitBatch: (requests, { concurrency = 10 } = {}) => inOrder(requests, concurrency, submit),
		halt: (reason) => {
			const body = reason === undefined ? '{}' : formatJson({ reason });
			return ask(options, { method: 'POST', path: '/halt', body }, '/halt', 0);
		}
	};
}

async function ask<P extends AnswerPath>(
	options: KernelClientOptions,
	message: KernelMessage,
	path: P,
	retries: number
): Answered<AnswerTo<P>> {
	const { timer, pause = 500 } = options;
	for (let retry = 0; ; retry++) {
		const answered = await attempt(options, message);
		if (answered.ok) return readAnswer(path, answered.value);
		if (retry >= retries) return answered;
		await new Promise<void>((resolve) => void timer(pause * 2 ** retry, resolve));
	}
}

/** One question; an answer that comes after its time is not looked at. */
function attempt(options: KernelClientOptions, message: KernelMessage): Answered<KernelAnswer> {
	const { send, timer, timeout = 30_000 } = options;
	return new Promise((resolve) => {
		const callOff = timer(timeout, () =>
			resolve(err(failure('timed_out', `No answer came within ${timeout} ms. ${again}`)))
		);
		const unreachable = () =>
			resolve(err(failure('unreachable', `The kernel could not be reached. ${again}`)));
		sent(send, message)
			.then((answered) => resolve(ok(answered)), unreachable)
			.finally(callOff);
	});
}

const again = 'Nobody knows whether it was done; asking again with the same request_id is safe.';

/** A carrier that throws at once could not be reached either. */
async function sent(send: KernelClientOptions['send'], message: KernelMessage): Promise<KernelAnswer> {
	return send(message);
}

function readAnswer<P extends AnswerPath>(
	path: P,
	{ status, body }: KernelAnswer
): Result<AnswerTo<P>, ClientFailure> {
	const parsed = parseJson(body);
	if (!parsed.ok) return badAnswer(`it is not JSON: ${parsed.error.message}`);
	if (status === 200 || (status === 503 && path === '/health')) {
		const read = v.safeParse(answerSchemas[path], parsed.value);
		// The schema of a path gives the answer of that path; TypeScript cannot follow it through the map.
		return read.success ? ok(read.output as AnswerTo<P>) : badAnswer(`it does not fit ${path}`);
	}
	return refusal(status, parsed.value);
}

function refusal(status: number, body: Json): Result<never, ClientFailure> {
	const said = v.safeParse(errorSchema, body);
	const message = said.success ? said.output.error : `The answer was ${status} without a word.`;
	return err(failure(codeOf(status), message));
}

function codeOf(status: number): ClientFailure['code'] {
	switch (status) {
		case 400:
			return 'bad_message';
		case 401:
		case 403:
			return 'refused';
		case 404:
			return 'not_found';
		default:
			return 'failed';
	}
}

function badAnswer(why: string): Result<never, ClientFailure> {
	return err(failure('bad_answer', `The answer could not be read: ${why}. Ask for the status to see more.`));
}

/** Works on so many items at a time; the results stand in the order of the items. */
async function inOrder<T, U>(
	items: readonly T[],
	concurrency: number,
	work: (item: T) => Promise<U>
): Promise<readonly U[]> {
	const results: U[] = [];
	const left = items.entries();
	const worker = async () => {
		for (const [at, item] of left) results[at] = await work(item);
	};
	const workers = Math.min(Math.max(1, concurrency), items.length);
	await Promise.all(Array.from({ length: workers }, worker));
	return results;
}

/** A tool that names no params has the request's, and constraints among those are the request's own (KERNELS A6). */
function bodyOf({ request_id, actor, intent, params, ...request }: AskedOf): string {
	const { tool_call, evidence } = request;
	const { constraints: within, ...rest } = params ?? {};
	const call = tool_call ? { name: tool_call.name, params: tool_call.params ?? rest } : undefined;
	const constraints = request.constraints ?? within;
	return formatJson(given({ request_id, actor, intent, tool_call: call, evidence, constraints }));
}

/** Without what was not said: JSON has no word for it. */
function given(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
	return Object.fromEntries(
		Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined)
	);
}
