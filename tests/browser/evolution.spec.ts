import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { goTo } from './steps.ts';

async function press(page: Page, name: string): Promise<void> {
	await page.getByRole('button', { name, exact: true }).press('Enter');
}

/** Asks the mirror about a new entry; answers with the run and the question that it ended in. */
async function mirrored(page: Page) {
	const [reflection_id, engine_run_id] = [newId(), newId()];
	const when = { created_at: '2026-11-21T08:00:00.000Z', local_date: '2026-11-21' };
	const content = 'I keep saying that I should call my sister, and then I watch the rain.';
	await dispatch(page, 'reflection.create', { id: reflection_id, identity_id: null, content, ...when });
	await dispatch(page, 'mirrorback.create', { id: newId(), reflection_id, engine_run_id });
	const [run] = (await read(page, 'engine_runs.list', { reflection_id })).rows;
	const [said] = (await read(page, 'mirrorbacks.list', { reflection_id })).rows;
	return { version: run?.config_version, question: said?.metadata['question'] ?? null };
}

test('a proposal is made, tried, voted on, applied and rolled back, and the engine follows', async ({
	page
}) => {
	await page.goto('/');
	await ready(page);
	await mirrored(page);
	await goTo(page, 'Evolution');
	await expect(page.getByText('Nothing is proposed.')).toBeVisible();
	await press(page, 'New proposal');
	const form = page.getByRole('dialog', { name: 'New proposal' });
	await form.getByLabel('Title').fill('No questions');
	await form.getByLabel('Why').fill('I only want my own words.');
	await form.getByRole('button', { name: 'Keep as a draft' }).press('Enter');
	await expect(form.getByText('So the engine is set already.')).toBeVisible();
	await form.getByRole('checkbox', { name: 'May end in a question' }).press('Space');
	await form.getByRole('button', { name: 'Keep as a draft' }).press('Enter');

	await expect(page.getByRole('heading', { level: 1, name: 'No questions' })).toBeVisible();
	await expect(page.getByText('From configuration 1.0.0 to 1.1.0')).toBeVisible();
	await press(page, 'Try it on earlier entries');
	await expect(page.getByText('1 entry tried')).toBeVisible();
	await press(page, 'Send to review');
	await press(page, 'Put to the vote');
	await press(page, 'Approve');
	await expect(page.getByText('Nobody has voted yet.')).toBeVisible();
	await page.getByRole('radio', { name: 'Approve' }).check();
	await expect(page.getByText('100.0 % of those who decided approve.')).toBeVisible();
	await expectAccessible(page, 'a proposal that is voted on');
	await press(page, 'Approve');
	await press(page, 'Apply to the engine');
	await expect(page.getByText('The engine has configuration 1.1.0 now.')).toBeVisible();
	expect(await mirrored(page)).toEqual({ version: '1.1.0', question: null });

	await page.getByRole('link', { name: 'Evolution' }).press('Enter');
	await page.getByRole('link', { name: 'History' }).press('Enter');
	await page.getByRole('button', { name: 'Roll back No questions' }).press('Enter');
	await expect(page.getByText('The engine has configuration 1.0.0 again.')).toBeVisible();
	await expect(page.getByRole('list', { name: 'History' }).getByRole('listitem')).toHaveCount(2);
	await page.reload();
	await ready(page);
	await expect(page.getByRole('list', { name: 'History' }).getByRole('listitem')).toHaveCount(2);
	await expect(page.getByRole('button', { name: 'Roll back No questions' })).toHaveCount(0);
	expect((await mirrored(page)).version).toBe('1.0.0');
	await press(page, 'Fork this mirror');
	await page.getByRole('dialog').getByLabel('What you call it').fill('My own way');
	await page.getByRole('dialog').getByRole('button', { name: 'Fork', exact: true }).press('Enter');
	await expect(page.getByRole('list', { name: 'History' }).getByRole('listitem')).toHaveCount(3);
	await expectAccessible(page, 'the history');

	await page.getByRole('link', { name: 'Events' }).press('Enter');
	const events = page.getByRole('list', { name: 'Events' }).getByRole('listitem');
	await expect(events).toHaveCount(4);
	await expect(events.filter({ hasText: 'Signed by this mirror' })).toHaveCount(4);
	await expect(events.last()).toContainText('Installed');
	await events.last().getByRole('checkbox').check();
	await expectAccessible(page, 'the events');

	await page.getByRole('link', { name: 'Constitution', exact: true }).press('Enter');
	await expect(page.getByText('Not accepted yet')).toHaveCount(6);
	await page.getByText('Read Safety').click();
	await expectAccessible(page, 'the constitution');
	await press(page, 'Accept all texts as they stand');
	await expect(page.getByText('As you accepted it')).toHaveCount(6);
});

test('an amendment shows whose signatures it has, and why it does not pass', async ({ page }) => {
	await page.goto('/evolution');
	await ready(page);
	const id = newId();
	const proposal = { proposal_type: 'constitutional_amendment', title: 'Stricter', evidence: null } as const;
	await dispatch(page, 'proposal.create', {
		...{ id, ...proposal, description: 'Less advice.', changes: { directive_threshold: 0.05 } }
	});
	await dispatch(page, 'proposal.test', { id });
	for (const status of ['review', 'voting'] as const) await dispatch(page, 'proposal.move', { id, status });
	await page.goto(`/evolution/${id}`);
	await page.getByText('Enter the count of a vote elsewhere').click();
	for (const [label, count] of [
		['Voters', '8934'],
		['Approve', '6123'],
		['Reject', '2811']
	] as const)
		await page.getByRole('spinbutton', { name: label }).fill(count);
	await press(page, 'Keep this count');
	await expect(page.getByText('68.5 % of those who decided approve.')).toBeVisible();
	await expect(page.getByText('0 of 4 signatures.')).toBeVisible();
	await press(page, 'Sign with this mirror’s key');
	await expect(page.getByText('1 of 4 signatures.')).toBeVisible();
	await press(page, 'Approve');
	await expect(page.getByText('needs the signatures of four guardians')).toBeVisible();
	await page.getByText('Add a signature from elsewhere').click();
	await expectAccessible(page, 'an amendment');
});
