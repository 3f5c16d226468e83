import { expect, test, type Page } from '@playwright/test';
import type { PermitDoor } from '#app/permit-door.ts';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, ready } from './client.ts';
import { goTo, heldBy } from './steps.ts';

declare global {
	/** What the page of a permit link has in the place of `mirror`. */
	var permit: PermitDoor;
}

test('a page may read the tensions and not write, and what it was refused stands in the ledger', async ({
	page,
	context
}) => {
	await page.goto('/');
	await ready(page);
	const tension = { id: newId(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
	await dispatch(page, 'tension.create', tension);

	await goTo(page, 'Ledger');
	await page.getByRole('link', { name: 'Permits', exact: true }).click();
	await expect(page.getByText('You gave none yet.')).toBeVisible();
	await page.getByLabel('Who is it for?').fill('My sister');
	await page.getByLabel('What may be asked?').selectOption({ label: 'Read the tensions' });
	await page.getByLabel('How often?').fill('2');
	await page.getByRole('button', { name: 'Create permit link' }).click();
	const sheet = page.getByRole('dialog', { name: 'The permit link' });
	await expect(sheet).toContainText('Used 0 of 2 times');
	const link = await sheet.getByLabel('Link', { exact: true }).inputValue();
	await expectAccessible(page, 'the sheet of a permit link');
	await page.keyboard.press('Escape');

	const other = await context.newPage();
	await other.goto(link);
	await expect(other.getByRole('heading', { level: 1 })).toHaveText('A permit for this mirror');
	await expect(other.getByRole('navigation')).toHaveCount(0);
	expect(await other.evaluate(() => 'mirror' in globalThis)).toBe(false);
	const ask = other.getByRole('button', { name: 'Ask the mirror' });
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('Variant requirements not met');
	for (const [label, words] of [
		['What it is for', 'To see them'],
		['What it leaves alone', 'All else'],
		['When it is done', 'When they are shown']
	] as const)
		await other.getByLabel(label).last().fill(words);
	await ask.click();
	await expect(other.getByRole('status')).toHaveText('Given: 1 row.');
	await expect(other.getByRole('region', { name: 'What was given' })).toContainText('"name": "Rest"');

	await other.getByLabel('What do you ask for?').selectOption({ label: 'Create a tension' });
	await other.getByLabel('With what? (JSON)').fill(JSON.stringify({ ...tension, id: newId() }));
	await ask.click();
	await expect(other.getByRole('status')).toHaveText('Refused.');
	await expect(other.getByRole('alert')).toContainText('ACTION_NOT_ALLOWED');
	for (const width of [320, 1280]) {
		await other.setViewportSize({ width, height: 844 });
		await expectAccessible(other, `a page by permit at ${width}`);
	}

	await expect(page.getByText('Used 1 of 2 times')).toBeVisible();
	await page.bringToFront();
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `the permits at ${width}`);
	}
	await page.getByRole('link', { name: 'Its last use in the ledger' }).click();
	await expect(page.getByText('Read tensions.list').first()).toBeVisible();
	await page.getByRole('link', { name: 'Show the newest' }).click();
	const entries = page.getByRole('list', { name: 'Entries' }).getByRole('listitem');
	const refused = entries.filter({ hasText: 'Refused' }).first();
	await refused.getByText('Refused').click();
	await expect(refused).toContainText('Permit verification failed: ACTION_NOT_ALLOWED');

	await page.getByRole('link', { name: 'Permits', exact: true }).click();
	await page.getByRole('button', { name: 'Take away the permit for My sister' }).press('Enter');
	await expect(page.getByText('The permit for My sister is taken away.')).toBeVisible();
	await other.getByLabel('What do you ask for?').selectOption({ label: 'Read the tensions' });
	await other.getByLabel('With what? (JSON)').fill('{}');
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('REVOKED');
	expect(await heldBy(page)).toMatchObject({ reflections: 0 });
	await other.goto('/permit#nothing');
	await expect(other.getByRole('alert')).toContainText('Ask whoever gave it to you');
});

const bounds = [
	['What it is for', 'To write it down'],
	['What it leaves alone', 'All else'],
	['When it is done', 'When it stands there']
] as const;

