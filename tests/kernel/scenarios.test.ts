import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runScenario, type ScenarioRun } from '#app/scenario.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import { vector, vectorPath } from './vectors.ts';

interface Scenario {
	readonly name: string;
	readonly variant: string;
	readonly replayable_in_another_language: boolean;
	readonly resumed_from: string | null;
	readonly outcomes: Json;
	readonly final_state: string;
	readonly expected_root_hash: string;
}
interface Bundle {
	readonly ledger_entries: Json;
}

const files = readdirSync(vectorPath('scenarios'));
const scenarios = files.map((file) => ({ file, ...vector<Scenario>(`scenarios/${file}`) }));
/** The error texts of the one that is left out are Python's own. */
const replayable = scenarios.filter(({ replayable_in_another_language }) => replayable_in_another_language);

test('there are scenarios to replay', () => {
	expect(replayable.map(({ name }) => name.slice(0, 2)).join(' ')).toBe(
		'01 02 03 04 05 06 07 08 10 11 12 13 14 15 16 17 18 19 20 21 22'
	);
});

/** Runs a scenario, and before it the one that it goes on from. */
function replay(file: string): ScenarioRun {
	const { resumed_from } = vector<Scenario>(`scenarios/${file}`);
	const before = resumed_from === null ? [] : replay(`${resumed_from}.json`).ledger_entries;
	const run = runScenario(vector(`scenarios/${file}`), sha256Hex, before);
	if (!run.ok) throw new Error(run.error.message);
	return run.value;
}

describe.each(replayable)('scenario $name', ({ file, name, outcomes, final_state, expected_root_hash }) => {
	const run = replay(file);

	test('ends with the root hash and the state of the reference', () => {
		expect(run).toMatchObject({ root_hash: expected_root_hash, final_state });
	});

	test('gives the receipts of the reference', () => {
		expect(canonicalJson(run.outcomes)).toBe(canonicalJson(outcomes));
	});

	test('writes the entries of the reference, byte for byte', () => {
		const bundle = vector<Bundle>(`bundles/${name}.json`);
		expect(run.ledger_entries.map((entry) => canonicalJson(entry))).toEqual(
			(bundle.ledger_entries as Json[]).map((entry) => canonicalJson(entry))
		);
	});
});
