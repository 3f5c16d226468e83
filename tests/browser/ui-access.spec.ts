import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, ready } from './client.ts';

/** A mirror in which every page has something to show. */
async function fill(page: Page): Promise<string> {
	await page.goto('/');
	await ready(page);
	const [id, thrown] = [newId(), newId()];
	const created_at = '2026-03-04T23:30:00.000Z';
	const when = { created_at, local_date: '2026-03-05' };
	const content =
		'# Head\n\n**Strong** words. #river\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n    code';
	for (const row of [id, thrown]) {
		await dispatch(page, 'reflection.create', {
			id: row,
			identity_id: null,
			content,
			title: 'A title',
			...when
		});
	}
	await dispatch(page, 'reflection.edit', {
		...{ id, content: `${content} and more`, title: 'A title' },
		...when
	});
	await dispatch(page, 'reflection.trash', { id: thrown });
	await dispatch(page, 'mirrorback.create', { id: newId(), reflection_id: id, engine_run_id: newId() });
	return id;
}

const routes = (id: string) => [
	...[
		'/',
		'/reflections',
		`/reflections/${id}`,
		`/reflections/${id}/versions`,
		'/reflections/none',
		'/trash'
	],
	...['/ledger', '/ledger#2', '/bundles', '/system', '/settings', '/nowhere']
];

for (const colorScheme of ['light', 'dark'] as const) {
	for (const width of [320, 1280]) {
		test(`axe finds nothing, ${colorScheme}, ${width} px wide`, async ({ page }) => {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await page.setViewportSize({ width, height: 800 });
			const id = await fill(page);
			for (const route of routes(id)) {
				await page.goto(route);
				await ready(page);
				await expect(page.locator('h1')).toBeVisible();
				for (const summary of await page.locator('summary:visible').all()) await summary.click();
				const { violations } = await new AxeBuilder({ page }).analyze();
				expect(violations.map((found) => [route, found.id, found.nodes[0]?.html])).toEqual([]);
				const beyond = await page.evaluate(() => {
					const { scrollWidth, clientWidth } = document.documentElement;
					return scrollWidth - clientWidth;
				});
				expect(beyond, `${route} is wider than the screen`).toBeLessThanOrEqual(0);
			}
		});
	}
}

test('the focus follows navigation, and each page has its title', async ({ page }) => {
	const id = await fill(page);
	const titles = { Reflections: 'Reflections', Ledger: 'Ledger', Bundles: 'Bundles', System: 'System' };
	for (const [link, title] of Object.entries(titles)) {
		await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: link }).click();
		await expect(page.locator('h1')).toBeFocused();
		await expect(page).toHaveTitle(`${title} – Mirror OS`);
	}
	await page.getByRole('link', { name: 'Reflections' }).click();
	await page.locator(`a[href="/reflections/${id}"]`).click();
	await expect(page.getByRole('heading', { level: 1, name: 'A title' })).toBeFocused();
	// No word of the person's goes into the browser's history.
	await expect(page).toHaveTitle('Entry – Mirror OS');
});

test('keys lead everywhere, and can be switched off', async ({ page }) => {
	await page.goto('/ledger');
	await ready(page);
	await page.keyboard.press('?');
	await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toBeHidden();
	for (const [key, path] of [
		['r', '/reflections'],
		['l', '/ledger'],
		['s', '/system'],
		['w', '/']
	] as const) {
		await page.keyboard.press('g');
		await page.keyboard.press(key);
		await expect(page).toHaveURL(path);
	}
	await page.goto('/settings');
	await page.getByRole('checkbox', { name: 'Letters alone are commands' }).uncheck();
	await page.locator('h1').focus();
	await page.keyboard.press('n');
	await expect(page).toHaveURL('/settings');
});

test('on a phone every place is reached from the bar', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/');
	const bar = page.getByRole('navigation', { name: 'Main' });
	await bar.getByRole('link', { name: 'Bundles' }).click();
	await expect(page).toHaveURL('/bundles');
	await bar.getByRole('button', { name: 'More' }).click();
	await bar.getByRole('link', { name: 'Settings' }).click();
	await expect(page).toHaveURL('/settings');
	await expect(bar.getByRole('link', { name: 'Settings' })).toBeHidden();
});

test('everything that can be pressed is large enough for a thumb', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	const id = await fill(page);
	for (const route of routes(id)) {
		await page.goto(route);
		await ready(page);
		const small = await page.evaluate(() =>
			[...document.querySelectorAll('button, select, summary, nav a, a.button, a.item')]
				.filter((element) => element.checkVisibility() && !element.matches('.unseen'))
				.map((element) => ({ html: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
				.filter(({ box }) => box.height < 44 || box.width < 44)
				.map(({ html }) => html)
		);
		expect(small, route).toEqual([]);
	}
});

test('the chosen light is there before the first paint', async ({ page }) => {
	await page.goto('/settings');
	await page.getByRole('radio', { name: 'Dark' }).check();
	await page.addInitScript(() => {
		addEventListener('DOMContentLoaded', () => {
			(globalThis as { early?: string }).early = document.documentElement.dataset['theme'] ?? '';
		});
	});
	await page.reload();
	expect(await page.evaluate(() => (globalThis as { early?: string }).early)).toBe('dark');
	await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(26, 25, 23)');
});
