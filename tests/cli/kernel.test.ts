import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../src/cli/mirror.js', import.meta.url));
const vectors = fileURLToPath(new URL('../vectors/kernels/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mirror-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
	readonly status: number | null;
	readonly out: string;
	readonly complaint: string;
}

function mirror(words: readonly string[], input = ''): Ran {
	const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
		input,
		encoding: 'utf8'
	});
	return { status, out: stdout, complaint: stderr };
}

function lines<T>({ out }: Ran): T[] {
	return out
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as T);
}

function vector<T>(name: string): T {
	return JSON.parse(readFileSync(vectors + name, 'utf8')) as T;
}

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

interface Verified {
	readonly file: string;
	readonly is_valid: boolean;
	readonly errors: readonly string[];
	readonly structural: readonly string[];
}
interface Indexed {
	readonly file: string;
	readonly expect: {
		readonly hash_with_permit_fields?: { readonly errors: readonly string[] };
		readonly structural_extra?: readonly string[];
	};
}
const index = vector<{ bundles: readonly Indexed[]; tampered: readonly Indexed[] }>('index.json');

describe('mirror verify', () => {
	test('says of every bundle and every altered copy what the index says', () => {
		const all = [...index.bundles, ...index.tampered];
		const ran = mirror(['verify', '--json', ...all.map(({ file }) => vectors + file)]);
		expect(ran).toMatchObject({ status: 1, complaint: '' });
		expect(lines<Verified>(ran).map(({ errors, structural }) => ({ errors, structural }))).toEqual(
			all.map(({ expect: told }) => ({
				errors: told.hash_with_permit_fields?.errors ?? [],
				structural: told.structural_extra ?? []
			}))
		);
	});

	test('answers with all that there is to know about a file', () => {
		const path = `${vectors}bundles/17-permits.json`;
		const ran = mirror(['verify', path, '--json']);
		expect(ran.status).toBe(0);
		expect(lines(ran)).toEqual([
			{
				file: path,
				kind: 'evidence',
				is_valid: true,
				entries_verified: 22,
				errors: [],
				structural: [],
				computed_root_hash: vector<{ root_hash: string }>('bundles/17-permits.json').root_hash,
				hash_profile: 'v3-19',
				as_reference: { is_valid: false, errors: expect.any(Array) }
			}
		]);
	});

	test('says it in words', () => {
		const good = `${vectors}bundles/02-strict-three.json`;
		expect(mirror(['verify', good])).toMatchObject({
			status: 0,
			out: `${good}: Ledger valid. 3 entries verified.\n`
		});
		const bad = `${vectors}tampered/02-strict-three--empty.json`;
		expect(mirror(['verify', bad])).toMatchObject({
			status: 1,
			out: [
				`${bad}: Ledger verification failed:`,
				'  Root hash mismatch. Computed 0000000000000000..., expected 9339bdb2fb963235...',
				'  entry_count differs from number of entries',
				'  empty ledger but root is not the genesis hash\n'
			].join('\n')
		});
	});

	test('holds a chain against a root that was noted', () => {
		const forged = `${vectors}tampered/02-strict-three--rehash-all.json`;
		const root = vector<{ root_hash: string }>('bundles/02-strict-three.json').root_hash;
		expect(mirror(['verify', forged]).status).toBe(0);
		expect(mirror(['verify', forged, '--root', root])).toMatchObject({
			status: 1,
			out: expect.stringContaining('Root hash mismatch.')
		});
		expect(mirror(['verify', `${vectors}bundles/02-strict-three.json`, '--root', root]).status).toBe(0);
	});

	test('names what it cannot read, and goes on with the other files', () => {
		const good = `${vectors}bundles/01-strict-one-allow.json`;
		const damaged = readFileSync(`${vectors}bundles/shape-archive.json.gz`);
		damaged[2000] = (damaged[2000] ?? 0) ^ 1;
		const unreadable = [
			[join(folder, 'missing.json'), 'unreadable'],
			[file('text.json', 'not a ledger'), 'not_json'],
			[file('other.json', '{"a": 1}'), 'not_evidence'],
			[file('bytes.json', Uint8Array.of(0xff, 0xfe, 0x00)), 'not_text'],
			[file('damaged.json.gz', damaged), 'bad_gzip'],
			[file('short.json.gz', damaged.subarray(0, 100)), 'bad_gzip'],
			[file('deep.json', '['.repeat(100_000)), 'too_deep']
		] as const;
		const ran = mirror(['verify', '--json', ...unreadable.map(([path]) => path), good]);
		expect(ran.status).toBe(2);
		expect(lines(ran)).toEqual([
			...unreadable.map(([path, code]) => ({ file: path, error: { code, message: expect.any(String) } })),
			expect.objectContaining({ file: good, is_valid: true })
		]);
		for (const [path] of unreadable) expect(ran.complaint).toContain(`${path}: `);
	});
});

