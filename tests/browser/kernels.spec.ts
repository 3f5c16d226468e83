import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { draws, elapse } from './killing.ts';
import { Profile } from './profile.ts';
import { goTo, heldBy } from './steps.ts';

/** The kernels that are or were in charge of what the person changes, newest first. */
async function kernels(page: Page) {
	return (await read(page, 'kernel.status', {})).rows.filter(({ port }) => port === 'owner');
}

async function write(page: Page, text: string): Promise<void> {
	await goTo(page, 'Write');
	await page.getByRole('textbox', { name: 'Reflection' }).fill(text);
	await page.getByRole('button', { name: 'Save reflection' }).click();
}

test('three kernels are shown, and one is halted, keeps the words it refuses, and is replaced in one press', async ({
	page
}) => {
	await page.goto('/ledger');
	await ready(page);
	const here = page.getByRole('region', { name: 'Kernels' });
	await expect(here.getByRole('radio')).toHaveCount(3);
	for (const [name, says] of [
		['What leaves', 'Evidence first'],
		['Others by your leave', 'Two channels'],
		['Your changes', 'Strict']
	] as const) {
		await here.getByRole('radio', { name }).check();
		await expect(here).toContainText(says);
	}
	const [before] = await kernels(page);
	await here.getByRole('button', { name: 'Halt kernel' }).press('Enter');
	const asked = page.getByRole('dialog', { name: 'Halt this kernel?' });
	await asked.getByLabel('Why').selectOption({ label: 'Something looks wrong' });
	await expectAccessible(page, 'the question before a halt');
	await asked.getByRole('button', { name: 'Halt it now' }).press('Enter');
	await expect(here).toContainText('This kernel is halted.');
	await expect(here.getByRole('button', { name: 'Halt kernel' })).toBeHidden();
	await expect(page.getByText('Halted by the owner: something looks wrong')).toBeVisible();
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `a halted kernel at ${width}`);
	}

	await write(page, 'This must not get lost.');
	const refusal = page.getByRole('alert').filter({ hasText: 'Changes are halted' });
	await expect(refusal).toContainText('Your words are kept as a draft.');
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('This must not get lost.');
	await refusal.getByRole('button', { name: 'Replace the kernel and go on' }).click();
	await expect(refusal).toContainText('A new kernel is in charge.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
	expect(await heldBy(page)).toMatchObject({ reflections: 1 });
	const [now, halted] = await kernels(page);
	expect(now).toMatchObject({ state: 'IDLE', reason: 'halted' });
	expect(halted).toMatchObject({ kernel_id: before?.kernel_id, state: 'HALTED' });
});

test('a kernel is replaced from the page, another policy is rolled back, and everything verifies', async ({
	page
}) => {
	await page.goto('/ledger');
	await ready(page);
	const here = page.getByRole('region', { name: 'Kernels' });
	const [first] = await kernels(page);
	await here.getByRole('button', { name: 'Replace kernel' }).click();
	const asked = page.getByRole('dialog', { name: 'Replace this kernel?' });
	await expectAccessible(page, 'the question before a replacement');
	await asked.getByRole('button', { name: 'Replace it now' }).click();
	await expect(here).toContainText(new RegExp(`kernel-\\d+ follows ${first?.kernel_id}\\.`));

	const policy = first?.policy as { allowed_tools: string[] };
	const allowed_tools = policy.allowed_tools.filter((tool) => tool !== 'reflection.create');
	const data = { port: 'owner', reason: 'policy', policy: { ...policy, allowed_tools } } as const;
	expect((await dispatch(page, 'kernel.replace', data)).code).toBe('accepted');
	await expect(here).toContainText('as you chose');
	await write(page, 'Not allowed for now.');
	await expect(page.getByRole('alert').first()).toContainText(
		"Tool 'reflection.create' is not in allowed tools"
	);
	await goTo(page, 'Ledger');
	await here.getByRole('button', { name: 'Roll back' }).click();
	await page
		.getByRole('dialog', { name: 'Return to the policy before?' })
		.getByRole('button', { name: 'Roll back now' })
		.click();
	await expect(here).toContainText(/rollback-\d+ follows kernel-\d+\./);
	await goTo(page, 'Write');
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('Not allowed for now.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
	expect(await heldBy(page)).toMatchObject({ reflections: 1 });
});

test('100 changes during 5 replacements, killed in between: each has one receipt and stands in one ledger', async () => {
	test.setTimeout(120_000);
	const [profile, draw] = [new Profile(), draws(7)];
	const requests = Array.from({ length: 100 }, (_, at) => ({
		id: newId(),
		kind: 'settings.change' as const,
		data: { key: 'last_export_position' as const, value: at }
	}));
	const replacements = Array.from({ length: 5 }, () => ({
		id: newId(),
		kind: 'kernel.replace' as const,
		data: { port: 'owner' as const, reason: 'archival' as const }
	}));
	/** In this order, all at once: none waits for the one before it. */
	const all = requests.flatMap((request, at) =>
		at % 20 === 10 ? [replacements[at / 20 - 0.5]!, request] : [request]
	);
	for (let round = 0; round < 3; round++) {
		const page = await profile.open();
		await ready(page);
		const going = page
			.evaluate((sent) => Promise.all(sent.map((each) => globalThis.mirror.dispatch(each))), all)
			.catch(() => undefined);
		await elapse(20 + draw(80));
		await profile.crash();
		await going;
	}
	const page = await profile.open();
	await ready(page);
	const receipts = await page.evaluate(
		(sent) => Promise.all(sent.map((each) => globalThis.mirror.dispatch(each))),
		all
	);
	expect(receipts.filter(({ code }) => code !== 'accepted')).toEqual([]);
	const entries = (await read(page, 'ledger.list', { limit: 500 })).rows;
	for (const { request_id, position } of receipts) {
		const standing = entries.filter((entry) => entry.request_id === request_id);
		expect(standing.map((entry) => entry.position)).toEqual([position]);
	}
	const [report] = (await read(page, 'ledger.verify', {})).rows;
	expect(report?.errors).toEqual([]);
	await profile.remove();
});
