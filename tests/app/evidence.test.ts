import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { checkEvidence } from '#app/check-evidence.ts';
import { checkedAgainstOwn } from '#app/own-check.ts';
import { fromBase64, toBase64 } from '#base/bytes.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { archiveName, readArchiveName, type EvidenceArchive, type OwnComparison } from '#domain/evidence.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Answer, ViewInput } from '#domain/view.ts';
import { genesis, sealEntry, type AuditEntry } from '#kernel/ledger.ts';
import { vector, vectorPath } from '../kernel/vectors.ts';
import { sql } from '../storage/sql.ts';
import { asOtherVersion, createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

const day = 24 * 60 * 60 * 1000;

/** A mirror whose first kernel was replaced by that of another version, and this one by the present one. */
async function replaced(): Promise<TestMirror> {
	const world = createWorld();
	const before = await TestMirror.open(world);
	for (let at = 0; at < 4; at++) await before.write(`Written ${at}.`);
	await before.dispatch('reflection.trash', { id: 'nowhere' });
	await before.core.close();
	world.now += 2000;
	await asOtherVersion(world);
	world.now += 2000;
	const mirror = await TestMirror.open(world);
	// The first question begins its kernel.
	await mirror.write('Written under the third.');
	return mirror;
}

/** Those that decide or decided on the owner's requests, the one in charge first. */
async function kernelsOf(mirror: TestMirror) {
	const { rows: all } = await mirror.read('kernel.status', {});
	const owners = all.filter(({ port }) => port === 'owner').map(({ kernel_id }) => kernel_id);
	const { rows } = await mirror.read('evidence.kernels', {});
	return rows.filter(({ kernel_id }) => owners.includes(kernel_id));
}

async function archivesOf(mirror: TestMirror): Promise<readonly EvidenceArchive[]> {
	return (await mirror.read('evidence.list', {})).rows;
}

async function verifiedOf(mirror: TestMirror, name: string) {
	const verified = await mirror.checkArchive(name);
	if (verified === null) throw new Error('there is no such file');
	return verified;
}

async function fileOf(mirror: TestMirror, name: string): Promise<Uint8Array<ArrayBuffer>> {
	const [row] = (await mirror.read('evidence.file', { name })).rows;
	if (row === undefined || row.file === null) throw new Error('there is no such file');
	return row.file;
}

/** The kernel that is in charge. */
async function inCharge(mirror: TestMirror): Promise<string> {
	return (await kernelsOf(mirror))[0]?.kernel_id ?? '';
}

async function archive(mirror: TestMirror, kernel_id: string): Promise<string> {
	const receipt = await mirror.dispatch('evidence.archive', { kernel_id, reason: 'asked' });
	expect(receipt).toMatchObject({ code: 'accepted', result: { is_new: 1 } });
	return String(receipt.result?.['name']);
}

/** Takes in a file of the vectors. */
function take(mirror: TestMirror, name: string, more: { readonly name?: string } = {}): Promise<Receipt> {
	return mirror.dispatch('evidence.keep', { file: toBase64(readFileSync(vectorPath(name))), ...more });
}

/** Does something to the database behind the kernel's back, while the mirror is closed. */
async function behind(mirror: TestMirror, script: string): Promise<TestMirror> {
	await mirror.core.close();
	const database = await databaseOf(mirror.world);
	await database.transaction((tx) => tx.script(script));
	await database.close();
	return TestMirror.open(mirror.world);
}

async function put(world: World, name: string, file: Uint8Array): Promise<void> {
	const database = await databaseOf(world);
	await database.transaction((tx) =>
		tx.run('UPDATE evidence_files SET file = ? WHERE name = ?', [file, name])
	);
	await database.close();
}

/** Whether everything that the database holds is as the ledger says. */
async function findings(mirror: TestMirror): Promise<readonly string[]> {
	return (await mirror.read('ledger.verify', {})).rows[0]?.errors ?? ['no answer'];
}

describe('the ledger of a kernel as a file', () => {
	test('is archived, listed, verified and downloaded, of kernels in charge and replaced', async () => {
		const mirror = await replaced();
		const kernels = await kernelsOf(mirror);
		expect(kernels.map(({ closed_at, kept, is_missing }) => [closed_at === null, kept, is_missing])).toEqual([
			[true, 0, false],
			[false, 0, true],
			[false, 0, true]
		]);
		for (const { kernel_id, entries } of kernels) {
			const name = await archive(mirror, kernel_id);
			expect(readArchiveName(name)?.kernel_id).toBe(kernel_id);
			const [row] = await archivesOf(mirror);
			expect(row).toMatchObject({ name, kernel_id, entries, origin: 'own', reason: 'asked' });
			expect(row).toMatchObject({ is_valid: true, deleted_at: null });
			const file = await fileOf(mirror, name);
			expect([row?.sha256, row?.bytes]).toEqual([sha256Hex(file), file.length]);
			// The name is read with the characters of the clock, too.
			expect(await fileOf(mirror, name.replaceAll(/(?<=T\d\d)-|(?<=T\d\d-\d\d)-/g, ':'))).toEqual(file);

			const [whole] = (await mirror.read('ledger.evidence', { kernel_id })).rows;
			const text = gunzipSync(file).toString();
			const held = JSON.parse(text) as { ledger_entries: object[]; exported_at_ms: number };
			expect(text).toBe(JSON.stringify(held));
			expect(Object.keys(held)).toEqual([
				...['kernel_id', 'variant', 'exported_at_ms', 'root_hash', 'entry_count', 'ledger_entries']
			]);
			expect(held.ledger_entries).toEqual(whole?.ledger_entries.slice(0, entries));
			expect(await verifiedOf(mirror, name)).toMatchObject({
				...{ name, is_valid: true, unlike: [] },
				report: { entries_verified: entries, errors: [], structural: [], hash_profile: 'v3-19' }
			});
			const checked = await checkEvidence(file, { root: row?.root_hash ?? '' }, () => undefined);
			expect(checked).toMatchObject({ ok: true, value: { report: { is_valid: true, kernel_id } } });
		}
		const known = await kernelsOf(mirror);
		expect(known.every(({ kept, is_missing }) => kept === 1 && !is_missing)).toBe(true);
		for (const { kernel_id, newest } of known) {
			expect(readArchiveName(newest?.name ?? '')?.kernel_id).toBe(kernel_id);
			expect(newest).toMatchObject({ is_valid: true, deleted_at: null });
		}

		const stopped = await mirror.askedArchive(known[0]?.newest?.name ?? '', AbortSignal.abort());
		expect(stopped).toMatchObject({ ok: false, error: { code: 'cancelled' } });

		const again = await mirror.restart();
		const [row] = await archivesOf(again);
		expect((await archivesOf(again)).length).toBe(3);
		expect((await verifiedOf(again, row?.name ?? '')).is_valid).toBe(true);
		expect(await findings(again)).toEqual([]);
		await again.core.close();
	});

	test('stays out of bundles, which are whole without it', async () => {
		const mirror = await replaced();
		await archive(mirror, await inCharge(mirror));
		const report = verifyBundle(await mirror.export(), sql);
		expect(report).toMatchObject({ ok: true, value: { is_valid: true, errors: [], structural: [] } });
		await mirror.core.close();
	});

	test('of two archives in one millisecond both are kept, and pages of the list continue each other', async () => {
		const mirror = await replaced();
		const kernel_id = await inCharge(mirror);
		const names = new Set<string>();
		for (let at = 0; at < 5; at++) {
			const { now } = mirror.world;
			const id = mirror.id();
			mirror.world.now = now;
			const data = { kernel_id, reason: 'asked' };
			const { result } = await mirror.core.dispatch({ id, kind: 'evidence.archive', data });
			names.add(String(result?.['name']));
		}
		expect(names.size).toBe(5);
		const listed: EvidenceArchive[] = [];
		for (let after: EvidenceArchive | null = null; ;) {
			const cursor: ViewInput<'evidence.list'>['after'] =
				after === null ? null : { created_at: after.created_at, name: after.name };
			const page: Answer<'evidence.list'> = await mirror.read('evidence.list', { after: cursor, limit: 2 });
			expect(page.total).toBe(5);
			listed.push(...page.rows);
			if (page.rows.length < 2) break;
			after = page.rows.at(-1) ?? null;
		}
		expect(new Set(listed.map(({ name }) => name))).toEqual(names);
		await mirror.core.close();
	});

	test('with packed entries is whole', async () => {
		const mirror = await replaced();
		const [, , oldest] = await kernelsOf(mirror);
		expect((await mirror.dispatch('ledger.archive', { kept: 1, together: 4 })).code).toBe('accepted');
		const name = await archive(mirror, oldest?.kernel_id ?? '');
		expect(await verifiedOf(mirror, name)).toMatchObject({
			...{ is_valid: true },
			report: { entries_verified: oldest?.entries }
		});
		await mirror.core.close();
	});

	test.each([
		['an altered entry', `UPDATE ledger SET fields = replace(fields, 'Save', 'Gave') WHERE position = 5`],
		['an entry in the middle that is gone', 'DELETE FROM ledger WHERE position = 6'],
		[
			'its end cut off',
			`DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger WHERE kernel_id = (SELECT min(kernel_id) FROM kernels))`
		]
	])('that does not verify, with %s, is kept and marked', async (_what, script) => {
		const mirror = await behind(await replaced(), script);
		const [, , oldest] = await kernelsOf(mirror);
		const kernel_id = oldest?.kernel_id ?? '';
		const receipt = await mirror.dispatch('evidence.archive', { kernel_id, reason: 'rollback' });
		expect(receipt).toMatchObject({ code: 'accepted', result: { is_valid: 0 } });
		const [row] = await archivesOf(mirror);
		expect(row).toMatchObject({ kernel_id, is_valid: false, reason: 'rollback' });
		expect(await verifiedOf(mirror, row?.name ?? '')).toMatchObject({ is_valid: false });
		const known = (await kernelsOf(mirror)).find((kernel) => kernel.kernel_id === kernel_id);
		expect(known?.newest).toEqual({ name: row?.name, is_valid: false, deleted_at: null });
		// What tells of damage is never let go of by itself.
		const policy = { keep_newest: null, keep_days: 1 };
		await mirror.dispatch('settings.change', { key: 'evidence_policy', value: policy });
		mirror.world.now += 3 * day;
		expect(await mirror.dispatch('evidence.prune', {})).toMatchObject({ result: { deleted: 0 } });
		await mirror.core.close();
	});

	test('of a kernel that is not there is refused', async () => {
		const mirror = await replaced();
		const receipt = await mirror.dispatch('evidence.archive', { kernel_id: 'kernel-0', reason: 'asked' });
		expect(receipt).toMatchObject({ code: 'not_found', message: expect.stringContaining('Nothing was') });
		expect(await archivesOf(mirror)).toEqual([]);
		await mirror.core.close();
	});

	test('no flipped byte of it passes', async () => {
		let mirror = await replaced();
		const name = await archive(mirror, (await kernelsOf(mirror))[2]?.kernel_id ?? '');
		const file = await fileOf(mirror, name);
		const places = [4, 30, Math.floor(file.length / 2), file.length - 1];
		for (const at of places) {
			await mirror.core.close();
			await put(mirror.world, name, file.with(at, file[at]! ^ 1));
			mirror = await TestMirror.open(mirror.world);
			const { is_valid, unlike } = await verifiedOf(mirror, name);
			expect([at, is_valid, unlike.join()]).toEqual([at, false, expect.stringContaining('SHA-256')]);
		}
		await mirror.core.close();
		await put(mirror.world, name, file);
		mirror = await TestMirror.open(mirror.world);
		expect((await verifiedOf(mirror, name)).is_valid).toBe(true);
		await mirror.core.close();
	});

	test('another good file in its place is found', async () => {
		const mirror = await replaced();
		const [present, , oldest] = await kernelsOf(mirror);
		const name = await archive(mirror, present?.kernel_id ?? '');
		const other = await fileOf(mirror, await archive(mirror, oldest?.kernel_id ?? ''));
		await mirror.core.close();
		await put(mirror.world, name, other);
		const again = await TestMirror.open(mirror.world);
		const { is_valid, unlike, report } = await verifiedOf(again, name);
		expect([is_valid, report?.is_valid, unlike.length]).toEqual([false, true, 4]);
		await again.core.close();
	});

	test.each([
		['a mark', 'UPDATE evidence_archives SET is_valid = 0', 'this is not what was written'],
		['a hash', `UPDATE evidence_archives SET sha256 = root_hash`, 'this is not what was written'],
		[
			'a row that is taken away',
			'DELETE FROM evidence_files; DELETE FROM evidence_archives',
			'was written and is gone'
		]
	])('%s of the list changed directly is found by verifying the ledger', async (_what, script, sentence) => {
		const mirror = await replaced();
		await archive(mirror, await inCharge(mirror));
		const changed = await behind(mirror, script);
		expect((await findings(changed)).join()).toContain(sentence);
		await changed.core.close();
	});
});

describe('a file that comes from elsewhere', () => {
	const { bundles } = vector<{
		bundles: { file: string; hash_profile: string; entries: number }[];
	}>('index.json');

	test.each(bundles)('$file is kept, and verified by its own profile', async (bundle) => {
		const mirror = await TestMirror.open();
		const isValid = !bundle.file.includes('no-ledger-seq');
		const receipt = await take(mirror, bundle.file);
		const { entries } = bundle;
		expect(receipt).toMatchObject({
			code: 'accepted',
			result: { entries, is_valid: Number(isValid), is_new: 1 }
		});
		const [row] = await archivesOf(mirror);
		expect(row).toMatchObject({ origin: 'foreign', reason: 'taken in', entries, is_valid: isValid });
		expect(row?.name).toMatch(/^[A-Za-z0-9._-]+_2026-11-21T08-30-00\.\d{3}Z\.json\.gz$/);
		expect(await verifiedOf(mirror, row?.name ?? '')).toMatchObject({
			...{ is_valid: isValid, unlike: [] },
			report: { hash_profile: bundle.hash_profile, entries_verified: entries }
		});
		// What is downloaded is what was taken in.
		const given = readFileSync(vectorPath(bundle.file));
		const plain = bundle.file.endsWith('.gz') ? gunzipSync(given) : given;
		expect(gunzipSync(await fileOf(mirror, row?.name ?? ''))).toEqual(plain);
		await mirror.core.close();
	});

	test.each(['bundles/02-strict-three.json', 'bundles/shape-archive.json.gz'])(
		'twice is kept once, and that is said: %s',
		async (path) => {
			const mirror = await TestMirror.open();
			const first = await take(mirror, path);
			const second = await take(mirror, path);
			expect(second).toMatchObject({ code: 'accepted', result: { ...first.result, is_new: 0 } });
			// Packed by another hand it is the same file.
			const given = readFileSync(vectorPath(path));
			const packed = gzipSync(path.endsWith('.gz') ? gunzipSync(given) : given, { level: 1 });
			const third = await mirror.dispatch('evidence.keep', { file: toBase64(packed) });
			expect(third.result).toEqual({ ...first.result, is_new: 0 });
			expect(await archivesOf(mirror)).toHaveLength(1);
			await mirror.core.close();
		}
	);

	test('says by its name whose it is and when it was archived, with either sign between the numbers', async () => {
		const mirror = await TestMirror.open();
		await take(mirror, 'bundles/shape-plain-list.json', {
			name: 'kernel-7_2024-02-03T04:05:06.123456.json'
		});
		await take(mirror, 'bundles/02-strict-three.json', { name: 'x_2024-02-03T04-05-06Z.json.gz' });
		await take(mirror, 'bundles/shape-adapter-entries.json', { name: 'download (3).json' });
		const names = (await archivesOf(mirror)).map(({ name }) => name).sort();
		const own = vector<{ kernel_id: string }>('bundles/02-strict-three.json').kernel_id;
		expect(names).toContain('kernel-7_2024-02-03T04-05-06.123456.json.gz');
		expect(names).toContain(`${own}_2024-02-03T04-05-06Z.json.gz`);
		expect(names).toHaveLength(3);
		await mirror.core.close();
	});

	test('that was tampered with is kept and marked, and all that is wrong is said', async () => {
		const mirror = await TestMirror.open();
		const receipt = await take(mirror, 'tampered/02-strict-three--actor.json');
		expect(receipt.result).toMatchObject({ is_valid: 0, is_new: 1 });
		const { is_valid, report } = await verifiedOf(mirror, String(receipt.result?.['name']));
		expect([is_valid, report?.errors.join()]).toEqual([
			false,
			expect.stringContaining('Entry 1: entry_hash')
		]);
		await mirror.core.close();
	});

	test.each([
		['no Base64', '***', 'not the bytes of a file'],
		['no JSON', toBase64(new TextEncoder().encode('no JSON')), 'expected a value'],
		['no text', toBase64(Uint8Array.of(0xff, 0xfe)), 'not UTF-8'],
		['no evidence', toBase64(new TextEncoder().encode('{}')), 'no list of ledger entries'],
		['two lists', toBase64(new TextEncoder().encode('{"entries":[],"ledger_entries":[]}')), 'both'],
		['a torn archive', toBase64(gzipSync('[]').subarray(0, 12)), 'damaged or cut short'],
		['too deep', toBase64(new TextEncoder().encode('['.repeat(10_000))), 'levels deep']
	])('with %s in it is refused in words', async (_what, file, why) => {
		const mirror = await TestMirror.open();
		const { code, message } = await mirror.dispatch('evidence.keep', { file });
		expect(code).toBe('invalid_data');
		expect(message).toContain('This file was not kept');
		expect(message).toContain(why);
		expect(message).toContain('Nothing was changed');
		expect(await archivesOf(mirror)).toEqual([]);
		await mirror.core.close();
	});

	test('with anything at all in place of a kernel id or a hash is kept or refused, and never breaks', async () => {
		const mirror = await TestMirror.open();
		const odd = [
			'\u0000',
			'\ud800',
			'\ufeffx',
			'../../etc/passwd',
			'a:b',
			'',
			' ',
			'ß'.repeat(500),
			'CON',
			'.'
		];
		const given = [...odd, null, 7, [], {}];
		for (const kernel_id of given) {
			const entry = { entry_hash: kernel_id, prev_hash: kernel_id, decision: kernel_id };
			const text = JSON.stringify({ kernel_id, root_hash: kernel_id, ledger_entries: [entry] });
			const file = toBase64(new TextEncoder().encode(text));
			const receipt = await mirror.dispatch('evidence.keep', { file, name: 'x.json' });
			expect([kernel_id, receipt.code]).toEqual([kernel_id, 'accepted']);
			const name = String(receipt.result?.['name']);
			expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.json\.gz$/);
			expect((await verifiedOf(mirror, name)).report).not.toBeNull();
		}
		expect(await findings(mirror)).toEqual([]);
		await mirror.core.close();
	});

	test('too large is refused before it is read as JSON', async () => {
		const mirror = await TestMirror.open();
		const noise = Buffer.from(mirror.world.random(17 * 1024 * 1024)).toString('latin1');
		const file = toBase64(gzipSync(Buffer.from(JSON.stringify([noise])), { level: 1 }));
		const { code, message } = await mirror.dispatch('evidence.keep', { file });
		expect([code, message]).toEqual(['invalid_data', expect.stringContaining('more than 16 MB')]);
		await mirror.core.close();
	});
});

