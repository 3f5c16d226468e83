import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { verify } from '#cli/verify.ts';
import type { Terminal } from '#cli/terminal.ts';
import { expectAccessible } from './axe.ts';
import { dispatch, read, ready } from './client.ts';

/** A file of the vectors. */
function vector(path: string) {
	const url = new URL(`../vectors/kernels/${path}`, import.meta.url);
	return { name: path.split('/').at(-1) ?? path, mimeType: 'application/json', buffer: readFileSync(url) };
}

/** Where files are checked; archives have a status each. */
function checkPart(page: Page) {
	return page.getByRole('region', { name: 'Check a file' });
}

async function check(page: Page, file: ReturnType<typeof vector>, root = ''): Promise<void> {
	await page.getByLabel('Evidence file').setInputFiles(file);
	await page.getByLabel('Root hash that you noted').fill(root);
	await page.getByRole('button', { name: 'Check file' }).click();
}

test('evidence of any kernel is checked here, and what the reference would say stands beside it', async ({
	page
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/ledger');
	await ready(page);
	await page.getByRole('link', { name: 'Evidence' }).click();
	const status = checkPart(page).getByRole('status').first();
	const found = page.getByRole('region', { name: 'What was found' });
	await page.getByRole('button', { name: 'Check file' }).click();
	await expect(page.getByRole('alert')).toHaveText('Choose a file first.');

	await check(page, vector('bundles/legacy-v0.1.0.json'));
	await expect(status).toContainText('Ledger valid.');
	await expect(found).toContainText('as version 0.1.0 wrote');
	await check(page, vector('bundles/17-permits.json'));
	await expect(status).toHaveText('17-permits.json: Ledger valid. 22 entries verified.');
	await expect(found).toContainText('also takes good entries with a permit for altered ones');
	await expect(found.getByRole('listitem')).toHaveCount(21);
	await check(page, vector('bundles/shape-archive.json.gz'));
	await expect(status).toContainText('shape-archive.json.gz: Ledger valid.');
	await expectAccessible(page, 'a file of evidence that is valid');

	await check(page, vector('tampered/02-strict-three--actor.json'));
	await expect(status).toHaveText('02-strict-three--actor.json: Ledger verification failed.');
	await expect(found).toContainText('Entry 1: entry_hash mismatch.');
	await check(page, vector('bundles/02-strict-three.json'), 'f'.repeat(64));
	await expect(found).toContainText('Root hash mismatch.');
	await expectAccessible(page, 'a file of evidence in which something is wrong');
	await check(page, { ...vector('bundles/02-strict-three.json'), buffer: Buffer.from('no JSON') });
	await expect(page.getByRole('alert')).toContainText('02-strict-three.json could not be checked');
	await check(page, { ...vector('bundles/02-strict-three.json'), buffer: Buffer.from('{}') });
	await expect(page.getByRole('alert')).toContainText('It holds no list of ledger entries. Nothing was');
	await check(page, vector('bundles/02-strict-three.json'), 'f');
	await expect(page.getByRole('alert')).toHaveText('A root hash is 64 digits and letters from a to f.');
});

test('a copy of the own ledger that was cut off is sound by itself, and is said to be cut off', async ({
	page
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/ledger/evidence');
	await ready(page);
	for (let at = 0; at < 3; at++) await dispatch(page, 'reflection.trash', { id: `nowhere-${at}` });
	const { rows } = await read(page, 'ledger.evidence', {});
	const whole = rows.find(({ ledger_entries }) => ledger_entries.length > 3);
	if (whole === undefined) throw new Error('there is no ledger to cut');
	const ledger_entries = whole.ledger_entries.slice(0, 2) as readonly { entry_hash: string }[];
	const cut = { ...whole, ledger_entries, entry_count: 2, root_hash: ledger_entries.at(-1)?.entry_hash };
	const file = { name: 'cut.json', mimeType: 'application/json' };
	await check(page, { ...file, buffer: Buffer.from(JSON.stringify(cut)) });
	const part = checkPart(page);
	await expect(part).toContainText('cut.json: Ledger valid. 2 entries verified.');
	await expect(part).toContainText(/It ends at entry 2 of \d+ of this mirror’s own kernel, and agrees/);
	await expectAccessible(page, 'evidence of the own kernel');
});

test('a long check says how far it is, and can be stopped', async ({ page }) => {
	await page.goto('/ledger/evidence');
	await ready(page);
	const { ledger_entries } = JSON.parse(vector('bundles/03-strict-fifty.json').buffer.toString()) as {
		ledger_entries: object[];
	};
	const many = Array.from({ length: 1000 }, () => ledger_entries).flat();
	const name = 'long.json.gz';
	await check(page, {
		name,
		mimeType: 'application/gzip',
		buffer: gzipSync(JSON.stringify(many), { level: 1 })
	});
	const status = checkPart(page).getByRole('status').first();
	await expect(status).toContainText(/^Reading|of 50,000 entries verified/);
	await page.getByRole('button', { name: 'Stop' }).click();
	await expect(status).toHaveText('The check was stopped. Nothing was changed.');
	await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden();
});

/** The archives that are listed. */
function archives(page: Page) {
	return page.getByRole('list', { name: 'Archives' }).getByRole('article');
}

/** What `mirror verify` prints of a file. */
async function verified(path: string): Promise<{ status: number; out: string }> {
	let out = '';
	const terminal: Terminal = {
		json: true,
		print: (line) => void (out += line),
		complain: (line) => void (out += line),
		lines: () => {
			throw new Error('nothing is asked on standard input');
		}
	};
	return { status: await verify.run([path, '--json'], terminal), out };
}

test('a ledger is archived, verified, downloaded and deleted, by keys alone', async ({ page }) => {
	await page.setViewportSize({ width: 320, height: 800 });
	await page.goto('/ledger/evidence');
	await ready(page);
	const part = page.getByRole('region', { name: 'Archives', exact: true });
	await expect(part).toContainText('Nothing is archived yet.');
	await expectAccessible(page, 'no archives');

	await page.getByLabel('Kernel to archive').focus();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await expect(part).toContainText(/kernel-\d+_.+\.json\.gz is kept: \d+ entries, valid\./);
	const item = archives(page).first();
	await expect(item).toContainText('Of this mirror, because you asked');
	await expect(item).toContainText('Valid when it was kept');

	await item.getByRole('button', { name: 'Verify' }).press('Enter');
	await expect(item.getByRole('status')).toHaveText(/^Archive valid\. \d+ entries verified\.$/);
	await expect(item).toContainText('v3-19');
	await expectAccessible(page, 'an archive that was verified');

	const [download] = await Promise.all([
		page.waitForEvent('download'),
		item.getByRole('button', { name: 'Download' }).press('Enter')
	]);
	expect(download.suggestedFilename()).toMatch(/^kernel-\d+_[\dTZ.-]+\.json\.gz$/);
	const { status, out } = await verified(await download.path());
	const answer = JSON.parse(out) as { is_valid: boolean; entries_verified: number; hash_profile: string };
	expect([status, answer.is_valid, answer.hash_profile]).toEqual([0, true, 'v3-19']);
	const shown = await item.getByText(/Archive valid|Saved where/).textContent();
	expect(shown).toContain('Saved where');
	expect(answer.entries_verified).toBeGreaterThan(1);

	await item.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
	const sure = item.getByRole('group');
	await expect(sure).toContainText('This cannot be undone.');
	await expect(item.getByRole('button', { name: 'Keep it' })).toBeFocused();
	await expectAccessible(page, 'an archive that is about to be deleted');
	await page.keyboard.press('Enter');
	await expect(item.getByRole('button', { name: 'Delete', exact: true })).toBeFocused();
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await expect(item.getByRole('heading', { name: 'kernel-' })).toBeFocused();
	await expect(item).toContainText('The file was deleted');
	await expect(item.getByRole('button')).toHaveCount(0);
	await page.setViewportSize({ width: 1280, height: 800 });
	await expectAccessible(page, 'an archive that was deleted');
});

test('a file that was checked can be kept, once, with what is wrong with it', async ({ page }) => {
	await page.goto('/ledger/evidence');
	await ready(page);
	await check(page, vector('bundles/legacy-v0.1.0.json'));
	const part = checkPart(page);
	await part.getByRole('button', { name: 'Keep it here' }).click();
	await expect(part).toContainText(/It is kept as .+\.json\.gz\./);
	await expect(archives(page)).toHaveCount(1);
	await part.getByRole('button', { name: 'Keep it here' }).click();
	await expect(part).toContainText(/This file was kept already, as .+\. Nothing was added\./);

	await check(page, vector('tampered/02-strict-three--actor.json'));
	await part.getByRole('button', { name: 'Keep it here' }).click();
	await expect(archives(page)).toHaveCount(2);
	const [bad, old] = [archives(page).first(), archives(page).last()];
	await expect(bad).toContainText('Not valid when it was kept');
	await expect(bad).toContainText('Taken in from elsewhere');
	await bad.getByRole('button', { name: 'Verify' }).click();
	await expect(bad.getByRole('status')).toHaveText('Archive verification failed.');
	await expect(bad).toContainText('Entry 1: entry_hash mismatch.');
	await old.getByRole('button', { name: 'Verify' }).click();
	await expect(old).toContainText('as version 0.1.0 wrote');
	await expectAccessible(page, 'two archives, one of them not valid');
	await page.reload();
	await expect(archives(page)).toHaveCount(2);
});

test('how long archives stay is chosen, and what makes no sense is said', async ({ page }) => {
	await page.goto('/ledger/evidence');
	await ready(page);
	const form = page
		.getByRole('group')
		.filter({ has: page.getByText('How long archives stay') })
		.first();
	const open = () => form.getByText('How long archives stay').click();
	await open();
	await expect(form).toContainText('Now everything is kept.');
	await form.getByRole('radio', { name: 'Delete old ones by themselves' }).check();
	await form.getByRole('button', { name: 'Save' }).click();
	await expect(form.getByRole('alert')).toContainText('a whole number from 1 to 100,000');
	await expectAccessible(page, 'a policy that says nothing');
	await form.getByLabel('Newest ones to keep').fill('5');
	await form.getByLabel('Days to keep them').fill('30');
	await form.getByRole('button', { name: 'Save' }).click();
	await expect(form.getByRole('status')).toHaveText('Saved.');
	await expect(form).toContainText('Now this stays: the newest 5, and what is younger than 30 days.');
	await page.reload();
	await open();
	await expect(form.getByLabel('Newest ones to keep')).toHaveValue('5');
	await form.getByRole('radio', { name: 'Keep everything' }).check();
	await form.getByRole('button', { name: 'Save' }).click();
	await expect(form).toContainText('Now everything is kept.');
});
