import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { importFigure } from './import.ts';
import { kernelFigures } from './kernel.ts';
import { putDiary, putLedgers, type Kept } from './mirrors.ts';
import { postgresFigures } from './postgres.ts';
import { readFigures } from './read.ts';
import { rounded, table, type Figure } from './report.ts';
import { saveFigures } from './save.ts';
import { Session, type Origin } from './session.ts';
import { sizeFigures } from './size.ts';
import { Stage } from './stage.ts';
import { growthFigure, readyFigure, typingFigure } from './start.ts';
import { verifyFigures } from './verify.ts';

/**
 * `npm run bench [-- --only NAME…]`: the figures of Mirror OS as JSON on stdout, as a table on stderr. Each ratio stands
 * beside a floor of the same run, measured in turn with it. Ends with 0 when everything could be measured, within its
 * bound or not.
 */
const groups = [
	'size',
	'kernel',
	'typing',
	'ready',
	'save',
	'read',
	'import',
	'postgres',
	'verify',
	'growth'
] as const;
type Group = (typeof groups)[number];

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } });
const unknown = values.only.filter((name) => !(groups as readonly string[]).includes(name));
if (unknown.length > 0) {
	console.error(`There is no ${unknown.join(', ')}. Choose from: ${groups.join(', ')}.`);
	process.exit(2);
}
const wanted = (...names: readonly Group[]) =>
	names.some((name) => values.only.length === 0 || values.only.includes(name));

const began = performance.now();
const stage = await Stage.make();
const session = new Session(stage);
try {
	const figures = await measure();
	const machine = { processor: cpus()[0]?.model ?? '', processors: cpus().length, node: process.version };
	const seconds = rounded((performance.now() - began) / 1000);
	console.log(JSON.stringify({ machine, seconds, figures }, null, '\t'));
	console.error(table(figures));
} finally {
	await session.close();
	stage.remove();
}

async function measure(): Promise<Figure[]> {
	const figures: Figure[] = [];
	const add = (group: Group, ...more: readonly Figure[]) => {
		console.error(`${group}: done after ${Math.round((performance.now() - began) / 1000)} s`);
		figures.push(...more);
	};
	if (wanted('kernel')) add('kernel', ...(await kernelFigures()));
	if (wanted('size')) add('size', ...(await sizeFigures(session)));
	if (wanted('typing', 'ready', 'save', 'read', 'import', 'postgres'))
		await measureDiary(await putDiary(stage), add);
	if (wanted('verify', 'growth')) await measureLedgers(add);
	return figures;
}

type Add = (group: Group, ...figures: readonly Figure[]) => void;

async function measureDiary(kept: Kept, add: Add): Promise<void> {
	const origin = wanted('typing', 'ready', 'save', 'read') ? await withMirror('diary') : null;
	if (origin !== null) {
		if (wanted('typing')) add('typing', await typingFigure(origin));
		if (wanted('ready')) add('ready', await readyFigure(origin, kept));
		if (wanted('read')) add('read', ...(await readFigures(origin)));
		if (wanted('save')) add('save', ...(await saveFigures(origin, kept)));
	}
	if (wanted('import')) add('import', await importFigure(session));
	if (wanted('postgres')) add('postgres', ...(await postgresFigures(session)));
}

async function measureLedgers(add: Add): Promise<void> {
	const bytes = await putLedgers(stage);
	const small = await withMirror('small');
	const large = await withMirror('large');
	if (wanted('verify')) {
		add('verify', ...(await verifyFigures(small, '10,000 entries')));
		add('verify', ...(await verifyFigures(large, '100,000 entries')));
	}
	if (wanted('growth')) add('growth', await growthFigure({ small, large }, bytes));
}

async function withMirror(name: string): Promise<Origin> {
	const origin = await session.origin();
	await origin.install(name);
	return origin;
}
