import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tension } from '#domain/tension.ts';
import { bracketOf, haveSamePoles, layoutMap } from '#ui/tensions/map.ts';

const scale = { row: 60, lane: 30, start: 10 };

function tension(axis_a: string, axis_b: string, more: Partial<Tension> = {}): Tension {
	return {
		...{ id: `${axis_a}/${axis_b}`, identity_id: null, name: `${axis_a} or ${axis_b}`, axis_a, axis_b },
		...{ position: 0, intensity: null, origin: 'user_created', sync_mode: 'local_only' },
		...{ created_at: '2026-11-21T10:00:00.000Z', updated_at: '2026-11-21T10:00:00.000Z', metadata: {} },
		...more
	};
}

/** Up to a hundred tensions between thirty axes, also from an axis to itself. */
const spaces = fc.array(
	fc.tuple(
		fc.integer({ min: 0, max: 29 }),
		fc.integer({ min: 0, max: 29 }),
		fc.integer({ min: -20, max: 20 })
	),
	{ maxLength: 100 }
);

function spaceOf(drawn: readonly (readonly [number, number, number])[]): Tension[] {
	return drawn.map(([a, b, step], at) =>
		tension(`Axis ${a}`, `Axis ${b}`, { id: String(at), position: step / 20 })
	);
}

describe('the map of tensions', () => {
	test('those that share an axis stand together, directly or through others, whatever the case of letters', () => {
		const groups = layoutMap([
			tension('Action', 'Rest'),
			tension('Control', 'Surrender'),
			tension('TRUST', 'control'),
			tension('Trust', 'Doubt')
		]);
		expect(groups.map(({ axes }) => [...axes].sort())).toEqual([
			['Control', 'Doubt', 'Surrender', 'TRUST'],
			['Action', 'Rest']
		]);
		expect(groups.map(({ lines }) => lines.length)).toEqual([3, 1]);
	});

	test('the axes of two identities are not one, even where they have one name', () => {
		const mine = tension('Control', 'Surrender', { identity_id: 'me' });
		expect(layoutMap([mine, tension('Control', 'Rest')])).toHaveLength(2);
	});

	test('every tension is drawn once, in a lane that no line beside it has', () => {
		fc.assert(
			fc.property(spaces, (drawn) => {
				const space = spaceOf(drawn);
				const groups = layoutMap(space);
				const ids = groups.flatMap(({ lines }) => lines.map((line) => line.tension.id));
				expect([...ids].sort()).toEqual(space.map(({ id }) => id).sort());
				for (const { lines, lanes, axes } of groups) {
					expect(new Set(axes).size).toBe(axes.length);
					for (const [at, one] of lines.entries()) {
						expect(one.lane).toBeLessThan(lanes);
						for (const other of lines.slice(at + 1).filter(({ lane }) => lane === one.lane)) {
							const [top, bottom] = [Math.min(one.rowA, one.rowB), Math.max(one.rowA, one.rowB)];
							const [from, to] = [Math.min(other.rowA, other.rowB), Math.max(other.rowA, other.rowB)];
							expect(bottom <= from || to <= top).toBe(true);
						}
					}
				}
			})
		);
	});

	test('no two marks of a group lie on each other, and each stands between the rows of its poles', () => {
		fc.assert(
			fc.property(spaces, (drawn) => {
				for (const { lines } of layoutMap(spaceOf(drawn))) {
					const marks = lines.map((line) => ({ line, ...bracketOf(line, scale) }));
					for (const [at, one] of marks.entries()) {
						const [top, bottom] = [
							Math.min(one.line.rowA, one.line.rowB),
							Math.max(one.line.rowA, one.line.rowB)
						];
						expect(one.y).toBeGreaterThan(top * scale.row);
						expect(one.y).toBeLessThan((bottom + 1) * scale.row);
						for (const other of marks.slice(at + 1))
							expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThanOrEqual(20);
					}
				}
			})
		);
	});

	test('a mark stands nearer to the pole to which its position is nearer', () => {
		for (const [a, b] of [
			['Control', 'Surrender'],
			['Surrender', 'Control']
		] as const) {
			const [group] = layoutMap([tension(a, b, { position: -0.8 }), tension('Control', 'Trust')]);
			const line = group?.lines.find((drawn) => drawn.tension.position === -0.8);
			if (line === undefined) throw new Error('it is not drawn');
			const { y } = bracketOf(line, scale);
			const distance = (row: number) => Math.abs(y - (row + 0.5) * scale.row);
			expect(distance(line.rowA)).toBeLessThan(distance(line.rowB));
		}
	});

	test('a mark that moves, moves alone: axes, lanes and order stay', () => {
		fc.assert(
			fc.property(spaces, fc.integer({ min: 0, max: 99 }), (drawn, moved) => {
				const space = spaceOf(drawn);
				const after = space.map((row, at) => (at === moved ? { ...row, position: null } : row));
				const drawing = (rows: readonly Tension[]) =>
					layoutMap(rows).map(({ axes, lines }) => ({
						axes,
						lines: lines.map(({ tension: { id }, rowA, rowB, lane }) => [id, rowA, rowB, lane])
					}));
				expect(drawing(after)).toEqual(drawing(space));
			})
		);
	});
});

test('poles are the same also the other way round', () => {
	const one = tension('Control', 'Surrender');
	expect(haveSamePoles(one, tension('control', 'SURRENDER'))).toBe('same');
	expect(haveSamePoles(one, tension('Surrender', 'Control'))).toBe('turned');
	expect(haveSamePoles(one, tension('Control', 'Trust'))).toBeNull();
});
