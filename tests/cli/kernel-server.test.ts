import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createKernelClient, type KernelClient } from '#wire/kernel-client.ts';
import type { KernelAnswer, KernelMessage } from '#wire/kernel-messages.ts';
import { verifyEvidenceText } from '#app/inspect.ts';

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
	/** Ends it as a service manager does, and answers with its exit code. */
	stop(): Promise<number | null>;
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
	const { url } = JSON.parse(said.toString()) as { url: string };
	const exit = once(child, 'exit') as Promise<[number | null]>;
	return {
		url,
		stop: async () => {
			child.kill('SIGTERM');
			const [code] = await exit;
			running.delete(child);
			return code;
		}
	};
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
