import type { Json } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** `not_yaml`: the text breaks a rule of YAML 1.2, or uses a tag or an alias; `too_deep` and `too_large`: it passes a bound. */
export type YamlFailure = Failure<'not_yaml' | 'too_deep' | 'too_large'>;

/** Longest text that is read, in UTF-16 units. */
const longestYaml = 256 * 1024;

/**
 * Reads one YAML document that says no more than JSON can. Aliases are refused: a few lines of them stand for more than any
 * memory holds. The library is loaded when it is first asked for.
 */
export async function parseYaml(text: string): Promise<Result<Json, YamlFailure>> {
	if (text.length > longestYaml) return err(failure('too_large', `longer than ${longestYaml} characters`));
	const { parseDocument } = await import('yaml');
	try {
		const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false });
		// A tag that is not known is only warned of, and would make a text of something else.
		const [wrong] = [...document.errors, ...document.warnings];
		if (wrong !== undefined) return err(failure('not_yaml', wrong.message.split('\n')[0] ?? wrong.code));
		return ok((document.toJS({ maxAliasCount: 0 }) ?? null) as Json);
	} catch (error) {
		if (error instanceof RangeError) return err(failure('too_deep', 'it is nested too deep'));
		if (error instanceof ReferenceError) return err(failure('not_yaml', 'aliases are not read'));
		throw error;
	}
}

/** The same value always gives the same text: keys stand in order. `parseYaml` reads back an equal value. */
export async function formatYaml(value: Json): Promise<string> {
	const { stringify } = await import('yaml');
	return stringify(value, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 });
}