describe('what is deleted', () => {
	test('is gone, and known to have been there; other names are refused', async () => {
		const mirror = await replaced();
		const kernel_id = await inCharge(mirror);
		const [one, two] = [await archive(mirror, kernel_id), await archive(mirror, kernel_id)];
		const refused = await mirror.dispatch('evidence.delete', { names: [one, 'x.json.gz'] });
		expect(refused).toMatchObject({ code: 'not_found', message: expect.stringContaining('Nothing was') });
		expect(await fileOf(mirror, one)).toBeInstanceOf(Uint8Array);
		const withColons = one.replaceAll(/(?<=T\d\d)-|(?<=T\d\d-\d\d)-/g, ':');
		const receipt = await mirror.dispatch('evidence.delete', { names: [one, withColons] });
		expect(receipt).toMatchObject({ code: 'accepted', result: { deleted: 1 } });
		expect((await mirror.read('evidence.file', { name: one })).rows).toEqual([]);
		expect(await mirror.checkArchive(one)).toBeNull();
		const rows = await archivesOf(mirror);
		expect(rows.map(({ name, deleted_at }) => [name, deleted_at === null])).toEqual([
			[two, true],
			[one, false]
		]);
		expect((await mirror.dispatch('evidence.delete', { names: [one] })).code).toBe('not_found');
		expect((await mirror.dispatch('change.undo', { request_id: receipt.request_id })).code).toBe('not_found');
		expect(await findings(mirror)).toEqual([]);
		await mirror.core.close();
	});

	async function setPolicy(mirror: TestMirror, keep_newest: number | null, keep_days: number | null) {
		const value = { keep_newest, keep_days };
		const receipt = await mirror.dispatch('settings.change', { key: 'evidence_policy', value });
		expect(receipt.code).toBe('accepted');
	}

	/** An archive a day of the present kernel, oldest first. */
	async function daily(mirror: TestMirror, days: number): Promise<string[]> {
		const names: string[] = [];
		const kernel_id = await inCharge(mirror);
		for (let at = 0; at < days; at++) {
			names.push(await archive(mirror, kernel_id));
			mirror.world.now += day;
		}
		return names;
	}

	async function left(mirror: TestMirror): Promise<string[]> {
		const kept = (await archivesOf(mirror)).filter(({ deleted_at }) => deleted_at === null);
		return kept.map(({ name }) => name).toReversed();
	}

	test.each([
		['everything is kept until something is chosen', null, null, 5],
		['the newest are kept', 2, null, 2],
		['what is young is kept', null, 3, 3],
		['what either rule keeps is kept', 2, 3, 3],
		['and the other way round', 4, 1, 4]
	])('by policy: %s', async (_what, newest, days, kept) => {
		const mirror = await TestMirror.open();
		const names = await daily(mirror, 5);
		await setPolicy(mirror, newest, days);
		// The newest is a day old, and one and a half from here.
		mirror.world.now -= day / 2;
		const { total } = await mirror.read('ledger.list', { limit: 1 });
		await mirror.core.tidy();
		expect(await left(mirror)).toEqual(names.slice(5 - kept));
		const asked = kept < 5 ? 1 : 0;
		expect((await mirror.read('ledger.list', { limit: 1 })).total).toBe((total ?? 0) + asked);
		await mirror.core.tidy();
		expect((await mirror.read('ledger.list', { limit: 1 })).total).toBe((total ?? 0) + asked);
		expect(await findings(mirror)).toEqual([]);
		await mirror.core.close();
	});

	test('spares what was taken in, and a kernel whose entries are no longer whole', async () => {
		let mirror = await replaced();
		const taken = String((await take(mirror, 'bundles/02-strict-three.json')).result?.['name']);
		const [, , oldest] = await kernelsOf(mirror);
		const precious = await archive(mirror, oldest?.kernel_id ?? '');
		await daily(mirror, 2);
		mirror = await behind(mirror, 'DELETE FROM ledger WHERE position = 4');
		await setPolicy(mirror, null, 1);
		mirror.world.now += 9 * day;
		await mirror.dispatch('evidence.prune', {});
		expect(new Set(await left(mirror))).toEqual(new Set([precious, taken]));
		await mirror.core.close();
	});

	test.each([{ keep_newest: 0, keep_days: null }, { keep_newest: null, keep_days: -1 }, { keep_newest: 1 }])(
		'a policy that makes no sense is refused: %j',
		async (value) => {
			const mirror = await TestMirror.open();
			const data = { key: 'evidence_policy', value };
			const receipt = await mirror.core.dispatch({ id: mirror.id(), kind: 'settings.change', data });
			expect(receipt.code).toBe('invalid_data');
			await mirror.core.close();
		}
	);
});

