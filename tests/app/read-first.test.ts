import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '#base/bytes.ts';
import type { Kind, Request } from '#domain/command.ts';
import type { KernelStatus } from '#domain/ledger.ts';
import { verifyEvidenceText } from '#app/inspect.ts';
import { TestMirror } from './mirror.ts';

/** A mirror whose ledger is read in many slices: most of its entries are packed, four to a file. */
async function longLived(): Promise<TestMirror> {
	const mirror = await TestMirror.open();
	for (let at = 0; at < 30; at++) await mirror.write(`Entry ${at}.`);
	while ((await mirror.dispatch('ledger.archive', { kept: 8, together: 4 })).result?.['entries'] === 4);
	return mirror;
}

async function inCharge(mirror: TestMirror): Promise<KernelStatus> {
	const [kernel] = (await mirror.read('kernel.status', {})).rows;
	if (kernel === undefined) throw new Error('no kernel');
	return kernel;
}

/** Does `work` in the first pause of what is asked next, and waits until it is done: nobody would wait for ever. */
function meanwhile<T>({ world }: TestMirror, work: () => Promise<T>): { readonly done: T[] } {
	const done: T[] = [];
	world.pause = async () => {
		world.pause = () => Promise.resolve();
		done.push(await work());
	};
	return { done };
}

async function evidenceOf(mirror: TestMirror, kernel_id: string): Promise<string> {
	const [row] = (await mirror.read('kernel.evidence', { kernel_id })).rows;
	return row === undefined ? 'none' : row.file.text();
}

async function archived(mirror: TestMirror) {
	const [archive] = (await mirror.read('evidence.list', {})).rows;
	const [row] = (await mirror.read('evidence.file', { name: archive?.name ?? '' })).rows;
	return { archive, text: gunzipSync(row?.file ?? new Uint8Array()).toString() };
}

describe.for<{ readonly what: string; readonly ask: (kernel: KernelStatus) => [Kind, Request['data']] }>([
	{
		what: 'archiving',
		ask: ({ kernel_id }) => ['evidence.archive', { kernel_id, reason: 'asked' }]
	},
	{ what: 'replacing', ask: ({ port }) => ['kernel.replace', { port, reason: 'archival' }] }
])('$what a kernel with a long ledger', ({ ask }) => {
	test('keeps no save waiting, and holds what was saved meanwhile', async () => {
		const mirror = await longLived();
		const kernel = await inCharge(mirror);
		const saved = meanwhile(mirror, () => mirror.write('Written while it was read.'));
		const receipt = await mirror.dispatch(...ask(kernel));
		expect(receipt).toMatchObject({ code: 'accepted' });
		expect(saved.done).toHaveLength(1);
		const { rows } = await mirror.read('kernel.status', {});
		expect(rows.find(({ kernel_id }) => kernel_id === kernel.kernel_id)?.entries).toBeGreaterThan(
			kernel.entries
		);
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	});

	test('does not mind entries that are packed meanwhile', async () => {
		const mirror = await longLived();
		const kernel = await inCharge(mirror);
		const packed = meanwhile(mirror, () => mirror.dispatch('ledger.archive', { kept: 1, together: 5 }));
		expect(await mirror.dispatch(...ask(kernel))).toMatchObject({ code: 'accepted' });
		expect(packed.done).toMatchObject([{ code: 'accepted', result: { entries: 5 } }]);
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	});
});

describe('an archive that was read with commands in between', () => {
	test('is the whole ledger of one moment, and verifies', async () => {
		const mirror = await longLived();
		const { kernel_id, entries } = await inCharge(mirror);
		meanwhile(mirror, () => mirror.write('Written while it was read.'));
		await mirror.dispatch('evidence.archive', { kernel_id, reason: 'asked' });
		const { archive, text } = await archived(mirror);
		expect(archive).toMatchObject({ kernel_id, is_valid: true, entries: entries + 1 });
		expect(verifyEvidenceText(text)).toMatchObject({
			ok: true,
			value: { is_valid: true, entries_verified: entries + 1, computed_root_hash: archive?.root_hash }
		});
	});

	test('a kernel that was replaced meanwhile is archived as it ended', async () => {
		const mirror = await longLived();
		const { kernel_id, port } = await inCharge(mirror);
		meanwhile(mirror, () => mirror.dispatch('kernel.replace', { port, reason: 'archival' }));
		await mirror.dispatch('evidence.archive', { kernel_id, reason: 'asked' });
		const { rows } = await mirror.read('evidence.kernels', {});
		expect(rows.find((kernel) => kernel.kernel_id === kernel_id)).toMatchObject({
			...{ kept: 1, is_missing: false, newest: { is_valid: true } }
		});
	});
});

describe('a kernel that is replaced while it is verified', () => {
	test('twice at the same time: each replaces the one that is in charge then', async () => {
		const mirror = await longLived();
		const { kernel_id, port } = await inCharge(mirror);
		const other = meanwhile(mirror, () => mirror.dispatch('kernel.replace', { port, reason: 'archival' }));
		const receipt = await mirror.dispatch('kernel.replace', { port, reason: 'archival' });
		expect(other.done).toMatchObject([{ code: 'accepted', result: { previous_kernel_id: kernel_id } }]);
		expect(receipt).toMatchObject({
			code: 'accepted',
			result: { previous_kernel_id: other.done[0]?.result?.['kernel_id'], findings: 0 }
		});
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	});
});

test('a mirror that is closed meanwhile answers first', async () => {
	const mirror = await longLived();
	const { kernel_id } = await inCharge(mirror);
	const closed: Promise<void>[] = [];
	meanwhile(mirror, async () => void closed.push(mirror.core.close()));
	const receipt = await mirror.dispatch('evidence.archive', { kernel_id, reason: 'asked' });
	expect(receipt).toMatchObject({ code: 'accepted' });
	await Promise.all(closed);
	const again = await TestMirror.open(mirror.world);
	expect((await archived(again)).archive).toMatchObject({ kernel_id, is_valid: true });
});

describe('evidence as a file', () => {
	test('is what the view of it says, made with commands in between', async () => {
		const mirror = await longLived();
		const { kernel_id, entries } = await inCharge(mirror);
		const saved = meanwhile(mirror, () => mirror.write('Written while it was read.'));
		const text = await evidenceOf(mirror, kernel_id);
		expect(saved.done).toHaveLength(1);
		const [whole] = (await mirror.read('ledger.evidence', { kernel_id })).rows;
		expect(whole?.entry_count).toBe(entries + 1);
		expect(text).toBe(JSON.stringify({ ...whole, exported_at_ms: JSON.parse(text).exported_at_ms }));
	});

	test('of no kernel is none', async () => {
		const mirror = await TestMirror.open();
		expect((await mirror.read('kernel.evidence', { kernel_id: 'nobody' })).rows).toEqual([]);
	});

	test('that comes from elsewhere is verified with commands in between', async () => {
		const mirror = await longLived();
		const { kernel_id } = await inCharge(mirror);
		const text = await evidenceOf(mirror, kernel_id);
		const elsewhere = await TestMirror.open();
		const saved = meanwhile(elsewhere, () => elsewhere.write('Written while it was verified.'));
		const file = toBase64(new TextEncoder().encode(text));
		const receipt = await elsewhere.dispatch('evidence.keep', { file });
		expect(receipt).toMatchObject({ code: 'accepted', result: { is_new: 1, is_valid: 1 } });
		expect(saved.done).toHaveLength(1);
	});
});
