import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPolicyText } from '#app/inspect-policy.ts';
import { formatYaml, parseYaml } from '#app/yaml.ts';
import type { Json } from '#base/canonical.ts';
import { kernelsRecord, readKernelsFile } from '#kernel/kernels-file.ts';
import { createPolicy } from '#kernel/policy.ts';

/** The shape of the documents (KERNELS A10), with settings of theirs that no mirror has. */
const documented = `
# kernels.yaml
kernel:
  id: "prod-001"
  variant: "strict"

policy:
  allowed_actors:
    - agent-001
    - agent-002
  allowed_tools:
    - read_file
  require_tool_call: true
  max_intent_length: 1000

server:
  host: "0.0.0.0"
  port: 9000
  timeout: 30.0

logging:
  level: WARNING

evidence:
  path: /var/lib/kernels
`;

const policy = createPolicy({
	allowed_actors: ['agent-001', 'agent-002'],
	allowed_tools: ['read_file'],
	require_tool_call: true,
	max_intent_length: 1000
});

describe('a kernels.yaml', () => {
	test('of the documents loads, and says what in it is not looked at', async () => {
		const given = await parseYaml(documented);
		expect(readKernelsFile(given.ok ? given.value : null)).toEqual({
			ok: true,
			value: {
				file: {
					kernel: { id: 'prod-001', variant: 'strict' },
					policy,
					server: { host: '0.0.0.0', port: 9000 },
					logging: { level: 'WARNING' }
				},
				ignored: ['evidence', 'server.timeout']
			}
		});
	});

	test('has defaults for a server and a log, and none for a kernel and its policy', () => {
		const kernel = { id: 'k', variant: 'strict' };
		expect(readKernelsFile({ kernel, policy: {}, server: null })).toMatchObject({
			value: { file: { server: { host: '127.0.0.1', port: 8080 }, logging: { level: 'INFO' } } }
		});
		const refused = readKernelsFile({
			kernel: { id: 'no spaces', variant: 'lax' },
			policy: { max_intent_length: -1, rules: [{ kind: 'sometimes' }] },
			server: { port: 70_000 },
			logging: { level: 'LOUD' }
		});
		expect(refused).toMatchObject({ error: { code: 'not_a_kernels_file' } });
		const paths = refused.ok ? [] : refused.error.message.split('; ').map((text) => text.split(':')[0]);
		expect(paths).toEqual([
			...['kernel.id', 'kernel.variant', 'server.port', 'logging.level'],
			...['max_intent_length', 'rules.0.kind']
		]);
		expect(readKernelsFile([])).toMatchObject({ ok: false });
	});

	test('reads back as it was written', async () => {
		const rules = [{ kind: 'hours' as const, from: '09:00', to: '17:00', zone: 'Europe/Berlin' }];
		const file = {
			kernel: { id: 'k', variant: 'strict' as const },
			policy: createPolicy({
				...policy,
				rules,
				roles: { family: ['dad', 'mum'] },
				allowed_actors: ['*', 'yes']
			}),
			server: { host: 'localhost', port: 1 },
			logging: { level: 'DEBUG' as const }
		};
		const text = await formatYaml(kernelsRecord(file));
		// To YAML 1.1, which the reference reads, a bare 17:00 is a number and a bare yes is true.
		for (const quoted of ['to: "17:00"', '- "yes"']) expect(text).toContain(quoted);
		const given = await parseYaml(text);
		const again = readKernelsFile(given.ok ? given.value : null);
		expect(again).toMatchObject({ ok: true, value: { ignored: [] } });
		if (again.ok) expect(kernelsRecord(again.value.file)).toEqual(kernelsRecord(file));
	});

	test('takes what the environment says instead, and refuses what it cannot use there', async () => {
		const read = await readPolicyText(documented, {
			...{ KERNELS_KERNEL_ID: 'other', KERNELS_ALLOWED_ACTORS: ' a, b,,', KERNELS_ALLOWED_TOOLS: '' },
			...{ KERNELS_REQUIRE_TOOL_CALL: 'false', KERNELS_MAX_INTENT_LENGTH: '7' },
			...{ KERNELS_SERVER_HOST: 'h', KERNELS_SERVER_PORT: '81', KERNELS_LOG_LEVEL: 'ERROR', KERNELS_X: 'x' }
		});
		expect(read).toMatchObject({
			ok: true,
			value: {
				kind: 'kernels',
				record: {
					kernel: { id: 'other' },
					policy: {
						...{ allowed_actors: ['a', 'b'], allowed_tools: [] },
						...{ require_tool_call: false, max_intent_length: 7 }
					},
					server: { host: 'h', port: 81 },
					logging: { level: 'ERROR' }
				}
			}
		});
		expect(read.ok ? read.value.environment : []).toHaveLength(8);
		const wrong = { KERNELS_REQUIRE_TOOL_CALL: 'maybe', KERNELS_SERVER_PORT: '8e1' };
		expect(await readPolicyText(documented, wrong)).toMatchObject({
			error: { message: expect.stringMatching(/^server\.port: .*; require_tool_call: /) }
		});
		expect((await readPolicyText('{"allowed_actors": []}', wrong)).ok).toBe(true);
	});
});

test('the same policy has one hash, as JSON or YAML, alone or with its kernel, in whatever order', async () => {
	const alone = '{"allowed_tools": ["b", "a"], "max_intent_length": 4096}';
	const texts = [alone, 'allowed_tools: [a, b]', `kernel: {id: k, variant: strict}\npolicy:\n  ${alone}`];
	const hashes = await Promise.all(
		texts.map(async (text) => {
			const read = await readPolicyText(text);
			return read.ok ? read.value.policy_hash : read.error.message;
		})
	);
	expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
	expect(new Set(hashes).size).toBe(1);
});

describe('YAML', () => {
	test.each([
		['an alias', 'a: &a [1]\nb: *a', 'not_yaml'],
		['a tag of its own', 'a: !!js/function x', 'not_yaml'],
		['a key twice', 'a: 1\na: 2', 'not_yaml'],
		['a key that is no text', '? [a]\n: 1', 'not_yaml'],
		['two documents', 'a: 1\n---\nb: 2', 'not_yaml'],
		['nonsense', 'a: [', 'not_yaml'],
		['brackets in brackets', '['.repeat(100_000), 'too_deep'],
		['brackets behind quotes', '["]", '.repeat(10_000), 'too_deep'],
		['lists in lists on one line', '- '.repeat(100_000), 'too_deep'],
		['keys in keys on one line', '? '.repeat(100_000), 'too_deep'],
		['a stair', Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), 'too_deep'],
		['more than a policy needs', `# ${'x'.repeat(262_144)}`, 'too_large']
	])('with %s is refused', async (_what, text, code) => {
		expect(await parseYaml(text)).toMatchObject({ ok: false, error: { code } });
	});

	test('reads back whatever was written', async () => {
		const value = fc.letrec<{ value: Json }>((tie) => ({
			value: fc.oneof(
				{ maxDepth: 3 },
				...[fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null), fc.integer()],
				fc.constantFrom(
					'yes',
					'1',
					'1.0',
					'0x1',
					'~',
					'null',
					'17:00',
					'2026-01-01',
					'- a',
					'a: b',
					'#',
					'&a',
					'*a',
					''
				),
				fc.array(tie('value'), { maxLength: 3 }),
				fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 })
			)
		})).value;
		await fc.assert(
			fc.asyncProperty(value, async (given) => {
				expect(await parseYaml(await formatYaml(given))).toEqual({ ok: true, value: given });
			}),
			{ numRuns: 30 }
		);
	});
});
