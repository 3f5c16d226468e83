import type { CST, Lexer } from 'yaml';
import type { Json } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** `not_yaml`: the text breaks a rule of YAML 1.2, or uses a tag or an alias; `too_deep` and `too_large`: it passes a bound. */
export type YamlFailure = Failure<'not_yaml' | 'too_deep' | 'too_large'>;

/** Longest text that is read, in UTF-16 units. */
const longestYaml = 256 * 1024;
/** Most brackets that are open at once. */
const deepestFlow = 50;
/** Most columns of space and signs on a line before what opens no level any more. */
const deepestBlock = 100;

/**
 * Reads one YAML document that says no more than JSON can. Aliases are refused: a few lines of them stand for more than any
 * memory holds. The library is loaded when it is first asked for.
 */
export async function parseYaml(text: string): Promise<Result<Json, YamlFailure>> {
	if (text.length > longestYaml) return err(failure('too_large', `longer than ${longestYaml} characters`));
	const yaml = await import('yaml');
	if (isTooDeep(new yaml.Lexer(), yaml.CST.tokenType, text))
		return err(failure('too_deep', `more than ${deepestFlow} brackets or ${deepestBlock} columns deep`));
	const document = yaml.parseDocument(text, { version: '1.2', schema: 'core', stringKeys: true });
	// A tag that is not known is only warned of, and would make a text of something else.
	const [wrong] = [...document.errors, ...document.warnings];
	if (wrong !== undefined) return err(failure('not_yaml', firstLine(wrong.message)));
	try {
		return ok((document.toJS({ maxAliasCount: 0 }) ?? null) as Json);
	} catch (error) {
		if (error instanceof ReferenceError) return err(failure('not_yaml', 'aliases are not read'));
		throw error;
	}
}

/**
 * Whether a text nests deeper than the library bears. It calls itself for every level, and a browser whose stack is full
 * while it makes a regular expression ends, with nothing to catch. Its signs are read one after the other, so that no quote
 * hides a bracket.
 */
function isTooDeep(lexer: Lexer, typeOf: typeof CST.tokenType, text: string): boolean {
	let [flow, columns] = [0, 0];
	for (const sign of lexer.lex(text)) {
		switch (typeOf(sign)) {
			case 'flow-map-start':
			case 'flow-seq-start':
				flow++;
				break;
			case 'flow-map-end':
			case 'flow-seq-end':
				flow--;
				break;
			case 'newline':
				columns = 0;
				break;
			case 'space':
			case 'seq-item-ind':
			case 'explicit-key-ind':
			case 'map-value-ind':
				if (flow === 0) columns += sign.length;
		}
		if (flow > deepestFlow || columns > deepestBlock) return true;
	}
	return false;
}

/** What follows is a picture of the place. */
function firstLine(message: string): string {
	return message.split('\n', 1).join('').replace(/:$/, '');
}

/** The same value always gives the same text: keys stand in order. `parseYaml` reads back an equal value. */
export async function formatYaml(value: Json): Promise<string> {
	const { stringify } = await import('yaml');
	// What older readers take for something else is quoted: 17:00 is a number to YAML 1.1, which the reference reads.
	const options = { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 } as const;
	return stringify(value, { ...options, compat: 'yaml-1.1' });
}
