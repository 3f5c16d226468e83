import { expect, test } from 'vitest';
import { consider, type Policy } from '#app/policy-trial.ts';
import { ok } from '#base/result.ts';
import { checkHealth, type Expected, type HealthDependencies, type HealthLine } from '#ui/policy/health.ts';
import { TestMirror } from './mirror.ts';

function depsOf(mirror: TestMirror): HealthDependencies {
	return {
		kernels: async () => (await mirror.read('kernel.status', {})).rows,
		verify: async () => (await mirror.read('ledger.verify', {})).rows[0] ?? null,
		health: async () => (await mirror.read('system.health', {})).rows[0],
		trials: { consider: async (asked) => ok(consider(asked)) }
	};
}

async function linesOf(deps: HealthDependencies, expected: Expected): Promise<HealthLine[]> {
	const lines: HealthLine[] = [];
	await checkHealth(deps, expected, (line) => lines.push(line));
	return lines;
}

const statesOf = (lines: readonly HealthLine[]) => lines.map(({ state }) => state);

/** A kernel that follows with another policy, and what is expected of it. */
async function restored(mirror: TestMirror): Promise<Expected> {
	const [before] = (await mirror.read('kernel.status', {})).rows;
	const policy = { ...(before?.policy as Policy), max_intent_length: 300 };
	const receipt = await mirror.dispatch('kernel.replace', {
		...{ port: 'owner', reason: 'configuration', policy }
	});
	expect(receipt.code).toBe('accepted');
	return { port: 'owner', kernel_id: String(receipt.result?.['kernel_id']), policy };
}

test('what was restored is found well, line by line', async () => {
	const mirror = await TestMirror.open();
	await mirror.write('Before.');
	const expected = await restored(mirror);
	const { entries_verified = 0 } = (await mirror.read('ledger.verify', {})).rows[0] ?? {};
	expect(await linesOf(depsOf(mirror), expected)).toEqual([
		{ what: 'State of the kernel', state: 'right', words: `${expected.kernel_id} is in charge.` },
		{ what: 'Policy', state: 'right', words: 'It enforces what the file says.' },
		{ what: 'tension.create, asked by you', state: 'right', words: 'Is allowed, as the file says.' },
		{ what: 'tension.create, asked by stranger', state: 'right', words: 'Is refused, as the file says.' },
		{ what: 'Ledger', state: 'right', words: `${entries_verified} entries verified.` },
		{
			...{ what: 'Mirror', state: 'right' },
			words: expect.stringMatching(/^It answers: tables [\d.]+ in SQLite, 1 reflection/)
		}
	]);
});

test('a line that is not well says what is so instead, and the others are still asked', async () => {
	const mirror = await TestMirror.open();
	const expected = await restored(mirror);
	const deps = depsOf(mirror);
	// Another policy came in force meanwhile, and its kernel was halted.
	const fewer = { ...expected.policy, allowed_actors: ['system'] };
	const replaced = await mirror.dispatch('kernel.replace', {
		...{ port: 'owner', reason: 'policy', policy: fewer }
	});
	const lines = await linesOf(deps, expected);
	expect(statesOf(lines)).toEqual(['wrong', 'wrong', 'wrong', 'right', 'right', 'right']);
	expect(lines[2]?.words).toBe('Is refused, and by the file it would be allowed.');
	await mirror.dispatch('kernel.halt', { port: 'owner', reason: 'asked' });
	const kernel_id = String(replaced.result?.['kernel_id']);
	const halted = await linesOf(deps, { port: 'owner', kernel_id, policy: fewer });
	expect(statesOf(halted)).toEqual(['wrong', 'right', 'right', 'right', 'right', 'right']);
	expect(halted[0]?.words).toBe(`${kernel_id} is in the state HALTED.`);
});

test('what gives no answer is said to be unknown, and what does not verify is counted', async () => {
	const mirror = await TestMirror.open();
	const expected = await restored(mirror);
	const never = () => Promise.reject(new Error('no answer'));
	const silent = { kernels: never, verify: never, health: never, trials: depsOf(mirror).trials };
	expect(statesOf(await linesOf(silent, expected))).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
	const [found] = (await mirror.read('ledger.verify', {})).rows;
	if (found === undefined) throw new Error('the ledger was not verified');
	const verify = async () => ({ ...found, is_valid: false, errors: ['Entry 1: prev_hash mismatch'] });
	const lines = await linesOf({ ...depsOf(mirror), verify }, expected);
	expect(lines.find(({ what }) => what === 'Ledger')).toMatchObject({
		...{ state: 'wrong', words: expect.stringContaining('1 finding.') }
	});
});
