import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { Profile } from './profile.ts';

/** Gives this origin so many bytes more than it has, or all that it likes again. Lasts as long as the page. */
async function room(page: Page, bytes?: number): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const { origin } = new URL(page.url());
	const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
	const quota = bytes === undefined ? {} : { quotaSize: used + bytes };
	await session.send('Storage.overrideQuotaForOrigin', { origin, ...quota });
}

/** Writes an entry that no engine makes shorter; answers with the code, or with the words of a refusal that none expects. */
async function write(page: Page, acked: Set<string>): Promise<string> {
	const id = newId();
	const { code, message } = await dispatch(page, 'reflection.create', {
		...{ id, identity_id: null, created_at: '2026-11-21T08:00:00.000Z', local_date: '2026-11-21' },
		content: Array.from({ length: 6000 }, () => crypto.randomUUID()).join(' ')
	});
	if (code === 'accepted') acked.add(id);
	return code === 'accepted' || code === 'storage_full' ? code : `${code}: ${message}`;
}

async function expectAll(page: Page, acked: ReadonlySet<string>): Promise<void> {
	const { rows } = await read(page, 'reflections.list', { limit: 200 });
	expect(rows.map(({ id }) => id).toSorted()).toEqual([...acked].toSorted());
	expect((await read(page, 'ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true, errors: [] });
}

// The second is more than one file of PostgreSQL's log, which it cannot do without.
const rooms = [3e6, 18e6];

for (const engine of ['sqlite', 'postgres'] as const) {
	test(`a full device refuses in words, reads, loses nothing, and takes entries again: ${engine}`, async () => {
		const [profile, acked] = [new Profile(), new Set<string>()];
		const page = await profile.open();
		await ready(page);
		if (engine === 'postgres')
			expect(await dispatch(page, 'storage.switch', { engine })).toMatchObject({ code: 'accepted' });
		for (const bytes of rooms) {
			await room(page, bytes);
			let said = 'accepted';
			for (let count = 0; said === 'accepted' && count < 60; count++) said = await write(page, acked);
			expect(said).toBe('storage_full');
			expect(await write(page, acked)).toBe('storage_full');
			await expectAll(page, acked);
			await page.reload();
			await ready(page);
			await expectAll(page, acked);
			await room(page);
			expect(await write(page, acked)).toBe('accepted');
		}
		await expectAll(page, acked);
		await profile.remove();
	});
}
