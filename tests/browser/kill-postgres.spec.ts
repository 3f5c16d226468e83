import { expect, test, type Page } from '@playwright/test';
import { dispatch, read, ready, writeLoop } from './client.ts';
import { Build, Host } from './host.ts';
import { draws, elapse, end, expectWhole, fill, listen, note, show } from './killing.ts';
import { forgetBuild, makeNewer, newerSchema } from './newer-build.ts';
import { Profile } from './profile.ts';

/* A profile on disk: in a private window files are kept in memory, and PostgreSQL's thousand of them are slow. */

async function engineOf(page: Page): Promise<string | undefined> {
	return (await read(page, 'system.health', {})).rows[0]?.engine;
}

/** A mirror with some entries, kept by SQLite still. */
async function filled(profile: Profile, acked: Set<string>, path = '/'): Promise<Page> {
	const page = await profile.open(path);
	await listen(page, acked);
	await ready(page);
	await writeLoop(page, { count: 60, text: 'a line of some length, '.repeat(26) });
	return page;
}

/** Whatever the machine does beside: what is to be lost has to be there first. */
function answered(acked: ReadonlySet<string>): Promise<void> {
	const before = acked.size;
	return expect.poll(() => acked.size, { intervals: [5], timeout: 30_000 }).toBeGreaterThan(before);
}

async function changeTo(page: Page, engine: 'sqlite' | 'postgres'): Promise<void> {
	expect(await dispatch(page, 'storage.switch', { engine })).toMatchObject({ code: 'accepted' });
	expect(await engineOf(page)).toBe(engine);
}

test('kept by PostgreSQL, killed at 20 moments of writing and 5 of a checkpoint, nothing acknowledged is lost', async () => {
	test.setTimeout(300_000);
	const [profile, acked, draw] = [new Profile(), new Set<string>(), draws(7)];
	await changeTo(await filled(profile, acked), 'postgres');
	await profile.kill();
	for (let round = 0; round < 25; round++) {
		const isCheckpoint = round >= 20;
		const page = await profile.open();
		await listen(page, acked);
		await expectWhole(page, acked);
		if (isCheckpoint) await fill(page);
		const text = 'a line of some length, '.repeat(26);
		const writing = writeLoop(page, { count: 100_000, text }).catch(() => undefined);
		await answered(acked);
		if (isCheckpoint) await show(page, 'hidden');
		await elapse(draw(isCheckpoint ? 120 : 250));
		await end(profile, round);
		await writing;
	}
	const page = await profile.open();
	await expectWhole(page, acked);
	expect(await engineOf(page)).toBe('postgres');
	note(`${acked.size} acknowledged`);
	expect(acked.size).toBeGreaterThan(60 + 20);
	await profile.remove();
});

test('killed at 5 moments of its first boot and 5 of the change to it, one complete mirror is in charge', async () => {
	test.setTimeout(300_000);
	const [profile, acked, draw] = [new Profile(), new Set<string>(), draws(3)];
	let page = await filled(profile, acked);
	const found: (string | undefined)[] = [];
	// Shares of the copy that are done when it is killed; below 0: before there is any.
	for (const [round, share] of [-1, -1, -1, -1, -1, 0, 0.3, 0.6, 1, 1].entries()) {
		let reached: () => void = () => undefined;
		const isReached = new Promise<void>((resolve) => (reached = resolve));
		await page.exposeFunction('copied', (done: number, total: number) => {
			if (share >= 0 && done >= share * total) reached();
		});
		await page.evaluate(() => {
			const { copied } = globalThis as unknown as { copied: (done: number, total: number) => Promise<void> };
			globalThis.mirror.copying(({ phase, done, total }) => {
				if (phase === 'copying') void copied(done, total);
			});
		});
		const changing = dispatch(page, 'storage.switch', { engine: 'postgres' }).catch(() => undefined);
		const writing = writeLoop(page, { text: 'meanwhile' }).catch(() => undefined);
		await (share < 0 ? elapse(100 + draw(1400)) : isReached);
		if (share === 1) await elapse(draw(900));
		await end(profile, round);
		await Promise.all([changing, writing]);
		page = await profile.open();
		await listen(page, acked);
		await expectWhole(page, acked);
		found.push(await engineOf(page));
		if (found.at(-1) === 'postgres') await changeTo(page, 'sqlite');
	}
	note(found.join(' '));
	await changeTo(page, 'postgres');
	await expectWhole(page, acked);
	await profile.remove();
});

test('killed at 5 moments of a migration of what PostgreSQL keeps, it opens with all that was in it', async () => {
	test.setTimeout(300_000);
	const [build, profile, acked, draw] = [new Build(), new Profile(), new Set<string>(), draws(11)];
	const server = await Host.start(['--folder', build.folder]);
	const { origin } = server;
	const page = await filled(profile, acked, `${origin}/`);
	await changeTo(page, 'postgres');
	await writeLoop(page, { count: 20, text: 'by PostgreSQL' });
	await forgetBuild(page, origin);
	await profile.kill();
	makeNewer(build);
	let interrupted = 0;
	for (let round = 0; round < 5; round++) {
		const copy = profile.copy();
		const starting = (await copy.start()).pages()[0]!;
		await starting.goto(`${origin}/`, { waitUntil: 'commit' });
		await elapse(500 + draw(1500));
		const killed_at = new Date().toISOString();
		await end(copy, round);
		const again = await copy.open(`${origin}/`);
		await expectWhole(again, acked);
		const [health] = (await read(again, 'system.health', {})).rows;
		expect(health).toMatchObject({ schema_version: newerSchema, engine: 'postgres' });
		if ((health?.migrations.at(-1)?.applied_at ?? '') > killed_at) interrupted++;
		await copy.remove();
	}
	note(`${interrupted} of 5 before the migration was done`);
	await profile.remove();
	await server.stop();
	build.remove();
});
