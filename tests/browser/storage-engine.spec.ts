import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { Profile } from './profile.ts';
import { goTo, heldBy, settled, writeOn } from './steps.ts';

/** On disk: in a context without a profile PostgreSQL's files are ten times slower. */
let profile: Profile;

test.beforeEach(() => void (profile = new Profile()));
// Also ends a process that a failing test left stopped.
test.afterEach(() => profile.remove());

function section(page: Page): Locator {
	return page.getByRole('region', { name: 'Storage engine' });
}

function engineOf(page: Page): Promise<string | undefined> {
	return read(page, 'system.health', {}).then(({ rows }) => rows[0]?.engine);
}

/** What stands there now, on a phone and on a desk. */
async function expectFit(page: Page, what: string): Promise<void> {
	await page.emulateMedia({ reducedMotion: 'reduce' });
	for (const size of [
		{ width: 390, height: 844 },
		{ width: 1280, height: 800 }
	]) {
		await page.setViewportSize(size);
		await expectAccessible(page, what);
	}
}

/** Opens the question with a key, and answers with the dialog. */
async function askFor(page: Page, button: string, title: string): Promise<Locator> {
	await section(page).getByRole('button', { name: button }).press('Enter');
	const dialog = page.getByRole('dialog', { name: title });
	await expect(dialog).toBeVisible();
	return dialog;
}

/** An entry that is asked for while the mirror is copied: its receipt comes when the other engine has it. */
function writeMeanwhile(page: Page, content: string) {
	const created_at = '2026-03-04T23:30:00.000Z';
	const data = { id: newId(), identity_id: null, content, created_at, local_date: '2026-03-05' };
	return dispatch(page, 'reflection.create', data);
}

test('a mirror moves to PostgreSQL and back by the keyboard, and what was left behind is removed', async () => {
	const page = await profile.open();
	await ready(page);
	await writeOn(page, 'Written before the change.');
	await settled(page);
	await goTo(page, 'System');
	const here = section(page);
	await expect(here).toContainText('SQLite keeps your mirror now.');
	await expect(here.getByRole('button', { name: 'Change to PostgreSQL' })).toBeVisible();
	// Two tabs may look at the same time.
	const looks = await Promise.all([1, 2].map(() => read(page, 'storage.state', {})));
	expect(looks.map(({ rows }) => rows[0]?.other.obstacle)).toEqual([null, null]);
	await here.getByText('What each engine is good at').click();
	await expectFit(page, 'the engines');

	const question = await askFor(page, 'Change to PostgreSQL', 'Change to PostgreSQL?');
	await expectFit(page, 'the question before a change');
	const downloading = page.waitForEvent('download');
	await question.getByRole('button', { name: 'Export bundle' }).press('Enter');
	expect((await downloading).suggestedFilename()).toMatch(/^mirror_bundle_/);
	await question.getByRole('button', { name: 'Change to PostgreSQL' }).press('Enter');
	await expect(here.getByRole('status')).toHaveText('Your mirror is being copied to PostgreSQL.');
	await expect(here.getByRole('heading', { name: 'Storage engine' })).toBeFocused();
	const meanwhile = writeMeanwhile(page, 'Written while it was copied.');
	await expect(here.getByRole('status')).toHaveText(
		/^Your mirror is kept by PostgreSQL now\. [12] reflections? and all that belongs/,
		{ timeout: 90_000 }
	);
	expect((await meanwhile).code).toBe('accepted');
	await expect(here).toContainText('PostgreSQL keeps your mirror now.');
	await expect(page.getByRole('region', { name: 'Health' })).toContainText('PostgreSQL, on disk');
	await expect(here).toContainText('A copy of your mirror is kept in SQLite, as your mirror was on');
	await expectFit(page, 'a mirror in PostgreSQL');
	expect(await heldBy(page)).toMatchObject({ reflections: 2, trashed: 0 });

	await page.reload();
	await ready(page);
	await (
		await askFor(page, 'Change to SQLite', 'Change to SQLite?')
	)
		.getByRole('button', { name: 'Change to SQLite' })
		.press('Enter');
	await expect(here.getByRole('status')).toContainText(
		'Your mirror is kept by SQLite now. 2 reflections and all',
		{ timeout: 90_000 }
	);
	await expect(here).toContainText('PostgreSQL still holds your mirror as it was on');
	const removal = await askFor(page, 'Remove it', 'Remove what PostgreSQL left?');
	await expect(removal.getByRole('button', { name: 'Keep it' })).toBeFocused();
	await expectFit(page, 'the question before what was left is removed');
	await removal.getByRole('button', { name: 'Remove it for good' }).press('Enter');
	await expect(here).toContainText('What PostgreSQL kept is removed.', { timeout: 60_000 });
	await expect(page.getByRole('dialog')).toBeHidden();
	await expect(here.getByRole('heading', { name: 'Storage engine' })).toBeFocused();
	await expect(here).not.toContainText('PostgreSQL still holds');
	await page.reload();
	await ready(page);
	expect((await read(page, 'storage.state', {})).rows[0]).toMatchObject({
		engine: 'sqlite',
		other: { is_kept: false, copied_at: null }
	});
	expect(await heldBy(page)).toMatchObject({ reflections: 2, trashed: 0 });
});