/** The link that the sheet shows; the sheet is closed. */
async function shownLink(page: Page): Promise<string> {
	const sheet = page.getByRole('dialog', { name: 'The permit link' });
	const link = await sheet.getByLabel('Link', { exact: true }).inputValue();
	await page.keyboard.press('Escape');
	return link;
}

/** What is asked next is done, and its answer never comes. */
function loseAnAnswer(page: Page): Promise<void> {
	return page.evaluate(() => {
		const { permit } = globalThis;
		const real = permit.byPermit;
		permit.byPermit = async (token, request) => {
			await real(token, request);
			permit.byPermit = real;
			throw new Error('lost');
		};
	});
}

test('a tool that creates is given with fixed words, twice: each use has its own id, and the third is refused', async ({
	page,
	context
}) => {
	await page.goto('/ledger/permits');
	await ready(page);
	await page.getByLabel('Who is it for?').fill('My sister');
	await page.getByLabel('What may be asked?').selectOption({ label: 'Create a tension' });
	await page.getByLabel('How often?').fill('2');
	await page.getByLabel('With exactly this').check();
	const open = page.getByRole('group', { name: 'What stays open' });
	await expect(open.getByRole('checkbox', { checked: true })).toHaveCount(1);
	await expect(open.getByLabel('id', { exact: true })).toBeChecked();
	await page.getByLabel('As JSON').fill('{"identity_id": null, "axis_a": "work", "axis_b": "rest"}');
	const give = page.getByRole('button', { name: 'Create permit link' });
	await give.click();
	await expect(page.getByRole('alert')).toContainText('name must be given above or stay open');
	await open.getByLabel('name', { exact: true }).check();
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `a permit with open params at ${width}`);
	}
	await give.click();
	const link = await shownLink(page);

	const other = await context.newPage();
	await other.goto(link);
	await expect(other.getByText('id, name', { exact: true })).toBeVisible();
	for (const [label, words] of bounds) await other.getByLabel(label).last().fill(words);
	const given = other.getByLabel('With what? (JSON)');
	const fixed = JSON.parse(await given.inputValue()) as object;
	expect(fixed).toEqual({ identity_id: null, axis_a: 'work', axis_b: 'rest' });
	const ask = other.getByRole('button', { name: 'Ask the mirror' });
	const words = async (name: string) => {
		await given.fill(JSON.stringify({ ...fixed, name }));
		await ask.click();
	};
	await given.fill(JSON.stringify({ ...fixed, axis_b: 'play', name: 'Play' }));
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('PARAMS_MISMATCH');
	await words('Rest');
	await expect(other.getByRole('status')).toHaveText('Done.');

	// An answer that is lost: asked again, also after a reload, it is the same request, and what it made is not made twice.
	await loseAnAnswer(other);
	await words('Quiet');
	await expect(other.getByRole('alert')).toContainText('nothing is done or counted twice');
	await other.reload();
	await expect(other.getByRole('alert')).toContainText('nothing is done or counted twice');
	await expect(given).toHaveValue(/"name": "Quiet"/);
	await ask.click();
	await expect(other.getByRole('status')).toHaveText('Done.');
	await expect(other.getByRole('alert')).toHaveCount(0);
	await words('Once more');
	await expect(other.getByRole('alert')).toContainText('This permit is used up.');
	await expect(page.getByText('Used 2 of 2 times')).toBeVisible();
	await expect(page.getByText('It is used up')).toBeVisible();
	const made = await page.evaluate(() => globalThis.mirror.read('tensions.list', {}));
	expect(made.rows.map(({ name }) => name).sort()).toEqual(['Quiet', 'Rest']);
});

