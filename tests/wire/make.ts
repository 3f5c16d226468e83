import * as v from 'valibot';
import type { Json, JsonObject } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import { formatJson, parseJson } from '#base/json.ts';
import { createKernel, type Kernel, type KernelHead } from '#kernel/kernel.ts';
import { openPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { Replay } from '#kernel/replay.ts';
import { ToolRegistry } from '#kernel/tools.ts';
import type { VariantName } from '#kernel/variants.ts';
import type { KernelAnswer } from '#wire/kernel-messages.ts';
import type { ToolSurface } from '#wire/mcp.ts';
import { answer } from '#wire/surface.ts';
import { kernelSurface, type KernelSurfaceDependencies } from '#app/kernel-surface.ts';
import { HandTimer } from './timer.ts';

export interface Surfaced {
	readonly kernel: Kernel;
	readonly surface: ToolSurface;
	readonly time: HandTimer;
	/** What `echo` was asked to say, in order. */
	readonly said: string[];
}

interface Given extends Partial<Pick<KernelSurfaceDependencies, 'timeLimit' | 'entries'>> {
	readonly variant?: VariantName;
	readonly policy?: JurisdictionPolicy;
	readonly head?: KernelHead;
	readonly more?: (tools: ToolRegistry) => void;
}

/** A real kernel with the tool `echo`, its surface, and a clock and timer that go by hand. */
export function surfaced(given: Given = {}): Surfaced {
	const { variant = 'strict', policy = openPolicy, more = () => undefined, head, ...rest } = given;
	const time = new HandTimer();
	const clock = () => 1_700_000_000_000 + time.now;
	const config = { kernel_id: 'kernel-1', variant };
	const from = head === undefined ? {} : { head };
	const kernel = createKernel({ rules: 'mirror', config, policy, clock, sha256: sha256Hex, ...from });
	const said: string[] = [];
	const tools = new ToolRegistry().register('echo', {
		description: 'Says what it is told.',
		params: v.strictObject({ text: v.string() }),
		run: ({ text }) => (said.push(text), text)
	});
	more(tools);
	return { kernel, surface: kernelSurface({ kernel, tools, clock, timer: time.timer, ...rest }), time, said };
}

/** A submit that the open policy of a strict kernel accepts. */
export function submit(request_id: string, more: JsonObject = {}): JsonObject {
	const tool_call = { name: 'echo', params: { text: request_id } };
	return { request_id, actor: 'owner', intent: 'Say it', tool_call, ...more };
}

export async function ask(
	surface: ToolSurface,
	method: string,
	path: string,
	body?: Json
): Promise<readonly [number, Json]> {
	return read(await answer(surface, { method, path, body: body === undefined ? null : formatJson(body) }));
}

export function read({ status, body }: KernelAnswer): readonly [number, Json] {
	const parsed = parseJson(body);
	if (!parsed.ok) throw new Error(`${body}: ${parsed.error.message}`);
	return [status, parsed.value];
}

/** The entries of a surface's evidence, which verifies. */
export async function entries(surface: ToolSurface): Promise<readonly JsonObject[]> {
	const [, bundle] = await ask(surface, 'GET', '/evidence');
	const { ledger_entries, root_hash } = bundle as { ledger_entries: JsonObject[]; root_hash: string };
	const replay = new Replay({ sha256: sha256Hex });
	replay.push(ledger_entries);
	const found = replay.finish({ root_hash });
	if (!found.is_valid) throw new Error(JSON.stringify(found));
	return ledger_entries;
}
