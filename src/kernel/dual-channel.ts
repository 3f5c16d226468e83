import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { isBlank } from '#kernel/python.ts';
import { failClosed, type Variant } from '#kernel/variant.ts';

/** What a request has to say about its own bounds, by name. */
export const constraintKeys = ['non_goals', 'scope', 'success_criteria'] as const;

/** Lets nothing pass that does not say how far it goes, what it leaves alone, and when it is done. */
export const dualChannel: Variant = {
	ambiguity: 'strict',
	forces: failClosed,
	wants: 'constraints',
	unmet({ params = null }) {
		if (!isObject(params)) return ['Params with constraints dict is required'];
		const { constraints = null } = params;
		if (constraints === null) return ['Constraints dict is required in params'];
		if (!isObject(constraints)) return ['Constraints must be a dictionary'];
		const missing = constraintKeys.filter((key) => !Object.hasOwn(constraints, key));
		return [
			...(missing.length === 0 ? [] : [`Missing required constraint keys: ${missing.join(', ')}`]),
			...emptyConstraints(constraints)
		];
	}
};

/** An empty list says that there is nothing to say, which a blank text does not. */
function emptyConstraints(constraints: JsonObject): string[] {
	return constraintKeys
		.filter((key) => Object.hasOwn(constraints, key) && isEmpty(constraints[key] ?? null))
		.map((key) => `Constraint '${key}' cannot be empty`);
}

function isEmpty(value: Json): boolean {
	return value === null || (typeof value === 'string' && isBlank(value));
}
