import type { Json, JsonObject } from '#base/canonical.ts';
import type { Clock } from '#base/clock.ts';
import { err, failure, ok, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import { exportEvidence } from '#kernel/evidence.ts';
import type { Admitted, ClosedFailure, Kernel, Step } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import type { KernelRequest } from '#kernel/request.ts';
import type { Outcome } from '#kernel/rules.ts';
import type { ToolRegistry } from '#kernel/tools.ts';
import type { SubmitAnswer, SubmitMessage } from '#wire/kernel-messages.ts';
import type { ToolSurface } from '#wire/mcp.ts';
import type { SurfaceFailure } from '#wire/surface.ts';
import { GivenAnswers } from '#app/given-answers.ts';
import { Queue } from '#app/queue.ts';
import { version } from '#app/version.ts';

export interface KernelSurfaceDependencies {
	readonly kernel: Kernel;
	readonly tools: ToolRegistry;
	readonly clock: Clock;
	readonly timer: Timer;
	/** What the kernel wrote before, from its first entry on; a kernel that goes on from a head has such. */
	readonly entries?: readonly AuditEntry[];
	/** Ids of requests that a kernel before this one was asked: they are not done again. */
	readonly answered?: Iterable<string>;
	/** Hears of each entry as it is written. */
	readonly onEntry?: (entry: AuditEntry) => void;
	/** Milliseconds that a tool may take; 30,000 where nothing is said. */
	readonly timeLimit?: number;
}

type Submitted = Result<SubmitAnswer, SurfaceFailure>;
/** Answers that are kept whole. Of older ones it is known that they were given. */
const answersKept = 1000;

/**
 * A kernel and its tools in one program, as a message surface: the kernel decides on one request at a time, in the order in
 * which they came, and each has one entry.
 *
 * - A tool that throws, answers with what is not JSON, or does not end in time is a FAILED entry, and the kernel goes on. What
 *   a tool does after its time is its own: it cannot be stopped, only no longer waited for.
 * - A request that comes again gets the answer of the first time, or waits for it; another one under a used id is not run.
 * - A halt does not queue: the tool that runs is given up, with its entry, and what waits finds the kernel halted.
 */
export function kernelSurface(deps: KernelSurfaceDependencies): ToolSurface {
	const { kernel } = deps;
	const { kernel_id } = kernel.config;
	const desk = new Desk(deps);
	const state = () => kernel.head().state;
	return {
		info: () => Promise.resolve(ok({ version, kernel_id })),
		status: () => Promise.resolve(ok({ kernel_id, state: state() })),
		policy: () => {
			const { allowed_actors, allowed_tools, require_tool_call, max_intent_length } = kernel.policy;
			const lists = { allowed_actors: [...allowed_actors], allowed_tools: [...allowed_tools] };
			return Promise.resolve(ok({ ...lists, require_tool_call, max_intent_length }));
		},
		evidence: () => Promise.resolve(ok(desk.evidence())),
		submit: (message) => desk.submit(message),
		halt: async (reason) => {
			const halted = await desk.halt(reason);
			return halted.ok ? ok({ kernel_state: 'HALTED' }) : halted;
		},
		list: () => deps.tools.list(),
		check: (call) => deps.tools.check(call)
	};
}

class Desk {
	readonly #deps: KernelSurfaceDependencies;
	readonly #entries: AuditEntry[];
	readonly #queue = new Queue();
	readonly #answers = new GivenAnswers<Submitted>(answersKept);
	/** The requests of before: what they asked for stands in the ledger as a hash only. */
	readonly #before: ReadonlySet<string>;
	#halts: (() => void)[] = [];
	/** Gives up the tool that runs. */
	#giveUp: (why: string) => void = () => undefined;

	constructor(deps: KernelSurfaceDependencies) {
		this.#deps = deps;
		this.#entries = [...(deps.entries ?? [])];
		this.#before = new Set([...(deps.answered ?? []), ...this.#entries.map(({ request_id }) => request_id)]);
	}

	submit(message: SubmitMessage): Promise<Submitted> {
		if (this.#before.has(message.request_id)) return Promise.resolve(err(longAgo));
		const { request_id: id } = message;
		const asked = contentOf(message);
		const before = this.#answers.find(id, asked);
		if (before.kind === 'same') return before.answer ?? Promise.resolve(err(longAgo));
		const { kind } = before;
		const answer = this.#next(() => this.#decide(message, kind));
		if (kind === 'new') this.#answers.keep(id, asked, answer);
		return answer;
	}

	/** Halts before anything else is decided. */
	halt(reason: string): Promise<Result<null, SurfaceFailure>> {
		const { kernel } = this.#deps;
		const halted = new Promise<Result<null, SurfaceFailure>>((resolve) => {
			this.#halts.push(() => {
				const step = kernel.halt(reason);
				if (step.ok) this.#write(step.value.entry);
				resolve(step.ok ? ok(null) : err(step.error));
			});
		});
		this.#giveUp('Kernel was halted while the tool ran');
		void this.#next(() => Promise.resolve());
		return halted;
	}

	evidence(): JsonObject {
		const { kernel, clock } = this.#deps;
		const { kernel_id, variant } = kernel.config;
		return exportEvidence({ kernel_id, variant, exported_at_ms: clock() }, [...this.#entries]);
	}

	#next<T>(work: () => Promise<T>): Promise<T> {
		return this.#queue.run(() => {
			for (const halt of this.#halts.splice(0)) halt();
			return work();
		});
	}

	async #decide(message: SubmitMessage, id: 'new' | 'other'): Promise<Submitted> {
		const { kernel, clock } = this.#deps;
		const admission = kernel.admit(requestOf(message, clock()));
		if (!admission.ok) return err(closed(admission.error));
		if (admission.value.kind === 'refused') return ok(this.#written(admission.value.step));
		const outcome = id === 'other' ? duplicate : await this.#run(message, admission.value);
		return ok(this.#written(kernel.conclude(admission.value, outcome)));
	}

	async #run(message: SubmitMessage, { call }: Admitted): Promise<Outcome> {
		if (call === null) return { ok: true };
		const { tools, timer, timeLimit = 30_000 } = this.#deps;
		// What was asked for, without the constraints: those are said to the kernel.
		const running = tools.run({ name: call.name, params: message.tool_call?.params ?? {} });
		return new Promise((resolve) => {
			let callOff: () => void = () => undefined;
			let isOver = false;
			const end = (outcome: Outcome) => {
				// One that was given up may end while another runs.
				if (isOver) return;
				isOver = true;
				callOff();
				this.#giveUp = () => undefined;
				resolve(outcome);
			};
			const late = `Tool '${call.name}' did not end within ${timeLimit} ms`;
			this.#giveUp = (why) => end({ ok: false, error: why });
			callOff = timer(timeLimit, () => end({ ok: false, error: late }));
			running.then(end, () => end({ ok: false, error: `Tool '${call.name}' broke without a word` }));
		});
	}

	#write(entry: AuditEntry): void {
		this.#entries.push(entry);
		this.#deps.onEntry?.(entry);
	}

	#written({ entry, receipt }: Step): SubmitAnswer {
		this.#write(entry);
		const { request_id, status, decision, tool_result: result, error } = receipt;
		return { request_id, status, decision, result, error };
	}
}

/** A request without params of its own has those of its tool: the ledger's hash covers what runs. */
function requestOf(message: SubmitMessage, ts_ms: number): KernelRequest {
	const { request_id, actor, intent, tool_call, evidence = null, constraints = null } = message;
	const params = tool_call?.params ?? {};
	const call = tool_call === null || tool_call === undefined ? null : { name: tool_call.name, params };
	return { request_id, ts_ms, actor, intent, tool_call: call, params, evidence, constraints };
}

function contentOf({ actor, intent, tool_call, evidence = null, constraints = null }: SubmitMessage): Json {
	const call =
		tool_call === null || tool_call === undefined
			? null
			: { name: tool_call.name, params: tool_call.params ?? {} };
	return { actor, intent, tool_call: call, evidence, constraints };
}

function closed({ code, message }: ClosedFailure): SurfaceFailure {
	return failure(code === 'halted' ? 'halted' : 'failed', message);
}

const duplicate: Outcome = { ok: false, error: 'This request_id was used for another request' };
const longAgo: SurfaceFailure = failure(
	'failed',
	'This was asked and answered before, and its answer is no longer kept. Nothing was done now.'
);
