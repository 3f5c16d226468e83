import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysBetween, daysLater, monthsLater } from '#base/calendar.ts';
import { countPatterns } from '#ui/insight/counts.ts';
import { dayByKey, layoutYear, stepOf } from '#ui/insight/heatmap.ts';
import { columnAt, columnsOf, countsIn, stretchNames, stretchOf } from '#ui/insight/stretch.ts';
import { columnInWords } from '#ui/texts/insight.ts';

const anyDay = fc.integer({ min: 0, max: 200_000 }).map((days) => daysLater('1600-01-01', days));

describe('a stretch of time', () => {
	test('ends today, and is as long as it says, whatever the months', () => {
		expect(stretchOf('days', '2026-03-01')).toEqual({ from: '2026-01-31', to: '2026-03-01' });
		expect(stretchOf('months', '2026-05-31')).toEqual({ from: '2026-03-01', to: '2026-05-31' });
		expect(stretchOf('year', '2024-02-29')).toEqual({ from: '2023-03-01', to: '2024-02-29' });
		expect(stretchOf('all', '2026-03-01')).toEqual({});
	});

	test('each of its days stands in just one column, and the columns are few enough to be seen', () => {
		fc.assert(
			fc.property(anyDay, fc.integer({ min: 0, max: 20_000 }), (from, length) => {
				const to = daysLater(from, length);
				const columns = columnsOf({}, [from, to]);
				expect([columns[0]?.from, columns.at(-1)?.to]).toEqual([from, to]);
				for (const [at, column] of columns.entries()) {
					expect(column.from <= column.to).toBe(true);
					expect(column.from).toBe(at === 0 ? from : daysLater(columns[at - 1]?.to ?? '', 1));
					expect([columnAt(columns, column.from), columnAt(columns, column.to)]).toEqual([at, at]);
				}
				expect(columns.length).toBeLessThanOrEqual(62);
				expect([columnAt(columns, daysLater(from, -1)), columnAt(columns, daysLater(to, 1))]).toEqual([
					-1, -1
				]);
			}),
			{ numRuns: 60 }
		);
		expect(columnsOf({}, [])).toEqual([]);
	});

	test('its columns are weeks, months, quarters or years, by how long it is', () => {
		const [days, months, year] = stretchNames.map((name) => columnsOf(stretchOf(name, '2026-11-21'), []));
		expect(days?.map(({ from }) => from)).toEqual([
			...['2026-10-23', '2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16']
		]);
		expect(months?.[0]).toEqual({ unit: 'week', from: '2026-08-22', to: '2026-08-23' });
		expect(year?.map(columnInWords)).toEqual([
			...['Nov 2025', 'Dec 2025', 'Jan 2026', 'Feb 2026', 'Mar 2026', 'Apr 2026', 'May 2026'],
			...['Jun 2026', 'Jul 2026', 'Aug 2026', 'Sep 2026', 'Oct 2026', 'Nov 2026']
		]);
		const decade = columnsOf({}, ['1660-01-01', '1669-05-31']);
		expect([decade.length, columnInWords(decade[0]!)]).toEqual([38, 'Jan – Mar 1660']);
		const century = columnsOf({}, ['1900-06-01', '1949-01-01']);
		expect([century.length, columnInWords(century[49]!)]).toEqual([50, '1949']);
	});

	test('what is counted in columns adds up to what there is', () => {
		const columns = columnsOf({ from: '2026-01-01', to: '2026-12-31' }, []);
		const counts = countsIn(columns, [
			['2025-12-31', 9],
			['2026-01-01', 2],
			['2026-01-31', 1],
			['2026-12-31', 3]
		]);
		expect(counts).toEqual([3, ...Array<number>(10).fill(0), 3]);
		const entry = (local_date: string, count: number) => ({
			...{ id: local_date, local_date, words: 9, english: true },
			patterns: [['self_critical', count]] as const
		});
		const counted = countPatterns(columns, [entry('2026-02-01', 2), entry('2026-02-28', 1)]);
		expect([...counted]).toEqual([
			['self_critical', { sentences: 3, entries: 2, columns: [0, 3, ...Array<number>(10).fill(0)] }]
		]);
	});
});

describe('the days of a year', () => {
	test.each(['2023', '2024', '2028', '1664'])('all of %s stand below their weekday, each once', (year) => {
		const rows = layoutYear(year, new Map([[`${year}-02-01`, 7]]));
		const cells = rows.flat().toSorted((a, b) => (a.day < b.day ? -1 : 1));
		expect(cells).toHaveLength(daysBetween(`${year}-01-01`, monthsLater(`${year}-01-01`, 12)));
		expect(new Set(cells.map(({ day }) => day)).size).toBe(cells.length);
		for (const [weekday, row] of rows.entries()) {
			for (const { day } of row) expect((new Date(`${day}T12:00Z`).getUTCDay() + 6) % 7).toBe(weekday);
			expect(row.map(({ week }) => week)).toEqual(row.map((_, at) => (row[0]?.week ?? 0) + at));
		}
		expect(cells.find(({ day }) => day === `${year}-02-01`)?.count).toBe(7);
	});

	test('keys lead from day to day and never out of the year; other keys are left alone', () => {
		expect(dayByKey('ArrowLeft', '2026-03-10')).toBe('2026-03-03');
		expect(dayByKey('ArrowDown', '2026-02-28')).toBe('2026-03-01');
		expect(dayByKey('ArrowUp', '2026-01-01')).toBe('2026-01-01');
		expect(dayByKey('ArrowRight', '2026-12-30')).toBe('2026-12-30');
		expect([dayByKey('Home', '2026-03-10'), dayByKey('End', '2026-03-10')]).toEqual([
			'2026-01-01',
			'2026-12-31'
		]);
		expect(dayByKey('a', '2026-03-10')).toBeNull();
	});

	test('are drawn in steps that are the same for everybody', () => {
		expect([0, 1, 2, 3, 4, 5, 60].map(stepOf)).toEqual([0, 1, 2, 3, 3, 4, 4]);
	});
});