describe('mirror canonical', () => {
	interface Hashing {
		readonly input_json: string;
		readonly serialized: string;
		readonly sha256: string;
	}

	test('answers every line of the hashing vectors', () => {
		const { vectors: told } = vector<{ vectors: readonly Hashing[] }>('hashing.json');
		const ran = mirror(['canonical', '--json'], told.map(({ input_json }) => `${input_json}\n`).join(''));
		expect(ran).toMatchObject({ status: 0, complaint: '' });
		expect(lines(ran)).toEqual(told.map(({ serialized, sha256 }) => ({ serialized, sha256 })));
	});

	test('a line ends only at a newline, and a wrong line does not stop the others', () => {
		const ran = mirror(['canonical'], '"a\u2028b"\r\n[1,\n1.0');
		expect(ran.status).toBe(2);
		expect(lines(ran)).toMatchObject([
			{ serialized: '"a\\u2028b"' },
			{ line: 2, error: { code: 'not_json' } },
			{ serialized: '1.0' }
		]);
		expect(ran.complaint).toContain('line 2: ');
	});
});

describe('mirror kernel', () => {
	interface Scenario {
		readonly outcomes: readonly { readonly receipt?: object; readonly message?: string }[];
		readonly expected_root_hash: string;
	}
	const strict = readdirSync(`${vectors}scenarios`).filter((name) =>
		/^(0[1-8]|10|11|16|17|18|19|22)-/.test(name)
	);

	test('run replays scenarios to the receipts, entries and root hash of the reference', () => {
		const ran = mirror(['kernel', 'run', '--json', ...strict.map((name) => `${vectors}scenarios/${name}`)]);
		expect(ran).toMatchObject({ status: 0, complaint: '' });
		expect(lines(ran)).toEqual(
			strict.map((name) => {
				const { outcomes, expected_root_hash } = vector<Scenario>(`scenarios/${name}`);
				return {
					file: `${vectors}scenarios/${name}`,
					root_hash: expected_root_hash,
					final_state: name.startsWith('10') ? 'HALTED' : 'IDLE',
					receipts: outcomes.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt])),
					raised: outcomes.flatMap(({ message }) => (message === undefined ? [] : [message])),
					ledger_entries: vector<{ ledger_entries: unknown }>(`bundles/${name}`).ledger_entries
				};
			})
		);
	});

	test('run says when a scenario leads to another root than it expects', () => {
		const scenario = vector<Scenario>('scenarios/01-strict-one-allow.json');
		const altered = file('altered.json', JSON.stringify({ ...scenario, expected_root_hash: 'a'.repeat(64) }));
		expect(mirror(['kernel', 'run', altered])).toMatchObject({
			status: 1,
			out: expect.stringContaining(`The file expects root ${'a'.repeat(64)}.`)
		});
	});

	test('run refuses what is no scenario', () => {
		const ran = mirror(['kernel', 'run', '--json', file('list.json', '[]'), file('empty.json', '{}')]);
		expect(ran.status).toBe(2);
		expect(lines(ran)).toMatchObject([
			{ error: { code: 'not_a_scenario' } },
			{ error: { code: 'not_a_scenario' } }
		]);
	});

	test('policy answers in the order of the vectors', () => {
		interface Decided {
			readonly decision: string;
			readonly violations: readonly string[];
			readonly order_significant: boolean;
		}
		const told = vector<{ vectors: readonly Decided[] }>('policy.json').vectors;
		const ran = mirror(['kernel', 'policy', '--json', `${vectors}policy.json`]);
		expect(ran).toMatchObject({ status: 0, complaint: '' });
		const [answer = []] = lines<Decided[]>(ran);
		const ordered = (decided: Decided, at: number): object => ({
			decision: decided.decision,
			violations: told[at]?.order_significant === true ? decided.violations : [...decided.violations].sort()
		});
		expect(answer.map(ordered)).toEqual(told.map(ordered));
	});

	test('policy names the vector that it cannot use', () => {
		const ran = mirror(['kernel', 'policy', '--json', file('policy.json', '{"vectors": [{"request": 1}]}')]);
		expect(ran.status).toBe(2);
		expect(lines(ran)).toMatchObject([{ error: { code: 'not_a_policy_file' } }]);
	});
});

