import { describe, expect, test } from 'vitest';
import { mirrorback } from '#ui/texts/mirrorback.ts';

describe('the crisis card', () => {
	test('names places in more than one part of the world, in plain text, and advises nothing', () => {
		const { card } = mirrorback.crisis;
		for (const place of ['findahelpline.com', '112', '999', '911', '988', '116 123', 'someone you trust'])
			expect(card).toContain(place);
		expect(card).not.toMatch(/https?:|you should|you must|you need to/i);
	});
});
