import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, ready } from './client.ts';
import { diaryOf } from './make-files.ts';
import { chooseFile, follow, previewOf, unfold } from './steps.ts';

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
	const config = { provider: 'Radio', token: 'kept' };
	const noted = { id: newId(), identity_id: null, integration_type: 'music', config } as const;
	await dispatch(page, 'integration.create', noted);
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
	...['/ledger', '/ledger#2', '/bundles', '/system', '/system/runs', '/settings'],
	...['/settings/integrations', '/nowhere']
];

async function mirror(page: Page, text: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Reflection' }).fill(text);
	await page.getByRole('button', { name: 'Mirror it' }).click();
}

/** What a page can come to show, by how a person brings it about. */
const states: Readonly<
	Record<string, { readonly at: string; readonly reach: (page: Page) => Promise<void> }>
> = {
	'a mirrorback': {
		at: '/',
		reach: async (page) => {
			await mirror(page, 'I keep saying that I should call my sister, and then I watch the rain.');
			await expect(page.getByRole('button', { name: 'Helpful' })).toBeVisible();
		}
	},
	'the card for hard moments': {
		at: '/',
		reach: async (page) => {
			await mirror(page, 'I want to kill myself tonight. I have the pills here.');
			await expect(page.getByRole('region', { name: 'Mirrorback' })).toContainText('findahelpline.com');
		}
	},
	'an import preview': {
		at: '/bundles',
		reach: async (page) => {
			await chooseFile(page, diaryOf([{ date: 'someday', text: 'Cormorants.' }, { text: '' }]));
			await expect(previewOf(page)).toContainText('Worth knowing');
		}
	},
	'a refusal': {
		at: '/',
		reach: async (page) => {
			await page.getByRole('textbox', { name: 'Reflection' }).fill('too long '.repeat(120_000));
			await page.getByRole('button', { name: 'Save reflection' }).click();
			await expect(page.getByText('This was not done')).toBeVisible();
		}
	},
	'the keys': {
		at: '/ledger',
		reach: async (page) => {
			await page.keyboard.press('?');
			await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
		}
	},
	'the question before erasing': {
		at: '/trash',
		reach: async (page) => {
			await page.getByRole('button', { name: 'Erase for good' }).click();
			await expect(page.getByRole('dialog', { name: 'Erase this entry for good?' })).toBeVisible();
		}
	}
};

/** What can be pressed and is too small for a thumb. */
function smallOn(page: Page): Promise<string[]> {
	return page.evaluate(() =>
		[...document.querySelectorAll('button, select, summary, nav a, a.button, a.row-link')]
			.filter((element) => element.checkVisibility() && !element.matches('.unseen'))
			.map((element) => ({ html: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
			.filter(({ box }) => box.height < 44 || box.width < 44)
			.map(({ html }) => html)
	);
}

for (const width of [320, 1280]) {
	test.describe(`light and dark, ${width} px wide`, () => {
		test.use({ viewport: { width, height: 800 }, contextOptions: { reducedMotion: 'reduce' } });

		test('axe finds nothing in what pages come to show', async ({ page }) => {
			await fill(page);
			for (const [what, { at, reach }] of Object.entries(states)) {
				await page.goto(at);
				await ready(page);
				await reach(page);
				await expectAccessible(page, what);
			}
			await page.goto('/rescue.html');
			await expect(page.locator('#reason')).toContainText('The store is whole');
			await expectAccessible(page, 'the rescue page');
			await page.getByRole('button', { name: 'Open read-only' }).click();
			await expect(page.getByRole('list', { name: 'Reflections' }).getByRole('listitem')).not.toHaveCount(0);
			await expectAccessible(page, 'the rescue page with its entries');
			if (width > 320) return;
			await page.goto('/');
			await page.getByRole('button', { name: 'More' }).click();
			await expect(page.getByRole('link', { name: 'Settings' })).toBeVisible();
			await expectAccessible(page, 'the places behind "More"');
		});

		test('axe finds nothing on any page, and on a phone everything is large enough for a thumb', async ({
			page
		}) => {
			const id = await fill(page);
			for (const route of routes(id)) {
				await follow(page, route);
				if (width === 320) expect(await smallOn(page), route).toEqual([]);
				await unfold(page);
				await expectAccessible(page, route);
			}
		});
	});
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
