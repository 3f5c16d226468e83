import { ok } from '#base/result.ts';
import type { CommandData } from '#domain/command.ts';
import type { Mirrorback } from '#engine/mirrorback.ts';
import { ENGINE_VERSION, runMirror, type EngineRun } from '#engine/run.ts';
import { shippedRules } from '#engine/shipped-rules.ts';
import { earlierReflections, lastFrame, rememberedFeedback } from '#records/history.ts';
import { readMetadata, reflectionRow, type ReflectionRow } from '#records/reflection.ts';
import { insertRow } from '#records/row.ts';
import { readSettings } from '#records/setting.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, Work } from '#records/work.ts';

type Asked = CommandData<'mirrorback.create'>;

export const mirrorbackHandlers: HandlerMap<'mirrorback.create'> = {
	'mirrorback.create': async (asked, work) => {
		if (!shippedRules.ok) return refuse('failed', shippedRules.error.message);
		const row = await reflectionRow(work.tx, asked.reflection_id);
		if (row === null) {
			return refuse('not_found', 'This reflection is no longer there.');
		}
		const { engine_config } = await readSettings(work.tx);
		const { outcome, run } = runMirror(
			{
				text: row.content,
				history: await earlierReflections(work.tx, row),
				seed: seedFrom(work.random(4)),
				previousFrame: await lastFrame(work.tx),
				rules: shippedRules.value,
				remembered: await rememberedFeedback(work.tx, row),
				today: readMetadata(row.metadata).local_date ?? row.created_at.slice(0, 10)
			},
			work.clock,
			engine_config
		);
		await recordRun(work, asked, outcome.kind, run);
		const said = { kind: outcome.kind, engine_run_id: asked.engine_run_id };
		if (outcome.kind !== 'mirrorback') {
			return ok({ ...said, mirrorback_id: null, reason: outcome.kind === 'silent' ? outcome.reason : null });
		}
		await keepMirrorback(work, asked, row, outcome, run.duration_ms);
		return ok({ ...said, mirrorback_id: asked.id, reason: null });
	}
};

/**
 * Never content. Of a crisis: mode and duration, and not even which entry it was. That it was one stands in the stored
 * receipt, on this device only: whoever lost the answer and asks again must get the card, and not silence.
 */
function recordRun(
	work: Work,
	asked: Asked,
	kind: EngineRun['outcome']['kind'],
	run: EngineRun['run']
): Promise<void> {
	const isCrisis = kind === 'crisis';
	return insertRow(work, 'engine_runs', {
		id: asked.engine_run_id,
		reflection_id: isCrisis ? null : asked.reflection_id,
		config_version: run.config_version,
		engine_mode: run.engine_mode,
		model_name: run.model_name,
		patterns: isCrisis ? null : JSON.stringify(run.patterns),
		tensions_surfaced: isCrisis ? null : JSON.stringify(run.tensions_surfaced),
		mirrorback_length: run.mirrorback_length,
		duration_ms: run.duration_ms,
		flags: isCrisis ? null : JSON.stringify(run.flags),
		timestamp: work.now,
		sync_allowed: 0
	});
}

function keepMirrorback(
	work: Work,
	asked: Asked,
	row: ReflectionRow,
	{ text, anchors, question, frame, pattern, link, directive }: Mirrorback,
	duration_ms: number
): Promise<void> {
	return insertRow(work, 'mirrorbacks', {
		id: asked.id,
		reflection_id: row.id,
		content: text,
		engine_version: ENGINE_VERSION,
		created_at: work.now,
		metadata: JSON.stringify({
			engine_mode: 'manual',
			engine_run_id: asked.engine_run_id,
			duration_ms,
			patterns_detected: pattern === null ? [] : [pattern],
			directive_score: directive.ratio,
			constitutional_flags: [],
			frame,
			question,
			anchors: anchors.map(({ start, end }) => [start, end]),
			linked_reflection: link?.id ?? null
		})
	});
}

function seedFrom(bytes: Uint8Array): number {
	return bytes.reduce((seed, byte) => seed * 256 + byte, 0);
}
