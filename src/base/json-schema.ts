import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { JsonObject } from '#base/canonical.ts';

/**
 * What a schema takes, as JSON Schema (draft 07). Checks that JSON Schema has no words for (well-formed text, one of several
 * given) are left out of it.
 */
export function jsonSchemaOf(schema: v.GenericSchema): JsonObject {
	return toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' }) as JsonObject;
}
