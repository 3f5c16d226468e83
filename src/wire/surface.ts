import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { formatJson, parseJson } from '#base/json.ts';
import { err, failure, whyOf, type Failure, type Result } from '#base/result.ts';
import {
	haltSchema,
	longestBody,
	submitSchema,
	type HaltAnswer,
	type KernelAnswer,
	type KernelInfo,
	type KernelMessage,
	type PolicyAnswer,
	type StatusAnswer,
	type SubmitAnswer,
	type SubmitMessage
} from '#wire/kernel-messages.ts';

/** `refused`: not this caller's to ask; `halted`: the kernel takes nothing more; `failed`: it could not be done. */
export type SurfaceFailure = Failure<'refused' | 'halted' | 'failed'>;
type Said<T> = Promise<Result<T, SurfaceFailure>>;

/**
 * What a kernel shows to whoever asks it by messages. A request that comes again under its id is not done again. The kernel's
 * time is the surface's: no caller says it.
 */
export interface KernelSurface {
	info(): Said<Omit<KernelInfo, 'name'>>;
	status(): Said<StatusAnswer>;
	policy(): Said<PolicyAnswer>;
	/** The evidence bundle of KERNELS A5. */
	evidence(): Said<JsonObject>;
	submit(message: SubmitMessage): Said<SubmitAnswer>;
	halt(reason: string): Said<Omit<HaltAnswer, 'status'>>;
}

type Reply = Promise<Result<Json, SurfaceFailure | BodyFailure>>;
type BodyFailure = Failure<'bad_body'>;

const codes = { bad_body: 400, refused: 403, halted: 500, failed: 500 } as const;

/**
 * Answers one message with the JSON and the codes of KERNELS A9, whatever it holds and whatever the surface does: it never
 * throws. What a kernel decided is 200, a denial too; 403 is for what this caller may not ask at all.
 */
export async function answer(surface: KernelSurface, message: KernelMessage): Promise<KernelAnswer> {
	const { method, path } = message;
	if (method === 'OPTIONS') return said(200, {});
	if (method === 'GET' && path === '/health') return health(surface);
	const route = Object.hasOwn(routes, `${method} ${path}`) ? routes[`${method} ${path}`] : undefined;
	if (route === undefined) return said(404, { error: 'Not found' });
	try {
		const reply = await route(surface, message.body);
		if (reply.ok) return said(200, reply.value);
		return said(codes[reply.error.code], { error: reply.error.message });
	} catch (error) {
		return said(500, { error: whyOf(error) });
	}
}

const routes: Readonly<Record<string, (surface: KernelSurface, body: string | null) => Reply>> = {
	'GET /': async (surface) => mapped(await surface.info(), (info) => ({ name: 'KERNELS', ...info })),
	'GET /status': (surface) => surface.status(),
	'GET /policy': (surface) => surface.policy(),
	'GET /evidence': (surface) => surface.evidence(),
	'POST /submit': async (surface, body) => {
		const message = readBody(submitSchema, body ?? '');
		return message.ok ? surface.submit(message.value) : message;
	},
	'POST /halt': async (surface, body) => {
		const message = readBody(haltSchema, body === null || body.trim() === '' ? '{}' : body);
		if (!message.ok) return message;
		return mapped(await surface.halt(message.value.reason), (halted) => ({ status: 'halted', ...halted }));
	}
};

/** A kernel that is halted does nothing any more: whoever watches over it is told so, as of one that breaks. */
async function health(surface: KernelSurface): Promise<KernelAnswer> {
	try {
		const status = await surface.status();
		if (!status.ok) return unhealthy(status.error.message);
		const { state } = status.value;
		if (state === 'HALTED') return unhealthy('Kernel is halted');
		return said(200, { status: 'healthy', kernel_state: state });
	} catch (error) {
		return unhealthy(whyOf(error));
	}
}

function unhealthy(error: string): KernelAnswer {
	return said(503, { status: 'unhealthy', error });
}

function readBody<S extends v.GenericSchema>(schema: S, body: string): Result<v.InferOutput<S>, BodyFailure> {
	if (body.length > longestBody)
		return err(
			failure('bad_body', `The body is longer than ${longestBody} characters. Nothing was done; send less.`)
		);
	const parsed = parseJson(body);
	if (!parsed.ok)
		return err(
			failure('bad_body', `The body is not JSON: ${parsed.error.message}. Nothing was done; send JSON.`)
		);
	if (!isObject(parsed.value))
		return err(failure('bad_body', 'The body must be an object. Nothing was done.'));
	const read = v.safeParse(schema, parsed.value);
	return read.success ? { ok: true, value: read.output } : err(failure('bad_body', wrong(read.issues)));
}

/** The first thing that is wrong: a missing field in the reference's words. Never a value. */
function wrong([issue]: readonly v.BaseIssue<unknown>[]): string {
	const path = issue?.path ?? [];
	const last = path.at(-1);
	if (last !== undefined && last.value === undefined) return `Missing field: '${String(last.key)}'`;
	const where = path.length === 0 ? 'The body' : `"${path.map(({ key }) => String(key)).join('.')}"`;
	return `${where} ${issue?.message ?? 'does not fit'}. Nothing was done.`;
}

function mapped<T, U, E>(result: Result<T, E>, map: (value: T) => U): Result<U, E> {
	return result.ok ? { ok: true, value: map(result.value) } : result;
}

function said(status: number, body: Json): KernelAnswer {
	return { status, body: formatJson(body) };
}
