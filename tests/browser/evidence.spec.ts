import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expectAccessible } from './axe.ts';
import { ready } from './client.ts';

/** A file of the vectors. */
function vector(path: string) {
	const url = new URL(`../vectors/kernels/${path}`, import.meta.url);
	return { name: path.split('/').at(-1) ?? path, mimeType: 'application/json', buffer: readFileSync(url) };
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
	const status = page.getByRole('main').getByRole('status');
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
	const status = page.getByRole('main').getByRole('status');
	await expect(status).toContainText(/^Reading|of 50,000 entries verified/);
	await page.getByRole('button', { name: 'Stop' }).click();
	await expect(status).toHaveText('The check was stopped. Nothing was changed.');
	await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden();
});
