import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, read, ready } from './client.ts';
import { Build, Host } from './host.ts';
import { changeCore, forgetBuild, renameKind } from './newer-build.ts';
import { Profile } from './profile.ts';
import { writeOn } from './steps.ts';

test('a kernel that another version replaced is archived by itself; where that fails it is shown', async () => {
	const [build, profile] = [new Build(), new Profile()];
	const server = await Host.start(['--folder', build.folder]);
	const { origin } = server;
	// Not on the app yet: a version that is left while it begins may begin a kernel, or leave its files behind.
	const page = (await profile.start()).pages()[0]!;
	/** Another version is served, and its kernel takes over with the first change. */
	const serve = async (change: () => void, text: string) => {
		await forgetBuild(page, origin);
		change();
		await page.goto(`${origin}/`);
		await ready(page);
		await writeOn(page, text);
		await page.goto(`${origin}/ledger/evidence`);
		await ready(page);
	};
	const part = page.getByRole('region', { name: 'Archives', exact: true });
	await serve(() => renameKind(build, 'evidence.prune', 'evidence.thin'), 'Under the first kernel.');
	await expect(part).toContainText('Nothing is archived yet.');
	await serve(() => renameKind(build, 'evidence.thin', 'evidence.prune'), 'Under the second kernel.');
	await expect(part).toContainText('Of this mirror, after its kernel was replaced');
	await expect(part).toContainText('Valid when it was kept');

	await serve(() => {
		renameKind(build, 'evidence.prune', 'evidence.thin');
		// What an idle moment asks for is not understood: so it fails.
		changeCore(build, (script) => script.replace(/(["'`]rollback["'`]\s*:\s*["'`])replacement/, '$1nothing'));
	}, 'Under the third kernel.');
	await page.setViewportSize({ width: 320, height: 800 });
	await expect(part).toContainText('Replaced and not archived');
	await expect
		.poll(async () => (await read(page, 'ledger.list', { limit: 1 })).rows[0])
		.toMatchObject({ actor: 'system', intent: 'Archive the ledger of a kernel', decision: 'DENY' });
	await expectAccessible(page, 'a kernel whose ledger is not archived');
	// It is seen beside the kernels as well: one that is archived, and one that is not.
	await page.getByRole('link', { name: 'Entries' }).click();
	const kernels = page.getByRole('region', { name: 'Kernels' });
	await kernels.getByText('2 kernels before it').click();
	const before = kernels.getByRole('list').getByRole('listitem');
	await expect(before).toHaveText([
		/Not archived yet\. If it stays so, archiving failed/,
		/Archived as kernel-\d+_\S+\.json\.gz, verified\./
	]);
	await expectAccessible(page, 'kernels and their archives');
	await before.first().getByRole('link', { name: 'To the archives' }).click();
	await part.getByRole('button', { name: /^Archive kernel-\d+ now$/ }).press('Enter');
	await expect(part).toContainText(/is kept: \d+ entries, valid\./);
	await expect(part.getByText('Replaced and not archived')).toBeHidden();
	await profile.remove();
	await server.stop();
	build.remove();
});

test('where the tables are held below their version the page says that nothing is kept', async ({ page }) => {
	await page.goto('/ledger/evidence');
	await ready(page);
	expect((await dispatch(page, 'schema.rollback', { to: '1.2.0' })).code).toBe('accepted');
	const part = page.getByRole('region', { name: 'Archives', exact: true });
	await expect(part).toContainText('which keeps archives, is not applied here');
	await expect(part.getByRole('button')).toHaveCount(0);
	await expectAccessible(page, 'no place for archives');
	expect((await dispatch(page, 'schema.release', {})).code).toBe('accepted');
	await expect(part).toContainText('Nothing is archived yet.');
});
