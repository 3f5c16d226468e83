import { expect, test } from '@playwright/test';
import { ready } from './client.ts';

test('the browser finds nothing that keeps the app from being installed', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	const session = await page.context().newCDPSession(page);
	const { url, errors, data } = await session.send('Page.getAppManifest');
	expect(url).toMatch(/\/manifest\.webmanifest$/);
	expect(errors).toEqual([]);
	const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
	// A test runs in a private window, and that alone is what the browser may hold against it.
	expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

	const manifest = JSON.parse(data ?? '{}') as {
		id?: string;
		start_url?: string;
		icons?: { src: string; sizes: string; purpose?: string }[];
	};
	expect(manifest.id).toBe('/');
	const icons = manifest.icons ?? [];
	for (const { src } of icons) expect((await page.request.get(src)).status()).toBe(200);
	expect(icons.some(({ sizes, purpose }) => sizes === '512x512' && purpose === 'maskable')).toBe(true);
	expect((await page.request.get(manifest.start_url ?? '')).status()).toBe(200);
});
