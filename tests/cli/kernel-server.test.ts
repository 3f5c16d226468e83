import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { createKernelClient, type KernelClient } from '#wire/kernel-client.ts';
import type { KernelAnswer, KernelMessage } from '#wire/kernel-messages.ts';
import { verifyEvidenceText } from '#app/inspect.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { paramsHash } from '#kernel/ledger.ts';
import { policyRecord, readPolicy } from '#kernel/policy-file.ts';
import { policyHash, successionParams } from '#records/succession.ts';

const bin = fileURLToPath(new URL('../../src/cli/mirror.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mirror-kernel-'));
afterAll(() => rmSync(folder, { recursive: true }));

const running = new Set<ChildProcess>();
afterEach(() => {
	for (const child of running) child.kill('SIGKILL');
	running.clear();
});

const kernels = `kernel:
  id: kernel-of-a-file
  variant: evidence-first
policy:
  allowed_actors: [owner]
  allowed_tools: [echo]
`;

interface Running {
	readonly url: string;
	readonly kernel_id: string;
	/** The id of the kernel that it follows. */
	readonly follows: string | null;
	/** Where the evidence of that one is. */
	readonly former_evidence: string | null;
	/** Ends it as a service manager does, and answers with its exit code. */
	stop(): Promise<number | null>;
	/** Ends it as a crash does. */
	kill(): Promise<void>;
}

async function serve(
	words: readonly string[] = [],
	environment: Readonly<Record<string, string>> = {}
): Promise<Running> {
	const file = join(folder, 'kernels.yaml');
	writeFileSync(file, kernels);
	const child = spawn(process.execPath, [bin, 'kernel', 'serve', file, '--port', '0', '--json', ...words], {
		env: { ...process.env, ...environment }
	});
	running.add(child);
	const [said] = (await once(child.stdout, 'data')) as [Buffer];
	const began = JSON.parse(said.toString()) as Omit<Running, 'stop' | 'kill'>;
	const exit = once(child, 'exit') as Promise<[number | null]>;
	const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
		child.kill(signal);
		const [code] = await exit;
		running.delete(child);
		return code;
	};
	return { ...began, stop: () => end('SIGTERM'), kill: async () => void (await end('SIGKILL')) };
}

/** A file for evidence in a folder of its own. */
function freshOut(name: string): string {
	mkdirSync(join(folder, name));
	return join(folder, name, 'evidence.json');
}

interface Entry {
	readonly request_id: string;
	readonly tool_name: string | null;
	readonly params_hash: string;
	readonly decision: string;
	readonly ts_ms: number;
}

/** The evidence in a file, which verifies. */
function evidenceIn(path: string) {
	const bytes = readFileSync(path);
	const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
	expect(verifyEvidenceText(text)).toMatchObject({ ok: true, value: { is_valid: true } });
	return JSON.parse(text) as { kernel_id: string; root_hash: string; ledger_entries: readonly Entry[] };
}

const json = { 'Content-Type': 'application/json' };

function send(
	url: string,
	message: KernelMessage,
	headers: Record<string, string> = json
): Promise<KernelAnswer> {
	return new Promise((resolve, reject) => {
		const { method, path, body } = message;
		const asked = request(url + path, { method, headers }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (part: string) => (text += part));
			response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
		});
		asked.on('error', reject);
		asked.end(body ?? undefined);
	});
}

function clientOf({ url }: Running): KernelClient {
	return createKernelClient({ send: (message) => send(url, message), timer: () => () => undefined });
}

const submit = (request_id: string, actor = 'owner') => ({
	...{ request_id, actor, intent: 'Say it', evidence: 'a note' },
	tool_call: { name: 'echo', params: { text: request_id } }
});

