import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { isUuidv7 } from '#base/uuid.ts';
import { commands } from '#domain/command.ts';
import { isoTimestamp, localDate, newId } from '#domain/common.ts';
import { broughtAnew, isAgentView, permitTools } from '#domain/permit.ts';
import { Asked, type Waiting } from '#ui/permits/asked.ts';
import { boundsOf, paramsOf } from '#ui/permits/bounds.ts';

const now = Date.parse('2026-11-21T08:30:00.000Z');
const constraints = { scope: 'a', non_goals: 'b', success_criteria: 'c' };
const words = { identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };

describe('what each use of a tool brings anew', () => {
	test('is every id that its schema wants new, and the times of what it creates', () => {
		for (const tool of permitTools) {
			const entries = isAgentView(tool) ? {} : commands[tool].data.entries;
			const ofUse: readonly unknown[] = tool.endsWith('.create') ? [newId, isoTimestamp, localDate] : [newId];
			const names = Object.entries(entries).flatMap(([name, schema]) =>
				ofUse.includes(schema) ? [name] : []
			);
			expect([...broughtAnew(tool)].sort(), tool).toEqual(names.sort());
		}
	});

	test('is made where it was not typed, so that each request fits its tool', () => {
		const { data } = new Asked('', null).requestFor(
			{ tool: 'tension.create', data: words, constraints },
			now
		);
		expect(v.safeParse(commands['tension.create'].data, data).success).toBe(true);
		const reflection = { identity_id: null, content: 'Said.' };
		const made = new Asked('', null).requestFor(
			{ tool: 'reflection.create', data: reflection, constraints },
			now
		);
		expect(made.data).toMatchObject({ ...reflection, created_at: '2026-11-21T08:30:00.000Z' });
		expect(v.safeParse(commands['reflection.create'].data, made.data).success).toBe(true);
		const typed = { ...words, id: 'mine' };
		const kept = new Asked('', null).requestFor({ tool: 'tension.create', data: typed, constraints }, now);
		expect(kept.data).toEqual(typed);
		const read = new Asked('', null).requestFor({ tool: 'tensions.list', data: {}, constraints }, now);
		expect(read.data).toEqual({});
	});
});

test('the same words are the same request until an answer came, and other words another', () => {
	const asked = new Asked('', null);
	const typed = { tool: 'tension.create', data: words, constraints };
	const first = asked.requestFor(typed, now);
	expect(isUuidv7(first.id)).toBe(true);
	expect(asked.requestFor({ ...typed, data: { ...words } }, now + 1000)).toEqual(first);
	for (const other of [
		{ ...typed, data: { ...words, name: 'Play' } },
		{ ...typed, tool: 'thread.create' },
		{ ...typed, constraints: { ...constraints, scope: 'more' } }
	])
		expect(asked.requestFor(other, now).id).not.toBe(first.id);
	const second = asked.requestFor(typed, now);
	asked.answered();
	const third = asked.requestFor(typed, now);
	expect(new Set([first.id, second.id, third.id]).size).toBe(3);
	expect(third.data['id']).not.toBe(second.data['id']);
});

describe('a question without an answer', () => {
	const typed = { tool: 'tension.create', data: words, constraints };

	/** What a tab keeps from one load of its page to the next. */
	function session(kept = new Map<string, string>()): Waiting {
		return {
			getItem: (key) => kept.get(key) ?? null,
			setItem: (key, value) => void kept.set(key, value),
			removeItem: (key) => void kept.delete(key)
		};
	}

	test('is the same one when its page was loaded again, and is there to be asked', () => {
		const waiting = session();
		const first = new Asked('#one', waiting).requestFor(typed, now);
		const again = new Asked('#one', waiting);
		expect(again.unanswered).toEqual(typed);
		expect(again.requestFor({ ...typed }, now + 60_000)).toEqual(first);
		again.answered();
		const later = new Asked('#one', waiting);
		expect(later.unanswered).toBeNull();
		expect(later.requestFor(typed, now).id).not.toBe(first.id);
	});

	test('is of its own link alone', () => {
		const waiting = session();
		new Asked('#one', waiting).requestFor(typed, now);
		expect(new Asked('#two', waiting).unanswered).toBeNull();
	});

	test('is forgotten where nothing can be kept, or something else stands there', () => {
		const full = {
			...session(),
			setItem: () => {
				throw new Error('QuotaExceededError');
			}
		};
		expect(isUuidv7(new Asked('#one', full).requestFor(typed, now).id)).toBe(true);
		expect(new Asked('#one', full).unanswered).toBeNull();
		for (const text of ['{', 'null', '7', '"#one"', '[]'])
			expect(new Asked('#one', { ...session(), getItem: () => text }).unanswered).toBeNull();
	});
});

test('a permit fixes what is given and not left open, and says what a tool lacks with it', () => {
	expect(paramsOf('tension.create').slice(0, 3)).toEqual(['id', 'identity_id', 'name']);
	expect(paramsOf('reflections.tags')).toEqual([]);
	expect(paramsOf('feedback.give')).toContain('rating');
	expect(boundsOf('tension.create', { ...words, id: 'x' }, ['id'])).toEqual({
		...{ params: words, open_params: ['id'], lacking: [] }
	});
	expect(boundsOf('tension.create', { name: 'Rest' }, ['axis_a'])).toMatchObject({
		...{ params: { name: 'Rest' }, lacking: ['id', 'identity_id', 'axis_b'] }
	});
	expect(boundsOf('tensions.list', {}, []).lacking).toEqual([]);
});
