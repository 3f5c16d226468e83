import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runScenario, type ScenarioRun } from '#app/scenario.ts';
import { sha256Hex } from '#base/hash.ts';
import { Replay } from '#kernel/replay.ts';
import type { VariantName } from '#kernel/variants.ts';
import { longRun, longRunRoots } from './long-run.ts';
import { vector, vectorPath } from './vectors.ts';

interface Scenario {
	readonly resumed_from: string | null;
	readonly expected_root_hash: string;
	readonly replayable_in_another_language: boolean;
}

function replay(file: string): ScenarioRun {
	const { resumed_from } = vector<Scenario>(`scenarios/${file}`);
	const before = resumed_from === null ? [] : replay(`${resumed_from}.json`).ledger_entries;
	const run = runScenario(vector(`scenarios/${file}`), sha256Hex, before);
	if (!run.ok) throw new Error(run.error.message);
	return run.value;
}

test.each(readdirSync(vectorPath('scenarios')))('scenario %s gives the same twice', (file) => {
	const [once, again] = [replay(file), replay(file)];
	expect(again).toEqual(once);
	const { expected_root_hash, replayable_in_another_language } = vector<Scenario>(`scenarios/${file}`);
	if (replayable_in_another_language) expect(once.root_hash).toBe(expected_root_hash);
});

describe.each(Object.entries(longRunRoots) as [VariantName, string][])(
	'a long run of %s',
	(variant, root) => {
		const entries = longRun(variant);

		test('ends with the root that it ended with when it was written down, and again', () => {
			expect(entries.at(-1)?.entry_hash).toBe(root);
			expect(longRun(variant)).toEqual(entries);
		});

		test('meets requests of every kind, and verifies', () => {
			const errors = entries.map(({ error }) => error?.split(':')[0] ?? null);
			for (const kind of [null, 'Validation failed', 'Ambiguity detected', 'Jurisdiction denied'])
				expect(errors).toContain(kind);
			expect(errors).toContain('Tool execution failed');
			expect(errors.includes('Variant requirements not met')).toBe(
				variant === 'evidence-first' || variant === 'dual-channel'
			);
			expect(entries.at(-1)?.decision).toBe('HALT');
			const replayed = new Replay({ sha256: sha256Hex });
			replayed.push(entries);
			expect(replayed.finish()).toMatchObject({ is_valid: true, errors: [] });
		});
	}
);
