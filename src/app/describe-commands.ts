import type { JsonObject } from '#base/canonical.ts';
import { jsonSchemaOf } from '#base/json-schema.ts';
import { commands } from '#domain/command.ts';
import { views } from '#domain/view.ts';

/** A kind of command, and what it takes, as JSON Schema (draft 07). */
export type DescribedCommand = { readonly kind: string; readonly intent: string; readonly data: JsonObject };
/** A view, what it takes, and the topics whose change makes it worth reading again. */
export type DescribedView = {
	readonly view: string;
	readonly params: JsonObject;
	readonly topics: readonly string[];
};

/** All kinds and views there are, in the order of their names. */
export function describeCommands(): { commands: DescribedCommand[]; views: DescribedView[] } {
	return {
		commands: byName(commands).map(([kind, { intent, data }]) => ({
			kind,
			intent,
			data: jsonSchemaOf(data)
		})),
		views: byName(views).map(([view, { params, topics }]) => ({
			view,
			params: jsonSchemaOf(params),
			topics: [...topics]
		}))
	};
}

function byName<T>(map: Readonly<Record<string, T>>): [string, T][] {
	return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
