import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { ledger } from '#cli/ledger.ts';
import type { Terminal } from '#cli/terminal.ts';
import type { LedgerCheckpoint } from '#domain/ledger.ts';
import { asOtherVersion, createWorld, TestMirror } from '../app/mirror.ts';
import { withFile } from '../bundle/make.ts';
import { sql } from '../storage/sql.ts';

const bin = fileURLToPath(new URL('../../src/cli/mirror.js', import.meta.url));
const vectors = fileURLToPath(new URL('../vectors/kernels/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mirror-ledger-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `mirror ledger` in this process: another one takes a second to start. */
async function mirror(...words: string[]) {
	const ran = { status: 0, out: '', complaint: '' };
	const terminal: Terminal = {
		json: words.includes('--json'),
		print: (line) => void (ran.out += `${line}\n`),
		complain: (line) => void (ran.complaint += `${line}\n`),
		lines: () => {
			throw new Error('nothing is asked on standard input');
		}
	};
	ran.status = await ledger.run(words, terminal);
	return ran;
}

/** The answers with `--json`, one for each line. */
async function answers(...words: string[]): Promise<{ status: number; json: Record<string, unknown>[] }> {
	const { status, out } = await mirror(...words, '--json');
	const lines = out.trimEnd().split('\n');
	return { status, json: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

/** What a verification finds in a bundle. */
function verified(bundle: string): readonly string[] {
	const found = verifyBundle(new Uint8Array(readFileSync(bundle)), sql);
	if (!found.ok) throw new Error(found.error.message);
	return [...found.value.errors, ...found.value.structural];
}

/** A bundle with another file in place of one of its own, its manifest made to fit. */
function altered(name: string, bundle: string, path: string, change: (text: string) => string): string {
	return file(name, withFile(new Uint8Array(readFileSync(bundle)), path, change));
}

/** Two exports of one mirror, between them another kernel and packing; one of another mirror; and what the page would show. */
const made = { older: '', newer: '', other: '', noted: {} as LedgerCheckpoint };
const secret = 'Nobody else is to read this.';

beforeAll(async () => {
	const world = createWorld(1, 'sqlite');
	let open = await TestMirror.open(world);
	await open.write(secret);
	made.older = file('older.zip', await open.export());
	// The bundle was made before its own release was written down.
	const [now] = (await open.read('ledger.checkpoint', {})).rows as [LedgerCheckpoint];
	const from = now.size - 1;
	const [then] = (await open.read('ledger.proof', { kind: 'consistency', from })).rows;
	if (then?.kind !== 'consistency') throw new Error('nothing shows what the ledger was before the release');
	made.noted = { size: from, root: then.from_root, time: now.time };
	await open.core.close();
	await asOtherVersion(world);
	open = await TestMirror.open(world);
	for (let at = 0; at < 4; at++) await open.write(`Entry ${at}.`);
	await open.dispatch('ledger.archive', { kept: 2, together: 5 });
	made.newer = file('newer.zip', await open.export());
	await open.core.close();
	open = await TestMirror.open(createWorld(2, 'sqlite'));
	for (let at = 0; at < 5; at++) await open.write('Elsewhere.');
	made.other = file('other.zip', await open.export());
	await open.core.close();
});

test('mirror ledger is one of the commands', () => {
	const { status, stdout } = spawnSync(process.execPath, [bin, 'ledger', 'checkpoint', made.older], {
		encoding: 'utf8'
	});
	expect(stdout).toContain(`${made.older}: ${made.noted.size} entries, root ${made.noted.root}\n`);
	expect(status).toBe(0);
});

describe('mirror ledger', () => {
	test('checkpoint says of a bundle what the mirror itself said, and of evidence what its ledger is', async () => {
		const evidence = `${vectors}bundles/03-strict-fifty.json`;
		const { status, json } = await answers('checkpoint', made.older, evidence);
		const { size, root } = made.noted;
		expect(json).toEqual([
			{
				file: made.older,
				kind: 'bundle',
				is_valid: true,
				size,
				root,
				time: expect.stringMatching(/^2026-11-21T/) as string
			},
			expect.objectContaining({ kind: 'evidence', is_valid: true, size: 50 })
		]);
		expect(status).toBe(0);
		expect(verified(made.newer)).toEqual([]);
	});

	test('prove and check show one entry, and the proof holds nothing of the others', async () => {
		const path = join(folder, 'entry.json');
		const { out } = await mirror('prove', made.newer, '--position', '7', '--out', path);
		const proof = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
		const { size, root, entry, path: hashes } = proof;
		expect(out).toBe(
			`${path}: Entry 7 stands among the ${String(size)} entries with the root ${String(root)}.\n`
		);
		expect(Object.keys(proof).sort()).toEqual(
			['entry', 'format', 'kernel_id', 'kind', 'path', 'position', 'root', 'size', 'version'].sort()
		);
		expect(Object.keys(entry as object)).toHaveLength(22);
		for (const hash of hashes as string[]) expect(hash).toMatch(/^[0-9a-f]{64}$/);
		const [known] = (await answers('checkpoint', made.newer)).json;
		expect(known).toMatchObject({ size, root });
		const words = ['check', path, '--root', String(root), '--size', String(size)];
		expect(await mirror(...words)).toMatchObject({
			status: 0,
			out: `${path}: Proof valid. ${out.slice(path.length + 2)}`
		});
	});

	test('prove and check show that two exports are one history, with another kernel between them', async () => {
		const path = join(folder, 'growth.json');
		const proved = await answers('prove', made.older, made.newer, '--out', path);
		const { size, root } = made.noted;
		expect(proved).toMatchObject({ status: 0, json: [{ kind: 'consistency', from: size, from_root: root }] });
		expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(proved.json[0]);
		const checked = await answers('check', path, '--root', root, '--size', String(size));
		expect(checked).toMatchObject({ status: 0, json: [{ file: path, is_valid: true, errors: [] }] });
		expect(readFileSync(path, 'utf8')).not.toContain('intent');
	});

	test('prove says where two exports part', async () => {
		for (const [first, second, why] of [
			[made.older, made.other, 'They are not one history: entry 4 is another one.'],
			[made.newer, made.older, 'the second only']
		] as const)
			expect(await mirror('prove', first, second, '--json')).toMatchObject({
				status: 1,
				out: expect.stringContaining(why)
			});
	});

	test('check finds whatever was changed in a proof, and what is none it does not read', async () => {
		const proof = (await answers('prove', made.newer, '--position', '3')).json[0] as {
			size: number;
			root: string;
			position: number;
			entry: Record<string, unknown>;
			path: string[];
		};
		const wrong = {
			intent: { ...proof, entry: { ...proof.entry, intent: 'Something else' } },
			added: { ...proof, entry: { ...proof.entry, note: secret } },
			position: { ...proof, position: 4 },
			root: { ...proof, root: proof.path[0] },
			path: { ...proof, path: proof.path.toReversed() },
			short: { ...proof, path: proof.path.slice(1) }
		};
		const none = {
			more: { ...proof, note: secret },
			long: { ...proof, path: Array.from({ length: 65 }, () => proof.root) },
			hash: { ...proof, path: ['no'] },
			nothing: {}
		};
		const files = (of: object) =>
			Object.entries(of).map(([name, value]) => file(`${name}.json`, JSON.stringify(value)));
		const found = await answers('check', ...files(wrong));
		expect(found.status).toBe(1);
		expect(found.json.map(({ is_valid, errors }) => [is_valid, (errors as string[]).length])).toEqual(
			Object.keys(wrong).map(() => [false, 1])
		);
		const unread = await answers('check', ...files(none));
		expect(unread.status).toBe(2);
		for (const line of unread.json) expect(line).toMatchObject({ error: { code: 'not_a_proof' } });
		const right = file('right.json', JSON.stringify(proof));
		for (const known of [
			['--size', String(proof.size + 1)],
			['--root', made.noted.root]
		])
			expect(await mirror('check', right, ...known)).toMatchObject({
				status: 1,
				out: expect.stringContaining('not about the checkpoint that was noted')
			});
	});

	test('a bundle that places its entries wrongly is found by every command', async () => {
		type Stretches = [number, number][];
		const placing = (name: string, change: (stretches: Stretches, of: Stretches) => void) =>
			altered(`${name}.zip`, made.newer, 'ledger/tree.json', (text) => {
				const tree = JSON.parse(text) as { kernels: { kernel_id: string; positions: Stretches }[] };
				const [first, second] = tree.kernels;
				change(first?.positions ?? [], second?.positions ?? []);
				return JSON.stringify(tree);
			});
		const bundles = [
			placing('swapped', (first, second) => {
				const [, last = 0] = first[0] ?? [];
				first.splice(0, 1, [1, last - 1], [last + 1, last + 1]);
				second.splice(0, 1, [last, last]);
			}),
			placing('overlapping', (_first, second) => second.splice(0, 1, [1, 1])),
			placing('endless', (first) => first.splice(0, 1, [1, Number.MAX_SAFE_INTEGER])),
			placing('uncountable', (first) => first.splice(0, 1, [1e300, 1e300])),
			altered('twice.zip', made.newer, 'ledger/tree.json', (text) => {
				const tree = JSON.parse(text) as { kernels: object[] };
				const [first] = tree.kernels;
				return JSON.stringify({ ...tree, kernels: tree.kernels.map(() => first) });
			})
		];
		for (const bundle of bundles) {
			expect(verified(bundle)).toEqual([expect.stringMatching(/^the tree: /)]);
			expect(await answers('checkpoint', bundle)).toMatchObject({
				status: 2,
				json: [{ error: { code: 'bad_tree' } }]
			});
		}
	});

	test('evidence of every version can be proven entry by entry, but for what no hash covers', async () => {
		for (const name of [
			'bundles/legacy-v0.1.0.json',
			'bundles/spec-10-handmade.json',
			'bundles/shape-archive.json.gz',
			'bundles/06-denied-requests.json',
			'tampered/02-strict-three--extra-field.json'
		]) {
			const path = join(folder, 'version.json');
			const { status } = await mirror('prove', vectors + name, '--position', '2', '--out', path);
			expect([name, status, (await answers('check', path)).json[0]?.['errors']]).toEqual([name, 0, []]);
		}
	});

	test('a ledger that is broken gives no checkpoint and no proof', async () => {
		const broken = `${vectors}tampered/02-strict-three--actor.json`;
		for (const words of [
			['checkpoint', broken],
			['prove', broken, '--position', '1']
		])
			expect(await answers(...words)).toMatchObject({
				status: 1,
				json: [{ is_valid: false, errors: [expect.stringContaining('entry_hash mismatch')] }]
			});
		expect(await answers('prove', made.older, '--position', '99')).toMatchObject({
			status: 2,
			json: [{ file: made.older, error: { code: 'no_entry' } }]
		});
	});

	test.each([
		[['prove', 'x']],
		[['prove', 'x', 'y', '--position', '1', '--json']],
		[['prove', 'x', '--position', '0', '--json']],
		[['check', 'x', '--root', 'abc']]
	])('%j ends with 2 and says how it is used', async (words) => {
		const ran = await mirror(...words);
		expect(ran.status).toBe(2);
		expect(ran.complaint).toContain('Usage: mirror ledger');
	});
});