describe('an idle moment', () => {
	test('archives each kernel that was replaced, once, as the app itself', async () => {
		const mirror = await replaced();
		await mirror.core.tidy();
		const kernels = await kernelsOf(mirror);
		expect(kernels.map(({ kept }) => kept)).toEqual([0, 1, 1]);
		const rows = await archivesOf(mirror);
		expect(rows.map(({ reason, is_valid }) => [reason, is_valid])).toEqual([
			['replacement', true],
			['replacement', true]
		]);
		const { rows: entries } = await mirror.read('ledger.list', { limit: 2 });
		expect(entries.map(({ actor, tool_name }) => [actor, tool_name])).toEqual([
			['system', 'evidence.archive'],
			['system', 'evidence.archive']
		]);
		await mirror.dispatch('evidence.delete', { names: rows.map(({ name }) => name) });
		await mirror.core.tidy();
		expect((await kernelsOf(mirror)).map(({ kept, is_missing }) => [kept, is_missing])).toEqual([
			[0, false],
			[0, false],
			[0, false]
		]);
		// That it was archived stays known, also where no file is left.
		expect((await kernelsOf(mirror)).map(({ newest }) => newest?.deleted_at ?? null)).toEqual([
			...[null, expect.any(String), expect.any(String)]
		]);
		await mirror.core.close();
	});

	test('archives what gave way to a rollback as that, and all of what was archived in part', async () => {
		const mirror = await TestMirror.open();
		const [first] = (await mirror.read('kernel.status', {})).rows;
		await archive(mirror, first?.kernel_id ?? '');
		expect((await mirror.dispatch('kernel.replace', { port: 'owner', reason: 'policy' })).code).toBe(
			'accepted'
		);
		expect((await mirror.dispatch('kernel.rollback', { port: 'owner' })).code).toBe('accepted');
		await mirror.core.tidy();
		expect((await archivesOf(mirror)).map(({ kernel_id, reason }) => [kernel_id, reason])).toEqual(
			expect.arrayContaining([
				[first?.kernel_id, 'asked'],
				[first?.kernel_id, 'replacement'],
				[expect.not.stringMatching(first?.kernel_id ?? ''), 'rollback']
			])
		);
		expect((await kernelsOf(mirror)).some(({ is_missing }) => is_missing)).toBe(false);
		await mirror.core.close();
	});

	test('that fails to says so in the ledger and in the list, and the person can ask again', async () => {
		let mirror = await behind(await replaced(), 'ALTER TABLE evidence_files RENAME TO evidence_lost');
		const { total } = await mirror.read('ledger.list', { limit: 1 });
		await mirror.core.tidy();
		await mirror.core.tidy();
		const { rows, total: then } = await mirror.read('ledger.list', { limit: 1 });
		expect(rows[0]).toMatchObject({
			actor: 'system',
			intent: 'Archive the ledger of a kernel',
			decision: 'DENY'
		});
		expect(rows[0]?.error).toContain('failed');
		expect(then).toBe((total ?? 0) + 2);
		const lacking = await kernelsOf(mirror);
		expect(lacking.map(({ is_missing, newest }) => [is_missing, newest])).toEqual([
			[false, null],
			[true, null],
			[true, null]
		]);
		expect(await archivesOf(mirror)).toEqual([]);
		mirror = await behind(mirror, 'ALTER TABLE evidence_lost RENAME TO evidence_files');
		const missing = (await kernelsOf(mirror)).filter(({ is_missing }) => is_missing);
		for (const { kernel_id } of missing) await archive(mirror, kernel_id);
		expect((await kernelsOf(mirror)).some(({ is_missing }) => is_missing)).toBe(false);
		await mirror.core.close();
	});
});

