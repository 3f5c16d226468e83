import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { RequestBuilder } from '#kernel/builders.ts';
import { Replay } from '#kernel/replay.ts';
import { createKernelClient, type KernelClient, type KernelClientOptions } from '#wire/kernel-client.ts';
import type { KernelAnswer, KernelMessage, SubmitMessage } from '#wire/kernel-messages.ts';
import { answer } from '#wire/surface.ts';
import { entries, surfaced, type Surfaced } from './make.ts';
import { HandTimer } from './timer.ts';

interface Connected extends Surfaced {
	readonly client: KernelClient;
	/** What was sent, in order. */
	readonly sent: KernelMessage[];
}

type Carry = (message: KernelMessage, deliver: () => Promise<KernelAnswer>) => Promise<KernelAnswer>;

/** A client of a real kernel; `carry` is what lies between them. */
function connected(
	carry: Carry = (_message, deliver) => deliver(),
	more: Partial<KernelClientOptions> = {}
): Connected {
	const given = surfaced();
	const sent: KernelMessage[] = [];
	const send = (message: KernelMessage) => {
		sent.push(message);
		return carry(message, () => answer(given.surface, message));
	};
	const client = createKernelClient({ send, timer: given.time.timer, ...more });
	return { ...given, client, sent };
}

function request(request_id: string): SubmitMessage {
	const tool_call = { name: 'echo', params: { text: request_id } };
	return { request_id, actor: 'owner', intent: 'Say it', tool_call };
}

const never = () => new Promise<never>(() => undefined);

describe('a client', () => {
	test('asks for everything that a surface answers', async () => {
		const { client } = connected();
		expect(await client.info()).toMatchObject({
			ok: true,
			value: { name: 'KERNELS', kernel_id: 'kernel-1' }
		});
		expect(await client.health()).toEqual({ ok: true, value: { status: 'healthy', kernel_state: 'IDLE' } });
		expect(await client.policy()).toMatchObject({ ok: true, value: { allowed_actors: ['*'] } });
		expect(await client.submit(request('r1'))).toMatchObject({
			ok: true,
			value: { request_id: 'r1', status: 'ACCEPTED', result: 'r1' }
		});
		expect(await client.halt('Enough')).toEqual({
			ok: true,
			value: { status: 'halted', kernel_state: 'HALTED' }
		});
		expect(await client.status()).toEqual({ ok: true, value: { kernel_id: 'kernel-1', state: 'HALTED' } });
		expect(await client.health()).toMatchObject({ ok: true, value: { status: 'unhealthy' } });
		expect(await client.submit(request('r2'))).toMatchObject({ ok: false, error: { code: 'failed' } });
	});

	test('sends what the builder of requests makes', async () => {
		const limits = { scope: 'a', non_goals: 'b', success_criteria: 'c' };
		const made = new RequestBuilder()
			.withId('r1')
			.withTime(5)
			.withActor('owner')
			.withIntent('Say it')
			.withTool('echo')
			.withParam('text', 'hello')
			.withEvidence(['a note'])
			.withConstraints(limits)
			.build();
		if (!made.ok) throw new Error(made.error.message);
		const { surface } = surfaced({ variant: 'dual-channel' });
		const send = (message: KernelMessage) => answer(surface, message);
		const client = createKernelClient({ send, timer: new HandTimer().timer });
		expect(await client.submit(made.value)).toMatchObject({
			ok: true,
			value: { status: 'ACCEPTED', result: 'hello' }
		});
		const evidence_hash = textDigest(sha256Hex)('{"evidence":["a note"]}');
		expect(await entries(surface)).toMatchObject([{ ts_ms: 1_700_000_000_000, evidence_hash }]);
	});

	test('brings evidence that verifies', async () => {
		const { client } = connected();
		await client.submitBatch(['r1', 'r2'].map(request));
		const evidence = await client.evidence();
		if (!evidence.ok) throw new Error(evidence.error.message);
		const { ledger_entries, root_hash = null } = evidence.value;
		const replay = new Replay({ sha256: sha256Hex });
		replay.push(ledger_entries as object[] as []);
		expect(replay.finish({ root_hash })).toMatchObject({ is_valid: true });
	});

	test.each([
		[400, '{"error":"Missing field"}', 'bad_message'],
		[403, '{"error":"No"}', 'refused'],
		[404, '{"error":"Not found"}', 'not_found'],
		[500, '{"error":"It broke"}', 'failed'],
		[500, '[]', 'failed'],
		[502, '<html>', 'bad_answer'],
		[200, '{"state":"ASLEEP","kernel_id":"k"}', 'bad_answer'],
		[200, '{"state":"IDLE"}', 'bad_answer']
	] as const)('takes %i %s for what it is, at once', async (status, body, code) => {
		const { client, sent } = connected(() => Promise.resolve({ status, body }));
		expect(await client.status()).toMatchObject({ ok: false, error: { code } });
		expect(sent).toHaveLength(1);
	});
});

