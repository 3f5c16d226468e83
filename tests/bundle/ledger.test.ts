import { describe, expect, test } from 'vitest';
import { sha256Hex, textDigest } from '#base/hash.ts';
import type { BundleLedger } from '#domain/bundle.ts';
import { genesis, sealEntry, type AuditEntry } from '#kernel/ledger.ts';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { withFile } from './make.ts';
import { vector } from './vectors.ts';

async function ledgerOf(mirror: TestMirror, bundle: Uint8Array): Promise<BundleLedger> {
	const { ledger } = await mirror.stage(bundle);
	if (ledger === null) throw new Error('it holds no ledger');
	return ledger;
}

async function owner(mirror: TestMirror): Promise<string> {
	const kernels = (await mirror.read('kernel.status', {})).rows;
	return kernels.find(({ port, closed_at }) => port === 'owner' && closed_at === null)?.kernel_id ?? '';
}

/** A mirror that wrote a little, and a bundle of it. */
async function lived(world = createWorld()) {
	const mirror = await TestMirror.open(world);
	for (let at = 0; at < 3; at++) await mirror.write(`Written ${at}.`);
	return { mirror, bundle: await mirror.export(), kernel: await owner(mirror) };
}

/** The chain of a kernel hashed anew, from one entry on by another actor: sound by itself. */
function writtenAnew(bundle: Uint8Array, kernel: string, from: number): Uint8Array {
	return withFile(bundle, `kernel/${kernel}.json`, (text) => {
		const evidence = JSON.parse(text) as { ledger_entries: AuditEntry[] };
		const chain: AuditEntry[] = [];
		for (const {
			ledger_seq: at,
			prev_hash: _before,
			entry_hash: _hash,
			...entry
		} of evidence.ledger_entries) {
			const end = { next_seq: at, last_hash: chain.at(-1)?.entry_hash ?? genesis };
			chain.push(sealEntry(at < from ? entry : { ...entry, actor: 'mallory' }, end, textDigest(sha256Hex)));
		}
		return JSON.stringify({ ...evidence, ledger_entries: chain, root_hash: chain.at(-1)?.entry_hash });
	});
}

describe('the ledger of a bundle, before it is imported', () => {
	test('of this mirror agrees as far as it goes, and says how far', async () => {
		const { mirror, bundle, kernel } = await lived();
		await mirror.write('Written after it.');
		const { kernels, entries, findings, found, own } = await ledgerOf(mirror, bundle);
		expect({ findings, found }).toEqual({ findings: [], found: 0 });
		expect(own).toHaveLength(kernels);
		for (const { agree, theirs, differs } of own)
			expect({ agree, differs }).toEqual({ agree: theirs, differs: false });
		expect(own.reduce((sum, { theirs }) => sum + theirs, 0)).toBe(entries);
		const ours = own.find(({ kernel_id }) => kernel_id === kernel);
		expect(ours?.ours).toBeGreaterThan(ours?.theirs ?? Infinity);
		await mirror.core.close();
	});

	test('of this mirror as it was later goes further than what is here', async () => {
		const world = createWorld();
		const { mirror } = await lived(world);
		const { bundle, kernel } = await lived();
		const later = await lived(createWorld());
		await later.mirror.write('Written after it.');
		const further = await later.mirror.export();
		// The same life twice: the same entries, and the later bundle holds one more of them.
		expect((await ledgerOf(mirror, bundle)).own.every(({ agree, theirs }) => agree === theirs)).toBe(true);
		const ahead = (await ledgerOf(mirror, further)).own.find(({ kernel_id }) => kernel_id === kernel);
		expect(ahead?.differs).toBe(false);
		expect(ahead?.theirs).toBeGreaterThan(ahead?.ours ?? Infinity);
		for (const one of [mirror, later.mirror]) await one.core.close();
	});

	test('that was written anew is found, though its chain is sound and its manifest fits', async () => {
		const { mirror, bundle, kernel } = await lived();
		const { own, findings } = await ledgerOf(mirror, writtenAnew(bundle, kernel, 2));
		expect(findings).toEqual([]);
		expect(own.find(({ kernel_id }) => kernel_id === kernel)).toMatchObject({ agree: 2, differs: true });
		await mirror.core.close();
	});

	test('that does not verify is told of with what is wrong, and keeps nobody from importing', async () => {
		const { bundle, kernel } = await lived();
		const elsewhere = createWorld(7);
		elsewhere.now += 86_400_000;
		const mirror = await TestMirror.open(elsewhere);
		const path = `kernel/${kernel}.json`;
		const altered = withFile(bundle, path, (text) => text.replace('reflection.create', 'reflection.purge'));
		const { findings, found, own } = await ledgerOf(mirror, altered);
		expect(own).toEqual([]);
		expect(found).toBeGreaterThan(0);
		expect(findings[0]).toMatch(path);
		const unread = await ledgerOf(
			mirror,
			withFile(bundle, path, () => '{')
		);
		expect(unread.findings).toEqual([expect.stringContaining(path)]);
		expect(await mirror.import(altered)).toMatchObject({ code: 'accepted' });
		await mirror.core.close();
	});

	test('is none in what other programs wrote', async () => {
		const mirror = await TestMirror.open();
		expect((await mirror.stage(vector('mirror_bundle_20251208_153000.zip'))).ledger).toBeNull();
		await mirror.core.close();
	});
});
