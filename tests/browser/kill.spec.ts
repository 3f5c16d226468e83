import { expect, test, type Page } from '@playwright/test';
import { read, ready, writeLoop } from './client.ts';
import { Profile } from './profile.ts';

/** Pauses before a kill are drawn from here, so that a failing run can be repeated. */
function draws(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return (state / 2 ** 32) * below;
	};
}

/** Every acknowledged id, reported by the page the moment its receipt came. */
async function listen(page: Page, acked: Set<string>): Promise<void> {
	await page.exposeFunction('acked', (id: string) => void acked.add(id));
}

/** After a kill: it opens, every acknowledged reflection is there, and everything verifies. */
async function expectWhole(page: Page, acked: ReadonlySet<string>): Promise<void> {
	await ready(page);
	const missing = await page.evaluate(
		async (ids) => {
			const found = new Set<string>();
			let after: { created_at: string; id: string } | null = null;
			for (;;) {
				const page: readonly { created_at: string; id: string }[] = (
					await globalThis.mirror.read('reflections.list', { limit: 200, after })
				).rows;
				const last = page.at(-1);
				if (last === undefined) break;
				for (const row of page) found.add(row.id);
				after = { created_at: last.created_at, id: last.id };
			}
			return ids.filter((id) => !found.has(id));
		},
		[...acked]
	);
	expect(missing).toEqual([]);
	const [report] = (await read(page, 'ledger.verify', {})).rows;
	expect(report?.errors).toEqual([]);
	expect(report?.entries_verified).toBeGreaterThanOrEqual(acked.size + 2);
}

/** Time in which the browser does what is to be interrupted: what happens is checked, never how fast. */
function elapse(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

test('killed at 20 moments of writing, nothing acknowledged is lost', async () => {
	test.setTimeout(300_000);
	const [profile, acked, draw] = [new Profile(), new Set<string>(), draws(20)];
	for (let round = 0; round < 20; round++) {
		const page = await profile.open();
		await listen(page, acked);
		await expectWhole(page, acked);
		const writing = writeLoop(page, { count: 100_000, text: 'a line of some length, '.repeat(26) }).catch(
			() => undefined
		);
		await elapse(100 + draw(500));
		await profile.kill();
		await writing;
	}
	await expectWhole(await profile.open(), acked);
	expect(acked.size).toBeGreaterThan(40);
	await profile.remove();
});

test('killed at 10 moments around a snapshot and its switch of journals, nothing acknowledged is lost', async () => {
	test.setTimeout(300_000);
	const [profile, acked, draw] = [new Profile(), new Set<string>(), draws(10)];
	for (let round = 0; round < 10; round++) {
		const page = await profile.open();
		await listen(page, acked);
		await expectWhole(page, acked);
		await writeLoop(page, { count: 3, text: 'x'.repeat(500_000) });
		const writing = writeLoop(page, { count: 100_000, text: 'meanwhile' }).catch(() => undefined);
		await elapse(draw(120));
		await profile.kill();
		await writing;
	}
	await expectWhole(await profile.open(), acked);
	expect(acked.size).toBeGreaterThanOrEqual(30);
	await profile.remove();
});

test('killed at 10 moments of the first boot and its migration, it opens', async () => {
	test.setTimeout(300_000);
	const draw = draws(5);
	for (let round = 0; round < 10; round++) {
		const profile = new Profile();
		const context = await profile.start();
		const going = context
			.pages()[0]
			?.goto('/')
			.catch(() => undefined);
		await elapse(150 + draw(700));
		await profile.kill();
		await going;
		const page = await profile.open();
		await expectWhole(page, new Set());
		expect((await read(page, 'identities.list', {})).rows.map((identity) => identity.name)).toEqual(['Me']);
		await profile.remove();
	}
});
