import { expect, test, type Browser, type Page } from '@playwright/test';
import { read, ready } from './client.ts';
import { bundleOf, diaryOf } from './make-files.ts';
import { chooseFile, exportBundle, goTo, importFile, previewOf, writeOn } from './steps.ts';

/** Minutes that UTC is ahead of each in January: browsers have several names for some of them. */
const behind = {
	'Pacific/Kiritimati': -14 * 60,
	'America/Los_Angeles': 8 * 60,
	'Asia/Kathmandu': -(5 * 60 + 45),
	UTC: 0
} as const;
const zones = Object.keys(behind) as readonly (keyof typeof behind)[];

/** As they stand in the file, and what is shown for them, wherever it is read. */
const entries = [
	{ date: '1660-01-01', text: 'A day long ago.', day: 'Thursday, January 1, 1660', time: null },
	{ date: '2024-02-29', text: 'A day.', day: 'Thursday, February 29, 2024', time: null },
	{ date: '2024-02-29T23:30:00-08:00', text: 'Late.', day: 'Thursday, February 29, 2024', time: '11:30 PM' },
	{ date: '2024-07-01T00:15:00+13:00', text: 'Early.', day: 'Monday, July 1, 2024', time: '12:15 AM' },
	{
		date: '2024-12-31T23:45:00+05:45',
		text: 'At the end.',
		day: 'Tuesday, December 31, 2024',
		time: '11:45 PM'
	},
	{
		date: '2025-01-01T00:00:30Z',
		text: 'By Greenwich.',
		day: 'Wednesday, January 1, 2025',
		time: '12:00 AM'
	},
	{ date: '2025-06-30 23:50', text: 'Without a zone.', day: 'Monday, June 30, 2025', time: '11:50 PM' }
] as const;
const diary = diaryOf(entries.map(({ date, text }) => ({ date, text })));

async function openIn(browser: Browser, timezoneId: keyof typeof behind, path: string): Promise<Page> {
	const page = await (await browser.newContext({ timezoneId })).newPage();
	await page.goto(path);
	await ready(page);
	const offset = () => page.evaluate(() => new Date('2026-01-01T00:00:00Z').getTimezoneOffset());
	expect(await offset()).toBe(behind[timezoneId]);
	return page;
}

/** The days of the list, as machines and as people read them, by the texts beside them. */
async function daysListed(page: Page): Promise<Record<string, readonly [string | null, string]>> {
	await goTo(page, 'Reflections');
	const items = page.getByRole('list', { name: 'Reflections' }).getByRole('link');
	await expect(items).toHaveCount((await read(page, 'reflections.list', {})).total ?? 0);
	const found: Record<string, readonly [string | null, string]> = {};
	for (const item of await items.all()) {
		const day = item.locator('time');
		found[await item.locator('.excerpt').innerText()] = [
			await day.getAttribute('datetime'),
			await day.innerText()
		];
	}
	return found;
}

function short(date: string): string {
	const day = new Date(`${date.slice(0, 10)}T12:00:00Z`);
	const weekday = day.toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' });
	return `${weekday}, ${day.toLocaleDateString('en-US', { dateStyle: 'medium', timeZone: 'UTC' })}`;
}

const listed = Object.fromEntries(entries.map(({ date, text }) => [text, [date.slice(0, 10), short(date)]]));

async function open(page: Page, text: string): Promise<void> {
	await goTo(page, 'Reflections');
	await page.getByRole('list', { name: 'Reflections' }).getByRole('link').filter({ hasText: text }).click();
	await expect(page.locator('.prose')).toHaveText(text);
}

