import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { JsonObject } from '#base/canonical.ts';
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
		commands: byName(commands).map(([kind, { intent, data }]) => ({ kind, intent, data: schemaOf(data) })),
		views: byName(views).map(([view, { params, topics }]) => ({
			view,
			params: schemaOf(params),
			topics: [...topics]
		}))
	};
}

function byName<T>(map: Readonly<Record<string, T>>): [string, T][] {
	return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Checks that JSON Schema has no words for (well-formed text, one of several given) are left out of it. */
function schemaOf(schema: v.GenericSchema): JsonObject {
	return toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' }) as JsonObject;
}
