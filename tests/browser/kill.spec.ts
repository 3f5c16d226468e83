import { expect, test } from '@playwright/test';
import { read, ready, writeLoop } from './client.ts';
import { Host } from './host.ts';
import { draws, elapse, expectWhole, fill, listen, note, show } from './killing.ts';
import { forgetBuild, newerBuild, newerSchema } from './newer-build.ts';
import { Profile } from './profile.ts';
import { StoreFiles, type Moment } from './store-files.ts';

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
		await elapse(50 + draw(250));
		await profile.kill();
		await writing;
	}
	await expectWhole(await profile.open(), acked);
	expect(acked.size).toBeGreaterThan(40);
	await profile.remove();
});

/** The first boot compacts what its migration made: from then on each file says what it is. */
async function filesOf(profile: Profile): Promise<StoreFiles> {
	await expect.poll(() => StoreFiles.find(profile.folder)?.moment).toBe('whole');
	return StoreFiles.find(profile.folder)!;
}

test('killed around a switch of journals and within a snapshot, five times each, nothing acknowledged is lost', async () => {
	test.setTimeout(300_000);
	const [profile, acked] = [new Profile(), new Set<string>()];
	const hits: Record<Moment, number> = { switch: 0, image: 0, snapshot: 0, whole: 0 };
	let page = await profile.open();
	await listen(page, acked);
	await ready(page);
	const files = await filesOf(profile);
	// How long a journal is without its header is up to the disk: most kills that aim at it hit, some come just behind it.
	for (let round = 0; round < 25 && Math.min(hits.switch, hits.snapshot) < 5; round++) {
		// What the kill before has interrupted is done over first, so that all that is found was done now.
		await show(page, 'hidden');
		await expect.poll(() => files.moment).toBe('whole');
		await show(page, 'visible');
		await fill(page);
		const writing = writeLoop(page, { count: 100_000, text: 'meanwhile' }).catch(() => undefined);
		const killNow = profile.aim();
		const killed = new Promise<void>((resolve) =>
			files.atStep(files.step + (hits.snapshot < 5 ? 3 : 1), () => resolve(killNow()))
		);
		await show(page, 'hidden').catch(() => undefined);
		await killed;
		await profile.kill();
		await writing;
		hits[files.moment]++;
		page = await profile.open();
		await listen(page, acked);
		await expectWhole(page, acked);
	}
	note(JSON.stringify(hits));
	expect(hits.switch + hits.image).toBeGreaterThanOrEqual(5);
	expect(hits.snapshot).toBeGreaterThanOrEqual(5);
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

test('killed at five moments of the migration of a filled mirror, it opens with all that was in it', async () => {
	test.setTimeout(300_000);
	const [newer, filled, acked] = [newerBuild(), new Profile(), new Set<string>()];
	const older = await Host.start();
	const { origin } = older;
	const page = await filled.open(`${origin}/`);
	await listen(page, acked);
	await ready(page);
	await writeLoop(page, { count: 40, text: 'of the time before' });
	await fill(page);
	const written = await filesOf(filled);
	const before = written.step + 4;
	await show(page, 'hidden');
	await expect.poll(() => written.step).toBe(before);
	await forgetBuild(page, origin);
	await page.context().close();
	await filled.kill();
	await older.stop();
	const server = await Host.start(['--folder', newer.folder], Number(new URL(origin).port));

	let interrupted = 0;
	// A snapshot as a backup, the migration as one record, and a snapshot of what it made: eight steps.
	for (const step of [1, 3, 4, 6, 7]) {
		const profile = filled.copy();
		const files = StoreFiles.find(profile.folder)!;
		const starting = (await profile.start()).pages()[0]!;
		let killNow = () => profile.aim()();
		const killed = new Promise<void>((resolve) => files.atStep(before + step, () => resolve(killNow())));
		await starting.goto(`${origin}/`, { waitUntil: 'commit' });
		killNow = profile.aim();
		await killed;
		await profile.kill();
		note(`${files.step - before} of 8, aimed at ${step}`);
		if (files.step < before + 8) interrupted++;
		const again = await profile.open(`${origin}/`);
		await expectWhole(again, acked);
		expect((await read(again, 'system.health', {})).rows[0]?.schema_version).toBe(newerSchema);
		await profile.remove();
	}
	// The first three have most of the way still before them, however late the kill comes.
	expect(interrupted).toBeGreaterThanOrEqual(3);
	expect(acked.size).toBe(41);
	await filled.remove();
	await server.stop();
	newer.remove();
});