for (const zone of zones) {
	test(`every entry stands under the day and the time of its file in ${zone}`, async ({ browser }) => {
		const page = await openIn(browser, zone, '/bundles');
		await chooseFile(page, diary);
		await expect(previewOf(page)).toContainText('Jan 1, 1660 to Jun 30, 2025');
		await importFile(page, diary, entries.length);
		expect(await daysListed(page)).toEqual(listed);
		for (const { date, text, day, time } of entries) {
			await test.step(date, async () => {
				await open(page, text);
				await expect(page.getByRole('heading', { level: 1 })).toHaveText(day);
				const shown = page.locator('main header time');
				if (time === null) await expect(shown).toHaveCount(0);
				else await expect(shown).toHaveText(time);
				// A change begins with the same day, and keeps it.
				await page.getByRole('button', { name: 'Edit' }).click();
				await page.getByText('Day and time').click();
				await expect(page.getByLabel('Day', { exact: true })).toHaveValue(date.slice(0, 10));
				await page.getByRole('textbox', { name: 'Reflection' }).fill(`${text} Changed.`);
				await page.getByRole('button', { name: 'Save changes' }).click();
				await expect(page.locator('.prose')).toHaveText(`${text} Changed.`);
				await expect(page.getByRole('heading', { level: 1 })).toHaveText(day);
				await expect(shown).toHaveText(time === null ? [] : [time]);
			});
		}
		await page.context().close();
	});
}

test('a row of a bundle whose time has an offset stands under the day that it says', async ({ browser }) => {
	const page = await openIn(browser, 'America/Los_Angeles', '/bundles');
	const rows = [
		{ id: 'a', content: 'Ahead.', created_at: '2026-01-01T00:30:00+02:00' },
		{ id: 'b', content: 'Behind.', created_at: '2026-01-01T22:30:00-05:00' },
		{ id: 'c', content: 'In UTC.', created_at: '2026-01-01T23:30:00Z' }
	];
	await importFile(page, await bundleOf({ reflections: rows }), rows.length);
	const day = ['2026-01-01', 'Thu, Jan 1, 2026'];
	expect(await daysListed(page)).toEqual({ 'Ahead.': day, 'Behind.': day, 'In UTC.': day });
	for (const [text, time] of [
		['Ahead.', '12:30 AM'],
		['Behind.', '10:30 PM'],
		['In UTC.', '11:30 PM']
	] as const) {
		await open(page, text);
		await expect(page.locator('main header time')).toHaveText(time);
	}
	await page.context().close();
});

test('what has no day stands under the day that it is where it is imported', async ({ browser }) => {
	for (const zone of zones) {
		const page = await openIn(browser, zone, '/bundles');
		const today = () => page.evaluate(() => new Date().toLocaleDateString('sv'));
		const before = await today();
		await importFile(page, diaryOf([{ date: null, text: 'Undated.' }]), 1);
		const { rows } = await read(page, 'reflections.list', {});
		// Midnight may come in between.
		expect([before, await today()]).toContain(rows[0]?.local_date);
		await page.context().close();
	}
});

test('a bundle carries days and times from one end of the world to the other', async ({ browser }) => {
	const here = await openIn(browser, 'Pacific/Kiritimati', '/bundles');
	await importFile(here, diary, entries.length);
	await goTo(here, 'Write');
	await here.getByText('Day and time').click();
	await here.getByLabel('Day', { exact: true }).fill('2025-12-25');
	await here.getByLabel('Time', { exact: true }).fill('00:30');
	await writeOn(here, 'First of all.');
	const days = await daysListed(here);
	expect(days['First of all.']).toEqual(['2025-12-25', 'Thu, Dec 25, 2025']);
	await goTo(here, 'Bundles');
	const bundle = await exportBundle(here);

	const there = await openIn(browser, 'America/Los_Angeles', '/bundles');
	await importFile(there, bundle, entries.length + 1);
	expect(await daysListed(there)).toEqual(days);
	await open(there, 'First of all.');
	await expect(there.getByRole('heading', { level: 1 })).toHaveText('Thursday, December 25, 2025');
	await expect(there.locator('main header time')).toHaveText('12:30 AM');
	await here.context().close();
	await there.context().close();
});
