const hashTag = /(?<=^|[\s([{"'“‘«])#([\p{L}\p{N}][\p{L}\p{N}\p{M}_/-]*)/gu;
const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;

/**
 * Tags written into a text as `#tag`, in order, without those in code, cut to 100 units and never within a character. `#1`
 * alone is a number, not a tag.
 */
export function tagsIn(content: string): string[] {
	const tags = new Set<string>();
	for (const [, tag] of content.replace(code, ' ').matchAll(hashTag)) {
		if (tag !== undefined && !/^\d+$/.test(tag)) tags.add(tag.slice(0, 100).replace(/[\ud800-\udbff]$/, ''));
	}
	return [...tags];
}
