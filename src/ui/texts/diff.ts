import { plural } from '#ui/format.ts';

export const diff = {
	added: 'added',
	removed: 'removed',
	equal: 'The two texts are equal.',
	summary: (added: number, removed: number) =>
		`${plural(added, { one: '# stretch added', other: '# stretches added' })}, ${plural(removed, { one: '# taken out', other: '# taken out' })}.`
} as const;
