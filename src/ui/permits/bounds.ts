import { commands } from '#domain/command.ts';
import { isAgentView, type PermitTool } from '#domain/permit.ts';
import { views } from '#domain/view.ts';

/** How far a permit goes: what is fixed, and what is left to whoever uses it. */
export interface Bounds {
	readonly params: Readonly<Record<string, unknown>>;
	readonly open_params: readonly string[];
	/** What the tool needs and neither of them has: with such a permit nothing could be asked. */
	readonly lacking: readonly string[];
}

/** The params that a tool takes, in the order of its schema. */
export function paramsOf(tool: PermitTool): readonly string[] {
	return Object.keys(entriesOf(tool));
}

/** What is left open is fixed by nothing, whatever was given for it. */
export function boundsOf(
	tool: PermitTool,
	given: Readonly<Record<string, unknown>>,
	open: readonly string[]
): Bounds {
	const params = Object.fromEntries(Object.entries(given).filter(([name]) => !open.includes(name)));
	const needed = Object.entries(entriesOf(tool)).flatMap(([name, { type }]) =>
		type === 'optional' ? [] : [name]
	);
	const lacking = needed.filter((name) => !Object.hasOwn(params, name) && !open.includes(name));
	return { params, open_params: [...open], lacking };
}

function entriesOf(tool: PermitTool): Readonly<Record<string, { readonly type: string }>> {
	return isAgentView(tool) ? views[tool].params.entries : commands[tool].data.entries;
}