test('a script in the page of a permit link asks by the Model Context Protocol and by messages', async ({
	page,
	context
}) => {
	await page.goto('/ledger/permits');
	await ready(page);
	await dispatch(page, 'tension.create', {
		...{ id: newId(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' }
	});
	await page.getByLabel('Who is it for?').fill('A script');
	await page.getByLabel('What may be asked?').selectOption({ label: 'Read the tensions' });
	await page.getByRole('button', { name: 'Create permit link' }).click();
	const link = await shownLink(page);

	const other = await context.newPage();
	await other.goto(link);
	await expect(other.getByRole('button', { name: 'Ask the mirror' })).toBeVisible();
	const constraints = { scope: 'the list', non_goals: 'all else', success_criteria: 'it was read' };
	const said = await other.evaluate(
		async ({ constraints: said_, id }) => {
			const base64 = location.hash.slice(1).replaceAll('-', '+').replaceAll('_', '/');
			const token: unknown = JSON.parse(atob(base64));
			const mcp = async (method: string, params: object) => {
				const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
				return JSON.parse((await globalThis.permit.mcp(token, text)) ?? 'null') as unknown;
			};
			const submit = async (request_id: string) => {
				const tool_call = { name: 'tensions.list', params: {} };
				const request = { request_id, actor: 'anybody', intent: 'Read', tool_call, constraints: said_ };
				const message = { method: 'POST', path: '/submit', body: JSON.stringify(request) } as const;
				return JSON.parse((await globalThis.permit.message(token, message)).body) as unknown;
			};
			return {
				listed: await mcp('tools/list', {}),
				called: await mcp('tools/call', {
					...{ name: 'tensions.list', arguments: {}, _meta: { constraints: said_ } }
				}),
				submitted: await submit(id),
				misnamed: await submit('req-1a2b3c4d')
			};
		},
		{ constraints, id: newId() }
	);
	expect(said.listed).toMatchObject({ result: { tools: [{ name: 'tensions.list' }] } });
	expect(said.called).toMatchObject({
		result: { content: [{ type: 'text', text: expect.stringContaining('Rest') }] }
	});
	expect(said.called).not.toMatchObject({ result: { isError: true } });
	expect(said.submitted).toMatchObject({ status: 'ACCEPTED', result: [{ name: 'Rest' }] });
	expect(said.misnamed).toMatchObject({ status: 'REJECTED', error: expect.stringContaining('UUIDv7') });
	await expect(page.getByText('Used 2 of 3 times')).toBeVisible();

	// A reading whose answer was lost was counted, and is asked for anew.
	for (const [label, words] of bounds) await other.getByLabel(label).last().fill(words);
	await loseAnAnswer(other);
	const ask = other.getByRole('button', { name: 'Ask the mirror' });
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('No answer came');
	await ask.click();
	await expect(other.getByRole('status')).toContainText('read and counted when you asked the first time');
	await expect(page.getByText('Used 3 of 3 times')).toBeVisible();
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('This permit is used up.');
});

test('of three hundred permits few stand in the page, and the oldest is reached', async ({ page }) => {
	await page.goto('/ledger/permits');
	await ready(page);
	await page.evaluate(
		async (ids) => {
			for (const [at, id] of ids.entries()) {
				const data = { label: `Friend ${at}`, tool: 'tensions.list', max_executions: 1 } as const;
				const valid_until = new Date(Date.now() + 3_600_000).toISOString();
				const sent = { id, kind: 'permit.issue', data: { ...data, valid_until } } as const;
				const { code } = await globalThis.mirror.dispatch(sent);
				if (code !== 'accepted') throw new Error(code);
			}
		},
		Array.from({ length: 300 }, newId)
	);
	const items = page.getByRole('list', { name: 'Permits you gave' }).getByRole('listitem');
	await expect(page.getByText('300 permits')).toBeVisible();
	await expect(items.first()).toContainText('Friend 299');
	expect(await items.count()).toBeLessThanOrEqual(150);
	await page.mouse.move(600, 500);
	await expect(async () => {
		await page.mouse.wheel(0, 5000);
		expect(await items.count()).toBeLessThanOrEqual(150);
		await expect(items.last()).toContainText('Friend 0', { timeout: 50 });
	}).toPass({ intervals: [0] });
	await expect(items.last()).toHaveAttribute('aria-setsize', '300');
	await items.last().getByRole('button', { name: 'Show the link for Friend 0' }).click();
	await expect(page.getByRole('dialog', { name: 'The permit link' })).toContainText(
		'Friend 0: Read the tensions, Used 0 of once'
	);
});
