import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DiaryEntry {
	readonly date: string;
	readonly text: string;
}

/** Samuel Pepys' diary: a whole decade of somebody's days. It lies beside the repository, where it lies at all. */
const pepys = process.env['PEPYS'] ?? join(import.meta.dirname, '../../shared/data/diaries/pepys_dated.json');

/** How many entries it has. */
export const entryCount = 3412;

/** The real diary; without it one as long, of as many days. */
export function longDiary(): readonly DiaryEntry[] {
	if (existsSync(pepys)) return JSON.parse(readFileSync(pepys, 'utf8')) as DiaryEntry[];
	return Array.from({ length: entryCount }, (_, day) => invented(day));
}

function invented(day: number): DiaryEntry {
	const date = new Date(Date.UTC(1660, 0, 1 + day)).toISOString().slice(0, 10);
	const plague =
		day % 23 === 0 ? 'They say that the plague comes nearer, and I am afraid to speak of it. ' : '';
	const walk = `I walked ${day} paths by the river, and thought that I should write to my brother. `;
	return { date, text: `${plague}${walk}${'Home, and to supper, and so to bed. '.repeat(day % 40)}` };
}
