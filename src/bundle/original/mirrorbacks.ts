import { derivedId } from '#bundle/derived-id.ts';
import { objectIn } from '#bundle/metadata.ts';
import type { RawRow } from '#bundle/parse.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { cleanText } from '#bundle/text.ts';
import { readTime } from '#bundle/time.ts';

/**
 * The mirrorbacks that stand in their reflections, as rows of their own, unless the reflection has one with the same words
 * (specification C2). Their ids follow from the reflection and the words.
 */
export function mirrorbacksOf(
	reflections: readonly RawRow[],
	mirrorbacks: readonly RawRow[],
	remarks: Remarks
): RawRow[] {
	const nameOf = (...parts: readonly unknown[]) => JSON.stringify(parts.map(String));
	const said = new Set(
		mirrorbacks.map(({ reflection_id, content }) => nameOf(reflection_id, cleanText(String(content))))
	);
	const rows: RawRow[] = [];
	for (const { id, mirrorback, metadata, created_at } of reflections) {
		const content = cleanText(String(mirrorback ?? ''));
		if (content.trim() === '' || said.has(nameOf(id, content))) continue;
		const { config_version } = objectIn(metadata) ?? {};
		const isVersion = typeof config_version === 'string' && config_version !== '';
		rows.push({
			id: derivedId(readTime(String(created_at))?.time ?? null, [
				...['reflection.mirrorback', cleanText(String(id)), content]
			]),
			reflection_id: id,
			content,
			engine_version: isVersion ? config_version : 'unknown',
			created_at,
			metadata: JSON.stringify({ imported_from: 'reflection.mirrorback' })
		});
	}
	remarks.tell('Mirrorbacks that stood in their reflections and become rows of their own', rows.length);
	return rows;
}
