import { runScenario, type ScenarioRun } from '#app/scenario.ts';
import { canonicalJson } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import { parseJson } from '#base/json.ts';
import { genesis } from '#kernel/ledger.ts';
import type { VariantName } from '#kernel/variants.ts';
import { longRun } from './long-run.ts';

/** Files of scenarios, the one that another goes on from before it; or the variant of a long run. */
export type ToRun = { readonly texts: readonly string[] } | { readonly variant: VariantName };

/** Where it ended, and the digest of all its entries: two runs with the same one wrote the same, byte for byte. */
export interface Ran {
	readonly root: string;
	readonly entries: string;
}

/** Runs something, in whatever realm. */
export function run(asked: ToRun): Ran {
	if ('variant' in asked) return toRan(longRun(asked.variant));
	let last: ScenarioRun | null = null;
	for (const text of asked.texts) last = runText(text, last);
	return toRan(last?.ledger_entries ?? []);
}

function runText(text: string, before: ScenarioRun | null): ScenarioRun {
	const scenario = parseJson(text);
	if (!scenario.ok) throw new Error(scenario.error.message);
	const ran = runScenario(scenario.value, sha256Hex, before?.ledger_entries);
	if (!ran.ok) throw new Error(ran.error.message);
	return ran.value;
}

function toRan(entries: ScenarioRun['ledger_entries']): Ran {
	const text = canonicalJson(entries);
	return { root: entries.at(-1)?.entry_hash ?? genesis, entries: sha256Hex(new TextEncoder().encode(text)) };
}
