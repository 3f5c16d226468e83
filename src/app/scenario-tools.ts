import { Float, type Json, type JsonObject } from '#base/canonical.ts';
import { err, ok, type Result } from '#base/result.ts';
import type { Outcome, RunTool } from '#kernel/rules.ts';

/** A tool of the scenario files: the names of its parameters, and what it returns or says went wrong. */
interface ScenarioTool {
	readonly parameters: readonly string[];
	run(params: JsonObject): Result<Json, string>;
}

const tools: Readonly<Record<string, ScenarioTool>> = {
	echo: { parameters: ['text'], run: ({ text = null }) => ok(text) },
	add: { parameters: ['a', 'b'], run: ({ a = null, b = null }) => add(a, b) },
	read_file: { parameters: ['path'], run: ({ path }) => ok(`contents of ${String(path)}`) },
	fail: { parameters: ['message'], run: ({ message }) => err(String(message)) },
	json: { parameters: ['value'], run: ({ value = null }) => ok(value) }
};

/** Runs one of the tools that the scenario files know, and words failures as the reference's registry does (KERNELS A7). */
export const runScenarioTool: RunTool = ({ name, params }): Outcome => {
	const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
	if (tool === undefined) return { ok: false, error: `Tool '${name}' is not registered` };
	const given = Object.keys(params);
	if (
		given.length !== tool.parameters.length ||
		!tool.parameters.every((parameter) => given.includes(parameter))
	)
		return {
			ok: false,
			error: `Invalid parameters for tool '${name}': it takes ${tool.parameters.join(', ')}`
		};
	const result = tool.run(params);
	if (!result.ok) return { ok: false, error: `Tool '${name}' execution failed: ${result.error}` };
	return { ok: true, result: result.value };
};

/** Whole numbers exactly, at any size; with a float among them, as floats; texts end to end. */
function add(a: Json, b: Json): Result<Json, string> {
	if (typeof a === 'string' && typeof b === 'string') return ok(a + b);
	const left = toNumber(a);
	const right = toNumber(b);
	if (left === null || right === null) return err('these two cannot be added');
	if (typeof left === 'bigint' && typeof right === 'bigint') return ok(asInteger(left + right));
	return ok(asFloat(Number(left) + Number(right)));
}

/** A bigint for an integer, a number for a float, null for anything else. */
function toNumber(value: Json): bigint | number | null {
	if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
	if (value instanceof Float) return value.value;
	if (typeof value !== 'number') return null;
	return Number.isInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
}

function asInteger(value: bigint): number | bigint {
	return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function asFloat(value: number): Float | number {
	return Number.isInteger(value) && !Object.is(value, -0) ? new Float(value) : value;
}