test('where the tables are held below their version nothing is archived, and that is said', async () => {
	const mirror = await replaced();
	const kernel_id = await inCharge(mirror);
	const name = await archive(mirror, kernel_id);
	expect((await mirror.dispatch('schema.rollback', { to: '1.2.0' })).code).toBe('accepted');
	const held = await mirror.restart();
	for (const [kind, data] of [
		['evidence.archive', { kernel_id, reason: 'asked' }],
		['evidence.keep', { file: 'W10=' }],
		['evidence.delete', { names: [name] }],
		['evidence.prune', {}]
	] as const) {
		const { code, message } = await held.dispatch(kind, data);
		expect([kind, code, message]).toEqual([kind, 'refused', expect.stringContaining('Nothing was changed')]);
	}
	for (const view of ['evidence.list', 'evidence.kernels'] as const)
		expect((await held.read(view, {})).rows).toEqual([]);
	expect((await held.read('evidence.file', { name })).rows).toEqual([]);
	await held.dispatch('settings.change', { key: 'evidence_policy', value: { keep_newest: 1, keep_days: 1 } });
	await held.core.tidy();
	expect(await findings(held)).toEqual([]);
	expect((await held.dispatch('schema.release', {})).code).toBe('accepted');
	// The files are gone with their table, which whoever rolled back was told; what is archived anew is there.
	expect(await archivesOf(held)).toEqual([]);
	expect((await verifiedOf(held, await archive(held, kernel_id))).is_valid).toBe(true);
	expect(await findings(held)).toEqual([]);
	await held.core.close();
});

