import { ok } from '#base/result.ts';
import { changedConfig, type ConfigChanges, type EngineConfig } from '#domain/engine-config.ts';
import type { TestResults } from '#domain/evolution.ts';
import { MACHINE_RULES } from '#engine/constitution/rules.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import { loadRules, type Rules } from '#engine/rulebook.ts';
import { runMirror } from '#engine/run.ts';
import { changesOf } from '#records/evolution.ts';
import { newestReflections, type EarlierReflection } from '#records/history.ts';
import { rowById, updateRow } from '#records/row.ts';
import { readSettings } from '#records/setting.ts';
import type { HandlerMap, Refusal } from '#records/work.ts';

/** How many entries a trial reads: enough to see a change, little enough to be done in about a second. */
const most = 40;

export const trialHandlers: HandlerMap<'proposal.test'> = {
	'proposal.test': async ({ id }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return refused('not_found', 'This proposal is no longer there.');
		if (row.status !== 'draft' && row.status !== 'testing')
			return refused('invalid_data', 'Only a draft, or what is being tested, can be tried.');
		const changes = changesOf(row);
		if (changes === null)
			return refused('invalid_data', 'What this proposal changes is unknown to this version of Mirror OS.');
		const rules = loadRules(MACHINE_RULES, CONSTITUTION_TEXTS);
		if (!rules.ok) return refused('failed', rules.error.message);
		const { engine_config } = await readSettings(work.tx);
		const entries = await newestReflections(work.tx, most);
		const results: TestResults = {
			tested_at: work.now,
			config_version: engine_config.version,
			...tried(entries, rules.value, engine_config, changes)
		};
		const test_results = JSON.stringify(results);
		await updateRow(work, 'evolution_proposals', { ...row, status: 'testing', test_results });
		return ok({ id, status: 'testing' });
	}
};

/** Mirrors each entry twice with the same seed, before the change and after it. What was said is compared and forgotten. */
function tried(
	entries: readonly EarlierReflection[],
	rules: Rules,
	before: EngineConfig,
	changes: ConfigChanges
): Omit<TestResults, 'tested_at' | 'config_version'> {
	const after = changedConfig(before, changes);
	const counts = { mirrorbacks_before: 0, mirrorbacks_after: 0, changed: 0, highest_directive: 0 };
	entries.forEach(({ text, date }, at) => {
		const input = { text, history: entries.slice(at + 1), seed: at, previousFrame: null, rules, today: date };
		const [old, changed] = [before, after].map((config) => runMirror(input, () => 0, config).outcome);
		if (old?.kind === 'mirrorback') counts.mirrorbacks_before++;
		if (changed?.kind === 'mirrorback') {
			counts.mirrorbacks_after++;
			counts.highest_directive = Math.max(counts.highest_directive, changed.directive.ratio);
		}
		if (JSON.stringify(old) !== JSON.stringify(changed)) counts.changed++;
	});
	return { entries: entries.length, ...counts };
}

function refused(code: Refusal['code'], message: string): { readonly ok: false; readonly error: Refusal } {
	return { ok: false, error: { code, message } };
}
