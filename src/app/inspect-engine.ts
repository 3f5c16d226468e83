import * as v from 'valibot';
import type { Json } from '#base/canonical.ts';
import { fromUtf8 } from '#base/bytes.ts';
import { isoTime } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { longestContent } from '#domain/common.ts';
import { analyze } from '#engine/analyze.ts';
import { MACHINE_RULES } from '#engine/constitution/rules.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import type { Earlier } from '#engine/mirroring/memory.ts';
import { mirror } from '#engine/mirrorback.ts';
import { loadRules, type Rules } from '#engine/rulebook.ts';
import { misfit } from '#app/words.ts';

/** What can be asked of the engine without a mirror, line by line. */

const longestId = 200;
const text = v.pipe(v.string(), v.maxBytes(longestContent));
const id = v.union([v.pipe(v.string(), v.maxLength(longestId)), v.number()]);
/** An earlier entry: its text alone, or with its id and date. */
const earlier = v.union([
	text,
	v.object({
		id: v.optional(v.pipe(v.string(), v.maxLength(longestId))),
		text,
		date: v.optional(v.pipe(v.string(), v.maxLength(40)))
	})
]);
const analyzed = v.object({ id, text });
const mirrored = v.object({
	id,
	text,
	history: v.optional(v.pipe(v.array(earlier), v.maxLength(10_000)), [])
});

/** `{id, text}` → what the engine sees in the text; positions count UTF-16 units. */
export function analyzeLine(line: Uint8Array): Result<Json, Failure> {
	const read = readLine(line, analyzed);
	if (!read.ok) return read;
	const rules = loadRules(MACHINE_RULES, CONSTITUTION_TEXTS);
	if (!rules.ok) return rules;
	return ok(plain({ id: read.value.id, ...analyze(read.value.text, rules.value) }));
}

/**
 * `{id, text, history?}` → the manual mirrorback, its anchors, its question, its directive measure. `mirrorback` is null where
 * nothing is said; `silence` says why. Of a crisis it says nothing else.
 */
export function mirrorLine(line: Uint8Array): Result<Json, Failure> {
	const read = readLine(line, mirrored);
	if (!read.ok) return read;
	const rules = loadRules(MACHINE_RULES, CONSTITUTION_TEXTS);
	if (!rules.ok) return rules;
	return ok(plain(mirroredAs(read.value, rules.value)));
}

function mirroredAs({ id, text, history }: v.InferOutput<typeof mirrored>, rules: Rules): object {
	const outcome = mirror({ text, history: history.map(toEarlier), seed: 0, previousFrame: null, rules });
	const nothing = { id, mirrorback: null, anchors: [], question: null, directive: null };
	if (outcome.kind === 'crisis') return { ...nothing, silence: 'crisis' };
	if (outcome.kind === 'silent') return { ...nothing, silence: outcome.reason };
	const { anchors, question, directive, frame, pattern, link } = outcome;
	return { id, mirrorback: outcome.text, anchors, question, directive, frame, pattern, link };
}

function toEarlier(item: v.InferOutput<typeof earlier>, at: number): Earlier {
	const { id, text, date } = typeof item === 'string' ? { text: item, id: undefined, date: undefined } : item;
	// Where no dates are given, what stands later in the list is newer.
	return { id: id ?? String(at), text, date: date ?? isoTime(at * 86_400_000) };
}

function readLine<S extends v.GenericSchema>(line: Uint8Array, schema: S): Result<v.InferOutput<S>, Failure> {
	const words = fromUtf8(line);
	if (words === null) return err(failure('not_text', 'it is not UTF-8 text'));
	const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), words);
	return read.success ? ok(read.output) : err(failure('invalid_request', misfit(read.issues)));
}

/** As the type of JSON, which interfaces do not fit. */
function plain(value: object): Json {
	return JSON.parse(JSON.stringify(value)) as Json;
}