describe('a kernel that a kernels.yaml describes', () => {
	test('answers programs, and leaves its evidence when it is stopped', async () => {
		const out = join(folder, 'evidence.json');
		const server = await serve(['--out', out]);
		const client = clientOf(server);
		expect(await client.health()).toEqual({ ok: true, value: { status: 'healthy', kernel_state: 'IDLE' } });
		expect(await client.policy()).toMatchObject({ ok: true, value: { allowed_actors: ['owner'] } });
		const answers = await client.submitBatch([submit('r1'), submit('r2', 'mallory'), submit('r3')]);
		expect(answers).toMatchObject([
			{ value: { status: 'ACCEPTED', result: 'r1' } },
			{ value: { status: 'REJECTED', decision: 'DENY' } },
			{ value: { status: 'ACCEPTED', result: 'r3' } }
		]);
		expect(await server.stop()).toBe(0);
		const verified = verifyEvidenceText(readFileSync(out, 'utf8'));
		expect(verified).toMatchObject({ ok: true, value: { is_valid: true, entries_verified: 4 } });
	});

	test('started again is another kernel, which follows the one before, whose evidence stays', async () => {
		const out = freshOut('twice');
		const first = await serve(['--out', out]);
		await clientOf(first).submit(submit('r1'));
		expect(await first.stop()).toBe(0);
		const before = readFileSync(out, 'utf8');

		const second = await serve(['--out', out]);
		expect(second).toMatchObject({ follows: first.kernel_id });
		expect(second.kernel_id).toMatch(/^kernel-of-a-file-\d+$/);
		expect(await clientOf(second).submit(submit('r2'))).toMatchObject({ value: { status: 'ACCEPTED' } });
		expect(await clientOf(second).submit(submit('r1'))).toMatchObject({ ok: false });
		expect(await second.stop()).toBe(0);

		const aside = second.former_evidence ?? '';
		expect(gunzipSync(readFileSync(aside)).toString('utf8')).toBe(before);
		const [former, now] = [evidenceIn(aside), evidenceIn(out)];
		const [founding] = now.ledger_entries;
		expect(now.kernel_id).toBe(second.kernel_id);
		expect(now.ledger_entries.map(({ decision }) => decision)).toEqual(['ALLOW', 'ALLOW', 'HALT']);
		const policy = readPolicy({ allowed_actors: ['owner'], allowed_tools: ['echo'] });
		if (!policy.ok || founding === undefined) throw new Error('there is nothing to compare');
		const head = { next_seq: former.ledger_entries.length, last_hash: former.root_hash };
		const params = successionParams(
			{ kernel_id: former.kernel_id, head: { ...head, state: 'HALTED', ts_ms: 0 } },
			policyHash(policyRecord(policy.value))
		);
		expect(founding).toMatchObject({
			tool_name: 'kernel.succeed',
			params_hash: paramsHash(params, textDigest(sha256Hex))
		});

		const third = await serve(['--out', out]);
		expect(third).toMatchObject({ follows: second.kernel_id });
		expect([first.kernel_id, second.kernel_id]).not.toContain(third.kernel_id);
		expect(readdirSync(join(folder, 'twice'))).toHaveLength(3);
	});

	test('that is killed has in its evidence all that it answered, and is followed', async () => {
		const out = freshOut('killed');
		const server = await serve(['--out', out]);
		expect(evidenceIn(out).ledger_entries).toEqual([]);
		const asked = ['r1', 'r2', 'r3', 'r4'];
		await clientOf(server).submitBatch(asked.map((id) => submit(id)));
		await server.kill();
		expect(
			evidenceIn(out)
				.ledger_entries.map(({ request_id }) => request_id)
				.sort()
		).toEqual(asked);
		const next = await serve(['--out', out]);
		expect(next).toMatchObject({ follows: server.kernel_id });
		expect(evidenceIn(next.former_evidence ?? '').ledger_entries).toHaveLength(4);
		expect(evidenceIn(out).ledger_entries).toHaveLength(1);
	});

	test('writes over no evidence that another program put in its place, and does nothing more', async () => {
		const out = freshOut('taken');
		const server = await serve(['--out', out]);
		await clientOf(server).submit(submit('r1'));
		writeFileSync(`${out}.other`, 'of another program');
		renameSync(`${out}.other`, out);
		const answered = await clientOf(server).submit(submit('r2'));
		expect(answered).toMatchObject({ ok: false, error: { message: expect.stringContaining('was decided') } });
		const refused = await clientOf(server).submit(submit('r3'));
		expect(refused).toMatchObject({
			ok: false,
			error: { message: expect.stringContaining('Nothing was done') }
		});
		expect(readFileSync(out, 'utf8')).toBe('of another program');
		rmSync(out);
		expect(await clientOf(server).submit(submit('r2'))).toMatchObject({ value: { result: 'r2' } });
		expect(evidenceIn(out).ledger_entries.map(({ request_id }) => request_id)).toEqual(['r1', 'r2']);
		expect(await server.stop()).toBe(0);
	});

	test('has the policy that the environment asks for', async () => {
		const server = await serve([], { KERNELS_ALLOWED_ACTORS: 'anna,ben' });
		expect(await clientOf(server).policy()).toMatchObject({ value: { allowed_actors: ['anna', 'ben'] } });
	});

	test('answers no page: not by another name, not by a form, and with leave for no origin', async () => {
		const { url } = await serve();
		const status = { method: 'GET', path: '/status', body: null };
		const form = { method: 'POST', path: '/halt', body: '{}' };
		expect(await send(url, status, { Host: 'mirror.example:80' })).toMatchObject({ status: 403 });
		expect(await send(url, form, { 'Content-Type': 'text/plain' })).toMatchObject({ status: 403 });
		const { headers } = await fetch(`${url}/status`, { method: 'OPTIONS' });
		expect(headers.get('Access-Control-Allow-Origin')).toBe(null);
		expect(await send(url, status)).toMatchObject({ status: 200, body: expect.stringContaining('IDLE') });
	});

	test('that listens everywhere answers by every address of the machine, and by no name of another', async () => {
		const { url } = await serve([], { KERNELS_SERVER_HOST: '0.0.0.0' });
		const status = { method: 'GET', path: '/status', body: null };
		const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
		const names = own.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
		expect(url).toContain('http://127.0.0.1:');
		for (const name of [...names, '127.0.0.1', '127.0.1.1', '[::1]', 'localhost', '0.0.0.0'])
			expect(await send(url, status, { Host: `${name}:8080` }), name).toMatchObject({ status: 200 });
		for (const name of ['mirror.example', '127.0.0.1.mirror.example', '192.0.2.1', '[2001:db8::1]'])
			expect(await send(url, status, { Host: name }), name).toMatchObject({ status: 403 });
	});

	test('refuses a body that is longer than any message, in words', async () => {
		const { url } = await serve();
		const body = JSON.stringify({ ...submit('r1'), intent: 'é'.repeat(3_000_000) });
		expect(await send(url, { method: 'POST', path: '/submit', body })).toMatchObject({
			status: 400,
			body: expect.stringContaining('longer than')
		});
	});
});