test('asked for in a tab that another answers for, a change is seen, outlives its page, and is cancelled', async () => {
	const owner = await profile.open();
	await ready(owner);
	const page = await profile.open('/system');
	await ready(page);
	await writeMeanwhile(page, 'To be kept where it is.');
	// The owner's process may be the one that hands out the parts of pages.
	await goTo(page, 'Ledger');
	await goTo(page, 'System');
	const pid = await profile.rendererOf(owner);
	expect(pid).not.toBe(await profile.rendererOf(page));
	// The one that copies is stopped as soon as something is counted: then nothing moves until it is told to go on.
	let isStopped = false;
	await page.exposeFunction('stopOwner', () => {
		process.kill(pid, 'SIGSTOP');
		isStopped = true;
	});
	await page.evaluate(() => {
		const { stopOwner } = globalThis as { stopOwner?: () => Promise<void> };
		const stop = globalThis.mirror.copying(({ phase }) => {
			if (phase !== 'copying') return;
			stop();
			void stopOwner?.();
		});
	});
	const here = section(page);
	await (
		await askFor(page, 'Change to PostgreSQL', 'Change to PostgreSQL?')
	)
		.getByRole('button', { name: 'Change to PostgreSQL' })
		.press('Enter');
	await expect(here.getByRole('progressbar')).toBeVisible();
	await expect.poll(() => isStopped, { timeout: 60_000 }).toBe(true);
	await expect(here.getByRole('progressbar', { name: /opied and compared/ })).toBeVisible();
	await goTo(page, 'Ledger');
	await goTo(page, 'System');
	await expect(here.getByRole('status')).toHaveText('Your mirror is being copied to PostgreSQL.');
	await expect(here.getByRole('progressbar')).toBeVisible();
	await expect(here.getByRole('button', { name: 'Change to' })).toBeHidden();
	await expectFit(page, 'a mirror that is being copied');
	await here.getByRole('button', { name: 'Cancel' }).press('Enter');
	await expect(here.getByRole('progressbar', { name: 'Stopping…' })).toBeVisible();
	process.kill(pid, 'SIGCONT');
	await expect(here.getByRole('status')).toHaveText(
		'The copy was stopped. Your mirror stands where it stood, and nothing was changed.',
		{ timeout: 60_000 }
	);
	await expect(here.getByRole('button', { name: 'Change to PostgreSQL' })).toBeVisible();
	await expect(here).toContainText('SQLite keeps your mirror now.');
	await expectFit(page, 'a change that was cancelled');
	expect((await read(page, 'storage.state', {})).rows[0]?.other.is_kept).toBe(false);
	expect(await engineOf(owner)).toBe('sqlite');
	expect(await heldBy(page)).toMatchObject({ reflections: 1, trashed: 0 });
});

test('what this browser can do is said also where the page was left while it was tried out', async () => {
	const page = await profile.open();
	await ready(page);
	for (let round = 0; round < 4; round++) {
		// Begun, and not waited for.
		await page.evaluate(() => void globalThis.mirror.read('storage.state', {}).catch(() => undefined));
		await page.reload();
		await ready(page);
		const [state] = (await read(page, 'storage.state', {})).rows;
		expect(state?.other.obstacle).toBeNull();
	}
});
