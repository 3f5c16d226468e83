import { ok } from '#base/result.ts';
import { changedConfig, type ConfigChanges, type EngineConfig } from '#domain/engine-config.ts';
import type { TestResults } from '#domain/evolution.ts';
import type { Rules } from '#engine/rulebook.ts';
import { runMirror } from '#engine/run.ts';
import { shippedRules } from '#engine/shipped-rules.ts';
import { changesOf } from '#records/evolution.ts';
import { earlierReflections, newestReflections, type EarlierReflection } from '#records/history.ts';
import { readMetadata, type ReflectionRow } from '#records/reflection.ts';
import { rowById, updateRow } from '#records/row.ts';
import { readSettings } from '#records/setting.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap } from '#records/work.ts';

/** How many entries a trial reads: enough to see a change, little enough to be done in about a second. */
const most = 12;

export const trialHandlers: HandlerMap<'proposal.test'> = {
	'proposal.test': async ({ id }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return refuse('not_found', 'This proposal is no longer there.');
		if (row.status !== 'draft' && row.status !== 'testing')
			return refuse('invalid_data', 'Only a draft, or what is being tested, can be tried.');
		const changes = changesOf(row);
		if (changes === null)
			return refuse('invalid_data', 'What this proposal changes is unknown to this version of Mirror OS.');
		if (!shippedRules.ok) return refuse('failed', shippedRules.error.message);
		const { engine_config } = await readSettings(work.tx);
		const entries: Entry[] = [];
		for (const reflection of await newestReflections(work.tx, most))
			entries.push({ reflection, history: await earlierReflections(work.tx, reflection) });
		const results: TestResults = {
			tested_at: work.now,
			config_version: engine_config.version,
			...tried(entries, shippedRules.value, engine_config, changes)
		};
		const test_results = JSON.stringify(results);
		await updateRow(work, 'evolution_proposals', { ...row, status: 'testing', test_results });
		return ok({ id, status: 'testing' });
	}
};

/** An entry with what the engine looks back on for it: of the same identity, as when it is mirrored. */
interface Entry {
	readonly reflection: ReflectionRow;
	readonly history: readonly EarlierReflection[];
}

/** Mirrors each entry twice with the same seed, before the change and after it. What was said is compared and forgotten. */
function tried(
	entries: readonly Entry[],
	rules: Rules,
	before: EngineConfig,
	changes: ConfigChanges
): Omit<TestResults, 'tested_at' | 'config_version'> {
	const after = changedConfig(before, changes);
	const counts = { mirrorbacks_before: 0, mirrorbacks_after: 0, changed: 0, highest_directive: 0 };
	entries.forEach(({ reflection, history }, at) => {
		const today = readMetadata(reflection.metadata).local_date ?? reflection.created_at.slice(0, 10);
		const input = { text: reflection.content, history, seed: at, previousFrame: null, rules, today };
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