describe('what does not arrive', () => {
	test('is asked for again after pauses that double, with the same id, and is done once', async () => {
		let lost = 0;
		const { client, sent, time, said } = connected(async (_message, deliver) => {
			const answered = await deliver();
			if (lost++ < 2) throw new Error('the line broke');
			return answered;
		});
		const asked = client.submit(request('r1'));
		await time.pass(0);
		expect(sent).toHaveLength(1);
		await time.pass(499);
		expect(sent).toHaveLength(1);
		await time.pass(1);
		expect(sent).toHaveLength(2);
		await time.pass(999);
		expect(sent).toHaveLength(2);
		await time.pass(1);
		expect(sent).toHaveLength(3);
		expect(await asked).toMatchObject({ ok: true, value: { status: 'ACCEPTED', result: 'r1' } });
		expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
		expect(said).toEqual(['r1']);
		expect(time.waiting).toBe(0);
	});

	test('is given up after its time, and in the end said to be unknown', async () => {
		const { client, sent, time } = connected(never, { timeout: 100, retries: 2, pause: 10 });
		const asked = client.status();
		await time.pass(100 + 10 + 100 + 20 + 99);
		expect(sent).toHaveLength(3);
		await time.pass(1);
		expect(await asked).toMatchObject({ ok: false, error: { code: 'timed_out' } });
		expect(time.waiting).toBe(0);
	});

	test('is unreachable where the way there is closed, also where it says so by throwing', async () => {
		const { client, time } = connected(
			() => {
				throw new Error('closed');
			},
			{ retries: 1 }
		);
		const asked = client.status();
		await time.pass(500);
		expect(await asked).toMatchObject({ ok: false, error: { code: 'unreachable' } });
	});

	test('is not asked for again where it was a halt', async () => {
		const { client, sent, time } = connected(never, { timeout: 100 });
		const asked = client.halt('Enough');
		await time.pass(100_000);
		expect(await asked).toMatchObject({ ok: false, error: { code: 'timed_out' } });
		expect(sent).toHaveLength(1);
	});
});

describe('a batch', () => {
	test('is answered in the order of its requests, whenever the answers come, a few at a time', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.nat(50), { maxLength: 20 }),
				fc.integer({ min: 1, max: 5 }),
				async (delays, concurrency) => {
					const time = new HandTimer();
					let under = 0;
					let most = 0;
					const { client, said } = connected(
						async ({ body }, deliver) => {
							most = Math.max(most, ++under);
							const answered = await deliver();
							const at = Number(/"r(\d+)"/.exec(body ?? '')?.[1]);
							await new Promise<void>((resolve) => void time.timer(delays[at] ?? 0, resolve));
							under--;
							return answered;
						},
						{ timer: time.timer, timeout: 10_000 }
					);
					const ids = delays.map((_, at) => `r${at}`);
					const asked = client.submitBatch(ids.map(request), { concurrency });
					await time.pass(2000);
					const answers = await asked;
					expect(answers.map((one) => one.ok && one.value.result)).toEqual(ids);
					expect([...said].sort()).toEqual([...ids].sort());
					expect(most).toBe(Math.min(concurrency, ids.length));
				}
			),
			{ numRuns: 40 }
		);
	});

	test('says of each request what became of it', async () => {
		const { client } = connected();
		const bad = { ...request('r2'), actor: 'x'.repeat(300) };
		expect(await client.submitBatch([request('r1'), bad, request('r3')])).toMatchObject([
			{ ok: true, value: { request_id: 'r1' } },
			{ ok: false, error: { code: 'bad_message' } },
			{ ok: true, value: { request_id: 'r3' } }
		]);
	});
});
