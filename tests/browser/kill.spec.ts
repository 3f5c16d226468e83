import { expect, test, type Page } from '@playwright/test';
import { read, ready, writeLoop } from './client.ts';
import { Build, Host } from './host.ts';
import { draws, elapse, end, expectWhole, fill, listen, show } from './killing.ts';
import { changeCore, forgetBuild, makeNewer, newerSchema } from './newer-build.ts';
import { Profile } from './profile.ts';
import { standStillAfter, StoreFiles } from './store-files.ts';

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
		await end(profile, round);
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

/** Fills the mirror, and has it compacted while more is written; ends only with the page. */
async function compactAndWrite(page: Page): Promise<void> {
	await fill(page);
	await Promise.all([writeLoop(page, { count: 100_000, text: 'meanwhile' }), show(page, 'hidden')]);
}

test('killed around a switch of journals and within a snapshot, five times each, nothing acknowledged is lost', async () => {
	test.setTimeout(300_000);
	const [profile, acked] = [new Profile(), new Set<string>()];
	let page = await profile.open();
	await listen(page, acked);
	await ready(page);
	const files = await filesOf(profile);
	// By how many steps into a compaction they come.
	const aims = [
		{ moment: 'switch', steps: 1, times: 5 },
		{ moment: 'image', steps: 2, times: 2 },
		{ moment: 'snapshot', steps: 3, times: 5 }
	] as const;
	const kills = aims.flatMap((aim) => Array.from({ length: aim.times }, () => aim));
	for (const [round, { moment, steps }] of kills.entries()) {
		// What the kill before has interrupted is done over first, so that all that is found was done now.
		await show(page, 'hidden');
		await expect.poll(() => files.moment).toBe('whole');
		await show(page, 'visible');
		await expect.poll(() => page.workers().length).toBe(1);
		await page.workers()[0]!.evaluate(standStillAfter, steps);
		const reached = files.reach(files.step + steps);
		const going = compactAndWrite(page);
		await Promise.race([reached, going.then(() => reached)]);
		await end(profile, round);
		await going.catch(() => undefined);
		expect(files.moment).toBe(moment);
		page = await profile.open();
		await listen(page, acked);
		await expectWhole(page, acked);
	}
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
	const [build, filled, acked] = [new Build(), new Profile(), new Set<string>()];
	const server = await Host.start(['--folder', build.folder]);
	const { origin } = server;
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
	expect(acked.size).toBe(41);

	makeNewer(build);
	// The browser that is to be killed says in its own name where.
	const told = `Number(/still-after-(\\d+)/.exec(navigator.userAgent)?.[1] ?? Infinity)`;
	changeCore(build, (script) => `(${String(standStillAfter)})(${told});\n${script}`);
	// A snapshot as a backup, the migration as one record, and a snapshot of what it made: eight steps.
	for (const step of [1, 3, 4, 6, 7]) {
		const profile = filled.copy();
		const files = StoreFiles.find(profile.folder)!;
		const context = await profile.start([`--user-agent=still-after-${step}`]);
		const reached = files.reach(before + step);
		const going = context
			.pages()[0]
			?.goto(`${origin}/`)
			.catch(() => undefined);
		await reached;
		await profile.kill();
		await going;
		expect(files.step - before).toBe(step);
		const again = await profile.open(`${origin}/`);
		await expectWhole(again, acked);
		expect((await read(again, 'system.health', {})).rows[0]?.schema_version).toBe(newerSchema);
		await profile.remove();
	}
	await filled.remove();
	await server.stop();
	build.remove();
});
