import * as v from 'valibot';
import { isObject, tryCanonical, type Json, type JsonObject } from '#base/canonical.ts';
import { jsonSchemaOf } from '#base/json-schema.ts';
import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import type { ToolCall } from '#kernel/request.ts';
import type { Outcome } from '#kernel/rules.ts';

/** Something that a kernel can have done. */
export interface Tool<S extends v.GenericSchema = v.GenericSchema> {
	/** One sentence for whoever chooses among tools. */
	readonly description: string;
	readonly params: S;
	/** What it throws becomes the text of a FAILED entry: so it says what went wrong, and nothing of what it was given. */
	run(params: v.InferOutput<S>): unknown;
}

/** A tool as the Model Context Protocol lists it. */
export type ListedTool = {
	readonly name: string;
	readonly description: string;
	/** JSON Schema of its params. */
	readonly inputSchema: JsonObject;
};

export type CallFailure = Failure<'unknown_tool' | 'bad_params'>;

interface Registered {
	readonly listed: ListedTool;
	readonly misfit: (params: JsonObject) => string | null;
	readonly run: (params: JsonObject) => Promise<Outcome>;
}

const toolName = /^[A-Za-z0-9_.-]{1,128}$/;

/** The tools of a kernel by their names (KERNELS A7). None runs on params that its schema does not take. */
export class ToolRegistry {
	readonly #tools = new Map<string, Registered>();

	/** @throws TypeError on a name that is taken, or that is not of letters, digits, points, dashes and underscores. */
	register<S extends v.GenericSchema>(name: string, tool: Tool<S>): this {
		if (!toolName.test(name)) throw new TypeError(`A tool cannot be called ${JSON.stringify(name)}`);
		if (this.#tools.has(name)) throw new TypeError(`There is a tool ${name} already`);
		const { description, params } = tool;
		this.#tools.set(name, {
			listed: { name, description, inputSchema: jsonSchemaOf(params) },
			misfit: (given) => misfitOf(params, given),
			run: async (given) => outcomeOf(await tool.run(v.parse(params, given)))
		});
		return this;
	}

	/** In the order of their names. */
	list(): readonly ListedTool[] {
		return [...this.#tools.values()].map(({ listed }) => listed).sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	/** Whether a call could run: there is such a tool, and it takes these params. */
	check({ name, params = {} }: ToolCall): Result<null, CallFailure> {
		const tool = this.#tools.get(name);
		if (tool === undefined) return err(failure('unknown_tool', `Tool '${name}' is not registered`));
		const wrong = tool.misfit(params);
		if (wrong === null) return ok(null);
		return err(failure('bad_params', `Invalid parameters for tool '${name}': ${wrong}`));
	}

	/** Runs a tool to its end and says what came of it, whatever it does: nothing is thrown. */
	async run(call: ToolCall): Promise<Outcome> {
		try {
			const checked = this.check(call);
			if (!checked.ok) return { ok: false, error: checked.error.message };
			const outcome = await this.#tools.get(call.name)?.run(call.params ?? {});
			return outcome ?? { ok: false, error: `Tool '${call.name}' is not registered` };
		} catch (error) {
			return { ok: false, error: `Tool '${call.name}' execution failed: ${whyOf(error)}` };
		}
	}
}

/**
 * Which of the params a schema does not take, by the names that stand in the schema: never a value, nor a name that the caller
 * made up, for this is written down. Null where all fits.
 */
export function misfitOf(schema: v.GenericSchema, params: Json): string | null {
	const read = v.safeParse(schema, params);
	if (read.success) return null;
	const { properties = {} } = jsonSchemaOf(schema);
	const names = read.issues.map((issue) => String(issue.path?.[0]?.key));
	const known = [...new Set(names)].filter((name) => isObject(properties) && Object.hasOwn(properties, name));
	return known.length === 0
		? 'they do not fit'
		: `${known.join(', ')} ${known.length === 1 ? 'does' : 'do'} not fit`;
}

/** A result that has no form in JSON could not be answered, nor kept: it would be another to everybody who asks. */
function outcomeOf(result: unknown): Outcome {
	const given = result === undefined ? null : result;
	const written = tryCanonical(given);
	if (!written.ok) return { ok: false, error: `Result is not JSON: ${written.error.message}` };
	return { ok: true, result: given as Json };
}
