import type { Json } from '#base/canonical.ts';
import { isBlank } from '#kernel/python.ts';
import { failClosed, type Variant } from '#kernel/variant.ts';

/** Lets nothing pass that does not say what it rests on: a text, or a list of texts. */
export const evidenceFirst: Variant = {
	ambiguity: 'strict',
	forces: failClosed,
	wants: 'evidence',
	unmet({ evidence = null }) {
		if (evidence === null) return ['Evidence field is required for this kernel variant'];
		return isEvidence(evidence) ? [] : ['Evidence field cannot be empty'];
	}
};

/** Whether evidence says anything: evidence of nothing is none. */
export function isEvidence(evidence: Json): boolean {
	const said = Array.isArray(evidence) ? evidence : [evidence];
	return said.some(saysSomething);
}

function saysSomething(evidence: Json): boolean {
	return typeof evidence === 'string' && !isBlank(evidence);
}
