import { expect, test } from '@playwright/test';
import { ready } from './client.ts';
import { Build, Host } from './host.ts';
import { forgetBuild, makeNewer, makeOlder } from './newer-build.ts';
import { Profile } from './profile.ts';
import { heldBy, settled, writeOn } from './steps.ts';

test('a mirror that a newer version of the app has changed is left as it is by an older one', async () => {
	const [build, profile] = [new Build(), new Profile()];
	makeNewer(build);
	const server = await Host.start(['--folder', build.folder]);
	const { origin } = server;
	const page = await profile.open(`${origin}/`);
	/** Another version is served, and the browser has no file of the one before; what was written stays. */
	const serve = async (change: (build: Build) => void) => {
		await forgetBuild(page, origin);
		change(build);
		await page.goto(`${origin}/`);
	};
	await ready(page);
	await writeOn(page, 'Of the future.');
	await settled(page);
	const held = await heldBy(page);

	await serve(makeOlder);
	await expect(page.getByRole('heading', { name: 'Your mirror did not open' })).toBeVisible();
	await expect(page.getByText('which this version of Mirror OS does not know')).toBeVisible();
	await page.getByRole('textbox', { name: 'Reflection' }).fill('Of the present.');
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.getByRole('link', { name: 'Open the rescue page' }).click();
	await page.getByRole('button', { name: 'Open read-only' }).click();
	await expect(page.getByRole('list', { name: 'Reflections' })).toContainText('Of the future.');

	await serve(makeNewer);
	await ready(page);
	expect(await heldBy(page)).toEqual(held);
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('Of the present.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await profile.remove();
	await server.stop();
	build.remove();
});
