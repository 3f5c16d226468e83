import { expect, test } from 'vitest';
import { measure } from '#ui/write/words.ts';

const never = new AbortController().signal;

test('words are counted in every script, and marks are none', async () => {
	expect((await measure('I went, slowly — home.', never))?.words).toBe(4);
	expect((await measure('مشيت اليوم إلى النهر', never))?.words).toBe(4);
	expect((await measure('今日は川まで歩いた。', never))?.words).toBeGreaterThan(2);
	expect(await measure('', never)).toEqual({ words: 0, minutes: 0 });
});

test('a long text counts as its parts do, and takes its time to read', async () => {
	expect(await measure('several words in a line\n'.repeat(10_000), never)).toEqual({
		words: 50_000,
		minutes: 210
	});
});

test('counting stops when it is no longer wanted', async () => {
	const stop = new AbortController();
	const counted = measure('word '.repeat(100_000), stop.signal);
	stop.abort();
	expect(await counted).toBe(null);
});
