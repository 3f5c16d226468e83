import { expect, test } from 'vitest';
import type { Reflection } from '#domain/reflection.ts';
import { isHeld } from '#ui/write/asked.ts';

const reflection: Reflection = {
	id: '01a1fcb3-3bc7-7734-901a-533a575998b6',
	identity_id: null,
	content: 'the words',
	content_type: 'markdown',
	visibility: 'local_only',
	created_at: '2025-03-04T12:15:00.000Z',
	source: 'direct',
	metadata: { title: 'A title', local_date: '2025-03-04', time_zone: 'Asia/Tokyo' },
	version: 1
};
const draft = { text: 'the words', title: 'A title', when: null };
const when = { day: '2025-03-04', time: '21:15', zone: 'Asia/Tokyo' };

test('a draft is held where its words, its title and its chosen day are those of the reflection', () => {
	expect(isHeld(draft, reflection)).toBe(true);
	expect(isHeld({ ...draft, title: ' A title ' }, reflection)).toBe(true);
	expect(isHeld({ ...draft, when }, reflection)).toBe(true);
	const untitled = { ...reflection, metadata: {} };
	for (const title of [null, '', ' ']) expect(isHeld({ ...draft, title }, untitled)).toBe(true);
});

test('it is held as it is saved: half a character stands there as the sign for it', () => {
	expect(isHeld({ ...draft, text: 'the \ud83d' }, { ...reflection, content: 'the \ufffd' })).toBe(true);
});

test.each([
	['text', { text: 'the word' }],
	['title', { title: 'Another' }],
	['missing title', { title: null }],
	['day', { when: { ...when, day: '2025-03-05' } }],
	['time', { when: { ...when, time: '21:16' } }],
	['zone', { when: { ...when, zone: 'Asia/Seoul' } }]
])('another %s is not held', (_what, change) => {
	expect(isHeld({ ...draft, ...change }, reflection)).toBe(false);
});