test('Base64 is what everybody else writes and reads', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60_000 }), (bytes) => {
			const text = toBase64(bytes);
			expect(text).toBe(Buffer.from(bytes).toString('base64'));
			expect(fromBase64(text)).toEqual(new Uint8Array(bytes));
		}),
		{ numRuns: 50 }
	);
});

test('a name of any kernel and time is a name for a file, and reads back', () => {
	const time = '2026-11-22T05:45:47.123Z';
	fc.assert(
		fc.property(fc.string({ maxLength: 200, unit: 'binary' }), fc.nat({ max: 9 }), (kernel, place) => {
			const name = archiveName(kernel, time, place + 1);
			expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{1,140}\.json\.gz$/);
			expect(readArchiveName(name)?.time).toBe('2026-11-22T05-45-47.123Z');
		})
	);
});

describe('evidence of a kernel of this mirror, held against what is here', () => {
	interface Evidence {
		readonly kernel_id: string;
		readonly ledger_entries: readonly AuditEntry[];
	}

	async function ownEvidence(mirror: TestMirror): Promise<Evidence> {
		const [whole] = (await mirror.read('ledger.evidence', { kernel_id: await inCharge(mirror) })).rows;
		return whole as Evidence;
	}

	/** Sound by itself: other entries under the same name. */
	function consistent(evidence: Evidence, ledger_entries: readonly AuditEntry[]): object {
		const root_hash = ledger_entries.at(-1)?.entry_hash ?? '';
		return { ...evidence, ledger_entries, root_hash, entry_count: ledger_entries.length };
	}

	/** The entries, from one on by another actor, hashed anew. */
	function rewritten(entries: readonly AuditEntry[], from: number): AuditEntry[] {
		const chain: AuditEntry[] = [];
		for (const [
			at,
			{ ledger_seq: _seq, prev_hash: _previous, entry_hash: _hash, ...entry }
		] of entries.entries()) {
			const head = { next_seq: at, last_hash: chain.at(-1)?.entry_hash ?? genesis };
			chain.push(sealEntry(at < from ? entry : { ...entry, actor: 'mallory' }, head, textDigest(sha256Hex)));
		}
		return chain;
	}

	async function check(mirror: TestMirror, file: object, signal = new AbortController().signal) {
		const bytes = new TextEncoder().encode(JSON.stringify(file));
		const read = await checkEvidence(bytes, { root: null }, () => undefined);
		return checkedAgainstOwn(read, (view, params) => mirror.read(view, params), signal);
	}

	/** How what was taken in is verified later. */
	async function keptAndVerified(mirror: TestMirror, file: object) {
		const bytes = new TextEncoder().encode(JSON.stringify(file));
		const receipt = await mirror.dispatch('evidence.keep', { file: toBase64(bytes) });
		return verifiedOf(mirror, String(receipt.result?.['name']));
	}

	test('is said to be whole, cut short, or from where on another, though its own chain is sound', async () => {
		const mirror = await replaced();
		for (let at = 0; at < 4; at++) await mirror.write(`More ${at}.`);
		const whole = await ownEvidence(mirror);
		const { ledger_entries: all } = whole;
		const ours = all.length;
		expect(ours).toBeGreaterThan(4);
		const cases: [readonly AuditEntry[], OwnComparison][] = [
			[all, { ours, theirs: ours, agree: ours, differs: false }],
			[all.slice(0, 3), { ours, theirs: 3, agree: 3, differs: false }],
			[rewritten(all, 2), { ours, theirs: ours, agree: 2, differs: true }],
			[rewritten(all, ours - 1), { ours, theirs: ours, agree: ours - 1, differs: true }],
			[rewritten(all, 0).slice(0, 1), { ours, theirs: 1, agree: 0, differs: true }]
		];
		for (const [entries, own] of cases) {
			const file = consistent(whole, entries);
			const { kernel_id } = whole;
			const checked = await check(mirror, file);
			expect(checked).toMatchObject({ ok: true, value: { kernel_id, is_valid: true, own } });
		}
		for (const [entries, own] of cases) {
			const file = consistent(whole, entries);
			const verified = await keptAndVerified(mirror, file);
			expect(verified).toMatchObject({ is_valid: !own.differs, report: { is_valid: true } });
			expect(verified.own).toMatchObject({ theirs: own.theirs, agree: own.agree, differs: own.differs });
			expect(verified.unlike).toHaveLength(own.differs ? 1 : 0);
		}
		await mirror.core.close();
	});

	test('that goes further than what is here is said to, and one of another kernel is not compared', async () => {
		const mirror = await replaced();
		const whole = await ownEvidence(mirror);
		const { ledger_entries: all } = whole;
		const last = all.at(-1);
		if (last === undefined) throw new Error('there is no entry');
		const more = rewritten([...all, last], all.length);
		expect(await check(mirror, consistent(whole, more))).toMatchObject({
			value: {
				is_valid: true,
				own: { ours: all.length, theirs: more.length, agree: all.length, differs: false }
			}
		});
		expect(await check(mirror, vector<object>('bundles/03-strict-fifty.json'))).toMatchObject({
			value: { is_valid: true, own: null }
		});
		await mirror.core.close();
	});

	test('is read from what is packed, too, and a comparison can be stopped', async () => {
		const mirror = await replaced();
		for (let at = 0; at < 4; at++) await mirror.write(`More ${at}.`);
		const whole = await ownEvidence(mirror);
		const { rows } = await mirror.read('kernel.status', {});
		const together = rows.reduce((total, { entries }) => total + entries, 0) - 3;
		const packed = await mirror.dispatch('ledger.archive', { kept: 3, together });
		expect(packed).toMatchObject({ code: 'accepted', result: { entries: together } });
		const { length } = whole.ledger_entries;
		expect(await check(mirror, consistent(whole, whole.ledger_entries))).toMatchObject({
			value: { own: { agree: length, differs: false } }
		});
		expect(await check(mirror, consistent(whole, rewritten(whole.ledger_entries, 1)))).toMatchObject({
			value: { own: { agree: 1, differs: true } }
		});
		expect(await check(mirror, whole, AbortSignal.abort())).toMatchObject({
			ok: false,
			error: { code: 'cancelled' }
		});
		await mirror.core.close();
	});
});
