import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { Host } from './host.ts';
import { Profile } from './profile.ts';

const content = 'The heron stood in the shallow water.';

async function write(page: Page): Promise<string> {
	const id = newId();
	const created_at = new Date().toISOString();
	const data = { id, identity_id: null, content, created_at, local_date: created_at.slice(0, 10) };
	expect((await dispatch(page, 'reflection.create', data, id)).code).toBe('accepted');
	return id;
}

/** The app is drawn, its database answers, and what was written is there. */
async function expectThere(page: Page, id: string): Promise<void> {
	await ready(page);
	await expect(page.locator('h1')).toBeVisible();
	expect((await read(page, 'reflections.get', { id })).rows[0]?.content).toBe(content);
}

for (const [host, args] of [
	['with headers', []],
	['without headers', ['--no-headers']]
] as const) {
	test(`after one visit the app works without its host, ${host}`, async () => {
		const [server, profile] = [await Host.start(args), new Profile()];
		let page = await profile.open(`${server.origin}/`);
		await ready(page);
		const id = await write(page);
		await server.stop();

		const routes = [
			'/',
			'/reflections',
			'/ledger',
			'/bundles',
			'/trash',
			'/system',
			'/settings',
			`/reflections/${id}`,
			`/reflections/${id}/versions`,
			'/?src=pwa'
		];
		for (const path of routes) {
			await page.goto(server.origin + path);
			await expectThere(page, id);
			await page.reload();
			await expectThere(page, id);
		}
		// A new process of the browser, still without a host; and it can be written in.
		await profile.kill();
		page = await profile.open(`${server.origin}/reflections/${id}`);
		await expectThere(page, id);
		await expectThere(page, await write(page));
		await profile.remove();
	});
}
