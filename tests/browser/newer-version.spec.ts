import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ready } from './client.ts';
import { Build, Host } from './host.ts';
import { Profile } from './profile.ts';
import { heldBy, settled, writeOn } from './steps.ts';

/** A build as it may be some day: with one more migration. */
function newerBuild(): Build {
	const build = new Build();
	const workers = '_app/immutable/workers';
	const core = readdirSync(join(build.folder, workers)).find((name) => name.startsWith('core.worker'));
	const later = [
		'-- Migration: 999_later.sql',
		'-- Version: 9.0.0',
		'-- Date: 2030-01-01',
		'-- Description: Something of the future',
		'CREATE TABLE later (id TEXT);'
	].join('\n');
	build.change(`${workers}/${core}`, (script) =>
		script.replace(
			/"[^"]*001_core\.sql":\w+/,
			(first) => `${first},"../../migrations/sqlite/999_later.sql":${JSON.stringify(later)}`
		)
	);
	return build;
}

test('a mirror that a newer version of the app has changed is left as it is by an older one', async () => {
	const [newer, profile] = [newerBuild(), new Profile()];
	let server = await Host.start(['--folder', newer.folder]);
	const { origin } = server;
	const page = await profile.open(`${origin}/`);
	/** Another version is served, and the browser has no file of the one before; what was written stays. */
	const serve = async (args: readonly string[]) => {
		await page.goto('about:blank');
		const session = await page.context().newCDPSession(page);
		await session.send('Storage.clearDataForOrigin', {
			origin,
			storageTypes: 'service_workers,cache_storage'
		});
		await session.send('Network.clearBrowserCache');
		await server.stop();
		server = await Host.start(args, Number(new URL(origin).port));
		await page.goto(`${origin}/`);
	};
	await ready(page);
	await writeOn(page, 'Of the future.');
	await settled(page);
	const held = await heldBy(page);

	await serve([]);
	await expect(page.getByRole('heading', { name: 'Your mirror did not open' })).toBeVisible();
	await expect(page.getByText('which this version of Mirror OS does not know')).toBeVisible();
	await page.getByRole('textbox', { name: 'Reflection' }).fill('Of the present.');
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.getByRole('link', { name: 'Open the rescue page' }).click();
	await page.getByRole('button', { name: 'Open read-only' }).click();
	await expect(page.getByRole('list', { name: 'Reflections' })).toContainText('Of the future.');

	await serve(['--folder', newer.folder]);
	await ready(page);
	expect(await heldBy(page)).toEqual(held);
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('Of the present.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await profile.remove();
	await server.stop();
	newer.remove();
});