describe('policies in files', () => {
	const yaml = file(
		'kernels.yaml',
		`kernel: {id: k, variant: strict}
policy:
  allowed_actors: [agent-001]
  allowed_tools: [echo]
  rules:
    - {kind: ask, tools: [add]}
evidence: {path: elsewhere}
`
	);
	const json = file(
		'open.json',
		'{"allowed_actors": ["*"], "allowed_tools": ["*"], "allow_intent_only": true}'
	);

	test('permit says the id and the signature of each, whatever the permits say of them', () => {
		interface Given {
			readonly permit: { readonly permit_id: string; readonly signature: string };
			readonly key_hex: string;
		}
		const { vectors: told } = vector<{ vectors: readonly Given[] }>('permits.json');
		const ids = told.map(({ permit: { permit_id, signature } }) => ({ permit_id, signature }));
		const ran = mirror(['kernel', 'permit', '--json', `${vectors}permits.json`]);
		expect(ran).toMatchObject({ status: 0, complaint: '' });
		expect(lines(ran)).toEqual([ids]);
		// In the text itself: read and written again, 1.0 would be 1.
		const text = readFileSync(`${vectors}permits.json`, 'utf8');
		const path = file('unsigned.json', text.replaceAll(/"(permit_id|signature)": "\w*"/g, '"$1": ""'));
		expect(lines(mirror(['kernel', 'permit', '--json', path]))).toEqual([ids]);
	});

	test.each([
		['{"vectors": 1}', 'not_a_permit_file'],
		['{"vectors": [{"permit": {}, "key_hex": "0g"}]}', 'not_a_permit_file'],
		['{"vectors": [{"permit": {}, "key_hex": "00"}]}', 'not_a_permit'],
		['{', 'not_json']
	])('permit names what it cannot sign: %s', (text, code) => {
		const ran = mirror(['kernel', 'permit', '--json', file('permits.json', text)]);
		expect(ran.status).toBe(2);
		expect(lines(ran)).toMatchObject([{ error: { code } }]);
	});

	test('policy-check prints a policy with all its defaults, or what is wrong with it', () => {
		const wrong = file('wrong.yaml', 'allowed_actors: 7\nrules: [{kind: sometimes}]');
		const unreadable = file('unreadable.yaml', 'a: *b');
		const ran = mirror(['kernel', 'policy-check', '--json', yaml, json, wrong, unreadable]);
		expect(ran.status).toBe(2);
		expect(lines(ran)).toMatchObject([
			{
				...{ file: yaml, is_valid: true, kind: 'kernels', ignored: ['evidence'], environment: [] },
				kernels: { kernel: { id: 'k' }, policy: { max_intent_length: 4096, rules: [{ kind: 'ask' }] } }
			},
			{ file: json, is_valid: true, kind: 'policy', policy: { allowed_actors: ['*'] } },
			{ file: wrong, is_valid: false, error: { code: 'not_a_policy' } },
			{ file: unreadable, error: { code: 'not_yaml' } }
		]);
		expect(mirror(['kernel', 'policy-check', wrong, yaml])).toMatchObject({
			status: 1,
			out: expect.stringMatching(
				/wrong\.yaml: not a policy:\n {2}allowed_actors: .*\n {2}rules\.0\.kind: .*\n.*: policy [0-9a-f]{64}\n {2}Not looked at: evidence\nkernel:\n {2}id: k\n/
			)
		});
	});

	test('policy-diff says what changes', () => {
		expect(mirror(['kernel', 'policy-diff', yaml, json])).toMatchObject({
			status: 1,
			out: [
				...['+ actor *', '- actor agent-001', '+ tool *', '- tool echo'],
				...['- rule {"kind":"ask","tools":["add"]}', '~ allow_intent_only: false -> true\n']
			].join('\n')
		});
		const same = mirror(['kernel', 'policy-diff', '--json', json, json]);
		expect(same.status).toBe(0);
		expect(lines(same)).toMatchObject([{ before: json, after: json, is_same: true, settings: [] }]);
	});

	test('dry-run says what a policy would have denied of a ledger', () => {
		const ledger = `${vectors}bundles/02-strict-three.json`;
		expect(mirror(['kernel', 'dry-run', yaml, ledger])).toMatchObject({
			status: 1,
			out: [
				`${ledger}: 3 entries: 1 would now be denied, 0 would now be allowed,`,
				"  2 stay as they are, 0 cannot be told, 0 were no policy's to decide.",
				`  1 "req-002": Tool 'add' is not in allowed tools\n`
			].join('\n')
		});
		const ran = mirror(['kernel', 'dry-run', '--json', json, ledger, file('none.json', '{}')]);
		expect(ran.status).toBe(2);
		expect(lines(ran)).toMatchObject([
			{ file: ledger, entries: 3, allow_to_deny: 0, deny_to_allow: 1, same: 2, unknown: 0, denied: [] },
			{ error: { code: 'not_evidence' } }
		]);
	});
});

describe('wrong usage', () => {
	test.each([
		[[]],
		[['unknown']],
		[['verify']],
		[['verify', '--unknown', 'x']],
		[['verify', 'x', '--root', 'abc']],
		[['kernel']],
		[['kernel', 'toString']],
		[['kernel', 'run']],
		[['kernel', 'policy-diff', 'a']],
		[['kernel', 'policy-diff', 'a', 'b', 'c']],
		[['canonical', 'file']]
	])('%j ends with 2 and says how it is used', (words) => {
		const ran = mirror(words);
		expect(ran).toMatchObject({ status: 2, out: '' });
		expect(ran.complaint).toContain('Usage: mirror ');
	});

	test('help is an answer', () => {
		expect(mirror(['help'])).toMatchObject({ status: 0, out: expect.stringContaining('mirror verify FILE') });
	});
});
