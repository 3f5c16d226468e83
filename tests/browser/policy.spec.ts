import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expectAccessible } from './axe.ts';
import { read, ready } from './client.ts';
import { goTo, tabTo, unfold } from './steps.ts';

async function openPolicy(page: Page): Promise<void> {
	await page.goto('/ledger');
	await ready(page);
	await page.getByRole('link', { name: 'Policy' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Policy' })).toBeFocused();
	await expect(edited(page)).toContainText('Allowed');
}

const edited = (page: Page) => page.getByRole('status', { name: 'Under the edited policy' });
const present = (page: Page) => page.getByRole('status', { name: 'Under the present one' });
const changes = (page: Page) => page.getByRole('list', { name: 'What would change' });
/** The rows of the table, without its head. */
const changed = (page: Page) =>
	page.getByRole('table', { name: 'What would be decided otherwise' }).locator('tbody').getByRole('row');
const force = (page: Page) => page.getByRole('button', { name: 'Put this policy in force' });

/** Finds a kind in the checklist. */
async function tick(page: Page, kind: string): Promise<void> {
	await page.getByLabel('Find a kind').fill(kind);
	await page.getByRole('checkbox', { name: kind }).click();
}

/** Names a tension as a person does. */
async function nameTension(page: Page): Promise<void> {
	await goTo(page, 'Tensions');
	await page.getByRole('button', { name: 'New tension' }).click();
	await page.getByLabel('One end').fill('Work');
	await page.getByLabel('The other end').fill('Rest');
	await page.getByRole('button', { name: 'Name it' }).click();
}

test('a kind is taken out, tried, compared, put in force and brought back', async ({ page }) => {
	await openPolicy(page);
	await expect(page.getByText('Nothing: the edited policy is the one in force.')).toBeVisible();
	await expectAccessible(page, 'a policy that nobody touched');
	await nameTension(page);
	await expect(page).toHaveURL(/tensions\/./);
	await openPolicy(page);

	await tick(page, 'tension.create');
	await expect(edited(page)).toContainText("Tool 'tension.create' is not in allowed tools");
	await expect(present(page)).toContainText('Allowed');
	await expect(changes(page).getByRole('listitem')).toHaveText(['Gone Kind: tension.create']);
	await expect(page.getByText('It leaves out tension.create that the app brings.')).toBeVisible();
	await page.getByRole('button', { name: 'Dry run' }).click();
	await expect(page.getByText(/^Of \d+ requests 1 would now be denied\.$/)).toBeVisible();
	const denied = changed(page);
	await expect(denied).toHaveCount(1);
	await expect(denied).toContainText(
		"Allowed then, refused now Tool 'tension.create' is not in allowed tools"
	);
	const link = denied.getByRole('link');
	const position = Number((await link.getAttribute('href'))?.split('#')[1]);
	const [entry] = (await read(page, 'ledger.list', { before: position + 1, limit: 1 })).rows;
	expect(entry).toMatchObject({ position, tool_name: 'tension.create' });

	// Whoever looks at something else meanwhile finds what she edited.
	await link.click();
	await expect(page.locator('details.named')).toContainText('tension.create');
	await page.getByRole('link', { name: 'Policy' }).click();
	await expect(changes(page).getByRole('listitem')).toHaveText(['Gone Kind: tension.create']);

	await force(page).click();
	await expect(page.getByText('The policy is in force.')).toBeVisible();
	await expect(page.getByText('Not: tension.create.')).toBeVisible();
	await expect(present(page)).toContainText("Tool 'tension.create' is not in allowed tools");
	await nameTension(page);
	await expect(page.getByRole('alert')).toContainText("Tool 'tension.create' is not in allowed tools");

	await openPolicyAgain(page);
	await page.getByRole('button', { name: 'Roll back' }).click();
	await page.getByRole('button', { name: 'Roll back now' }).click();
	await expect(page.getByText(/^rollback-\d+ follows kernel-\d+\.$/)).toBeVisible();
	await expect(present(page)).toContainText('Allowed');
	await expect(page.getByText('Nothing: the edited policy is the one in force.')).toBeVisible();
	await nameTension(page);
	await expect(page).toHaveURL(/tensions\/./);
	expect((await read(page, 'ledger.verify', {})).rows[0]?.errors).toEqual([]);
});

async function openPolicyAgain(page: Page): Promise<void> {
	await page.goto('/ledger/policy');
	await ready(page);
	await expect(page.getByRole('heading', { name: 'In force now' })).toBeVisible();
}

test('another kind of kernel is tried with the sample and over the ledger, and stays a trial', async ({
	page
}) => {
	await openPolicy(page);
	await nameTension(page);
	await page.setViewportSize({ width: 320, height: 700 });
	await openPolicy(page);
	const missing = 'Variant requirements not met: Constraints dict is required in params';
	await page.getByLabel('Decided on by a kernel that is').selectOption('dual-channel');
	await expect(page.getByText('The kernel of your changes stays strict')).toBeVisible();
	await expect(edited(page)).toContainText(missing);
	await expect(present(page)).toContainText('Allowed');
	await page.getByRole('button', { name: 'Dry run' }).click();
	await expect(page.getByText('Decided on as by a kernel that is dual-channel.')).toBeVisible();
	await expect(page.getByText('0 that were refused would now be allowed.')).toBeVisible();
	await expect(changed(page).filter({ hasText: 'tension.create' })).toContainText(missing);
	await expectAccessible(page, 'a dry run as another kind of kernel');
	// Nothing of it can be put in force: the policy is the same.
	await expect(page.getByText('Nothing: the edited policy is the one in force.')).toBeVisible();
	await expect(force(page)).toBeHidden();

	await page.getByLabel('Scope').fill('One tension');
	await page.getByLabel('What it leaves alone').fill('Advice');
	await page.getByLabel('When it is done').fill('It has a name');
	await expect(edited(page)).toContainText('Allowed');
	await page.getByLabel('Decided on by a kernel that is').selectOption('strict');
	await expect(page.getByText('or another kind of kernel was chosen')).toBeVisible();
	await page.getByRole('button', { name: 'Dry run' }).click();
	await expect(page.getByText(/^Of \d+ requests 0 would now be denied\.$/)).toBeVisible();
	await expect(changed(page)).toHaveCount(0);
});

test('a policy goes out as kernels.yaml and comes in again; a wrong file leaves the form as it was', async ({
	page
}) => {
	await openPolicy(page);
	await page.getByText('As text').click();
	await page.getByRole('button', { name: 'Add a rule' }).click();
	await page.getByLabel('Time zone').fill('Europe/Vienna');
	await page.getByLabel('Longest purpose, in characters').fill('300');
	await expect(changes(page).getByRole('listitem')).toHaveText([
		'New Rule: Only from 06:00 until 22:00, Europe/Vienna.',
		'Changed Longest purpose: 4,096, then 300'
	]);
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download kernels.yaml' }).click();
	const download = await downloading;
	expect(download.suggestedFilename()).toBe('kernels.yaml');
	const yaml = readFileSync(await download.path(), 'utf8');
	expect(yaml).toContain('max_intent_length: 300');

	await page.getByRole('button', { name: 'Begin again with what is in force' }).click();
	await expect(page.getByText('Nothing: the edited policy is the one in force.')).toBeVisible();
	const file = (text: string, name = 'kernels.yaml') => ({
		...{ name, mimeType: 'application/yaml' },
		buffer: Buffer.from(text)
	});
	await page.getByLabel('Policy file').setInputFiles(file(`${yaml}colour: red\n`));
	const take = page.getByRole('button', { name: 'Take it into the form' });
	await take.click();
	await expect(page.getByText('These parts were not looked at: colour.')).toBeVisible();
	await expect(page.getByLabel('Longest purpose, in characters')).toHaveValue('300');
	await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Vienna');
	await page.getByLabel('Policy file').setInputFiles(file('policy: [', 'broken.yaml'));
	await take.click();
	await expect(page.getByRole('alert')).toContainText('broken.yaml holds no policy that can be used');
	await expect(page.getByLabel('Longest purpose, in characters')).toHaveValue('300');
	await page.getByLabel('JSON or YAML').fill('{"allowed_actors": ["ann"], "max_intent_length": "long"}');
	await take.click();
	await expect(page.getByRole('alert')).toContainText('max_intent_length');
	await page.getByLabel('JSON or YAML').fill('{"allowed_actors": ["ann"]}');
	await take.click();
	await expect(page.getByText('The form holds this policy now.')).toBeVisible();
	await expect(page.getByLabel('Others')).toHaveValue('ann');
	await expect(page.getByText('You could save no reflection any more')).toBeVisible();
	await force(page).click();
	await expect(page.getByText('Tick that you have read the warning first.')).toBeVisible();
});

test('what cannot be used stays in its field with what is wrong, and many rules fit a narrow screen', async ({
	page
}) => {
	await page.setViewportSize({ width: 320, height: 700 });
	await openPolicy(page);
	for (const kind of ['hours', 'rate', 'params', 'words', 'ask']) {
		await page.getByLabel('Kind of rule').selectOption(kind);
		await page.getByRole('button', { name: 'Add a rule' }).click();
	}
	await page.getByLabel('From', { exact: true }).fill('9');
	await page.getByLabel('At most (requests)').fill('ten');
	const rate = page.getByRole('listitem', { name: 'Rule 2' });
	await expect(rate.getByText('A whole number from 1 to 10,000.')).toBeVisible();
	await expect(page.getByLabel('From', { exact: true })).toHaveAttribute('aria-invalid', 'true');
	await expect(page.getByText('It cannot be put in force')).toBeVisible();
	await expect(edited(page)).toContainText('No answer');
	await expect(present(page)).toContainText('Allowed');
	await unfold(page);
	await expectAccessible(page, 'a policy with rules that cannot be used');

	await page.getByLabel('From', { exact: true }).fill('06:00');
	await page.getByLabel('At most (requests)').fill('2');
	await page.getByLabel('Parameter', { exact: true }).fill('title');
	await page.getByLabel('Values').fill('Rest');
	await page.getByRole('textbox', { name: 'Words' }).fill('rest');
	await page.getByRole('button', { name: 'Move rule 5 up' }).click();
	await expect(page.getByRole('listitem', { name: 'Rule 4' })).toContainText('Ask me first');
	await page.getByLabel('Parameters (JSON)').fill('{"title": "Work"}');
	await page.getByLabel('Purpose', { exact: true }).fill('Take a rest');
	await page.getByLabel('At this time').fill('2026-11-22T12:00');
	await page.getByLabel('Such requests allowed just before').fill('2');
	await expect(edited(page).getByRole('listitem')).toHaveText([
		'Rate limit of 2 in 60 s is reached',
		"Param 'title' is not as the policy wants it",
		'Ask first: tension.create',
		'A word that is not allowed stands in the intent'
	]);
	await page.getByLabel('Parameters (JSON)').fill('{"title": ');
	await expect(page.getByText('This is no JSON object.')).toBeVisible();
	await expect(edited(page)).toContainText('No answer');
});

test('whoever is asked first agrees where it was refused, and the form goes on', async ({ page }) => {
	await openPolicy(page);
	await page.getByLabel('Kind of rule').selectOption('ask');
	// By keyboard alone.
	await page.getByLabel('Kind of rule').focus();
	await tabTo(page, page.getByRole('button', { name: 'Add a rule' }));
	await page.keyboard.press('Enter');
	await page.getByText('Whom and what it concerns').click();
	await page.getByLabel('Only these kinds').fill('tension.create\nreflection.create');
	await expect(edited(page)).toContainText('Ask first: tension.create');
	await page.getByLabel('You agreed when asked first').check();
	await expect(edited(page)).toContainText('Allowed');
	await force(page).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByText('The policy is in force.')).toBeVisible();

	await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Write' }).click();
	await page.getByRole('textbox', { name: 'Reflection' }).fill('Asked about first.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByRole('alert')).toContainText('A rule of yours wants you to be asked first.');
	await expectAccessible(page, 'a question of the kernel');
	await page.getByRole('button', { name: 'Leave it' }).click();
	await expect(page.getByRole('button', { name: 'Allow this once' })).toBeHidden();
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await page.getByRole('button', { name: 'Allow this once' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	const [entry] = (await read(page, 'ledger.list', { limit: 5 })).rows.filter(
		({ tool_name }) => tool_name === 'reflection.create'
	);
	expect(entry?.intent).toContain('(agreed to when asked first)');
});

test('each kernel has a form of its own, and what was edited in one is kept while another is looked at', async ({
	page
}) => {
	await openPolicy(page);
	await page.getByLabel('Longest purpose, in characters').fill('300');
	await page.getByRole('button', { name: 'What leaves' }).click();
	await expect(page.getByText('1 of 1 allowed').first()).toBeVisible();
	await expect(edited(page)).toContainText('Allowed');
	await page.getByRole('button', { name: 'Others by your leave' }).click();
	await expect(page.getByLabel('Scope')).toHaveValue('This one request');
	await expect(edited(page)).toContainText('Allowed');
	await page.getByLabel('Scope').fill('');
	await expect(edited(page)).toContainText("Constraint 'scope' cannot be empty");
	await tick(page, 'reflection.edit');
	await expect(changes(page).getByRole('listitem')).toHaveText(['Gone Kind: reflection.edit']);
	await page.getByRole('button', { name: 'Your changes' }).click();
	await expect(page.getByLabel('Longest purpose, in characters')).toHaveValue('300');
});

/** Saves what is in force as a file, by the page. */
async function savedFile(page: Page): Promise<string> {
	await page.getByText('As text').click();
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download kernels.yaml' }).click();
	return readFileSync(await (await downloading).path(), 'utf8');
}

test('a kernels.yaml that was saved before comes back in force, and the mirror is looked after', async ({
	page
}) => {
	await page.setViewportSize({ width: 320, height: 700 });
	await openPolicy(page);
	const yaml = await savedFile(page);
	await tick(page, 'tension.create');
	await force(page).click();
	await expect(page.getByText('The policy is in force.')).toBeVisible();

	await expect(page.getByText('Not: tension.create.')).toBeVisible();
	await page.getByRole('button', { name: 'Restore a saved file' }).click();
	const sheet = page.getByRole('dialog', { name: 'Restore a saved configuration' });
	const choose = (text: string, name = 'kernels.yaml') =>
		sheet
			.getByLabel('Saved file')
			.setInputFiles({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) });
	const show = sheet.getByRole('button', { name: 'Show what it changes' });
	await show.click();
	await expect(sheet.getByRole('alert')).toHaveText('Choose a file first.');
	await choose('policy: [', 'broken.yaml');
	await show.click();
	await expect(sheet.getByRole('alert')).toContainText('broken.yaml holds no policy that can be used');
	await expect(sheet.getByRole('alert')).toContainText('Nothing was changed.');
	await choose(yaml.replace('variant: strict', 'variant: dual-channel'));
	await show.click();
	await expect(sheet.getByRole('alert')).toContainText('this one is strict. Nothing was changed.');
	await choose(yaml);
	await show.click();
	await expect(sheet.getByText(/^kernels\.yaml was saved of kernel-\d+\.$/)).toBeVisible();
	await expect(sheet.getByRole('list', { name: 'What would change' }).getByRole('listitem')).toHaveText([
		'New Kind: tension.create'
	]);
	// By keyboard it goes on where the form was.
	await tabTo(page, sheet.getByRole('button', { name: 'Put this policy in force' }));
	await expectAccessible(page, 'a saved configuration that is compared');
	await page.keyboard.press('Enter');
	await expect(sheet.getByText('The saved configuration is in force, and all is well.')).toBeVisible();
	const lines = sheet.getByRole('list', { name: 'Health check' }).getByRole('listitem');
	await expect(lines).toHaveText([
		/State of the kernel kernel-\d+ is in charge\./,
		/Policy It enforces what the file says\./,
		/tension\.create, asked by you Is allowed, as the file says\./,
		/tension\.create, asked by stranger Is refused, as the file says\./,
		/Ledger \d+ entries verified\./,
		/Mirror It answers: tables \d/
	]);
	await expect(lines.getByRole('img', { name: 'Well', exact: true })).toHaveCount(6);
	await expectAccessible(page, 'a health check');
	await sheet.getByRole('button', { name: 'Close' }).click();
	await expect(page.getByText('Not: tension.create.')).toBeHidden();
	const [kernel] = (await read(page, 'kernel.status', {})).rows.filter(({ port }) => port === 'owner');
	expect(kernel).toMatchObject({ reason: 'configuration', closed_at: null, state: 'IDLE' });
});