test.each([
	['a policy alone', 'allowed_actors: [owner]', [], 'which kernel it is for'],
	['no port', kernels, ['--port', 'many'], 'many is no port'],
	['a variant that there is none of', kernels.replace('evidence-first', 'lenient'), [], 'kernel.variant']
])('with %s it does not start, and says why', async (_what, text, words, why) => {
	const file = join(folder, 'wrong.yaml');
	writeFileSync(file, text);
	const child = spawn(process.execPath, [bin, 'kernel', 'serve', file, ...words]);
	running.add(child);
	let complaint = '';
	child.stderr.setEncoding('utf8').on('data', (part: string) => (complaint += part));
	expect(await once(child, 'close')).toEqual([2, null]);
	running.delete(child);
	expect(complaint).toContain(why);
});

describe('where there is evidence already that no kernel can follow', () => {
	const good = readFileSync(
		new URL('../vectors/kernels/bundles/14-evidence-first.json', import.meta.url),
		'utf8'
	);

	test.each([
		['is cut short', good.slice(0, -200), ['expected']],
		['was altered', altered(good), ['Entry 1: entry_hash mismatch', 'entry_count differs']],
		['is of another kernel', good, ['the configuration is of kernel-of-a-file']],
		['is no evidence', '{}', ['no list of ledger entries']]
	])('that %s nothing starts, and the file stays', async (_what, text, whys) => {
		const out = join(folder, 'bad.json');
		writeFileSync(out, text);
		const file = join(folder, 'kernels-bad.yaml');
		writeFileSync(file, kernels);
		const child = spawn(process.execPath, [bin, 'kernel', 'serve', file, '--port', '0', '--out', out]);
		running.add(child);
		let complaint = '';
		child.stderr.setEncoding('utf8').on('data', (part: string) => (complaint += part));
		expect(await once(child, 'close')).toEqual([2, null]);
		running.delete(child);
		for (const why of [out, ...whys]) expect(complaint).toContain(why);
		expect(readFileSync(out, 'utf8')).toBe(text);
	});
});

/** Wrong in two ways. */
function altered(text: string): string {
	const { ledger_entries, entry_count, ...rest } = JSON.parse(text) as {
		ledger_entries: readonly Record<string, unknown>[];
		entry_count: number;
	};
	const entries = ledger_entries.map((entry, at) => (at === 1 ? { ...entry, actor: 'mallory' } : entry));
	return JSON.stringify({ ...rest, entry_count: entry_count + 1, ledger_entries: entries });
}
