import * as v from 'valibot';
import { isoTimestamp, pageLimit, rowId } from '#domain/common.ts';
import { command } from '#domain/define.ts';
import type { feedbackFlags } from '#domain/mirrorback.ts';

export const engineModes = ['local_llm', 'remote_llm', 'manual'] as const;
export type EngineMode = (typeof engineModes)[number];

/** What a person said of a run. */
export interface Feedback {
	readonly id: string;
	readonly rating: number | null;
	readonly flags: readonly ((typeof feedbackFlags)[number] | (string & {}))[];
	readonly notes: string | null;
	readonly timestamp: string;
}

/** What the engine did once (specification, section 8): measures and names of patterns, and no word of what was written. */
export interface EngineRun {
	readonly id: string;
	/** Null of a crisis: it is not kept which entry that was. */
	readonly reflection_id: string | null;
	readonly config_version: string;
	readonly engine_mode: EngineMode;
	readonly model_name: string | null;
	readonly patterns: readonly string[];
	readonly tensions_surfaced: readonly string[];
	readonly mirrorback_length: number | null;
	readonly duration_ms: number | null;
	/** By their name; what a flag holds depends on it. */
	readonly flags: Readonly<Record<string, unknown>>;
	readonly timestamp: string;
	readonly sync_allowed: boolean;
	readonly feedback: readonly Feedback[];
}

/** What can get worse from ten answers to the next ten: the share of directive words, and how they were rated. */
export const driftMeasures = ['violations', 'directive', 'recognition'] as const;
export type DriftMeasure = (typeof driftMeasures)[number];
export type DriftLight = 'green' | 'yellow' | 'red';

/** A measure that got worse by more than the machine rules allow. Shares of 1. */
export interface Regression {
	readonly measure: Exclude<DriftMeasure, 'violations'>;
	readonly before: number;
	readonly now: number;
}

/** How the mirror has kept to its rules lately. */
export interface Drift {
	/** The newest runs that said something, or were kept by the rules from saying anything: 1,000 at most. */
	readonly outputs: number;
	/** Of these, those that the rules refused, and those that were directive by measure or by what the person said. */
	readonly violations: number;
	/** Null while there is nothing to judge by. */
	readonly light: DriftLight | null;
	/** Whether there are enough answers to hold the last ten against the ten before them. */
	readonly is_compared: boolean;
	/** What got worse from those to these. */
	readonly regressions: readonly Regression[];
	/** When the first of the last ten answers was given; null while there are fewer. */
	readonly since: string | null;
}

/** The light of a drift (specification, C2: drift monitor): violations of 1,000 outputs; under 10 green, under 50 yellow. */
export function driftLight(violations: number, outputs: number): DriftLight | null {
	if (outputs === 0) return null;
	const rate = (violations / outputs) * 1000;
	return rate < 10 ? 'green' : rate < 50 ? 'yellow' : 'red';
}

export const engineRunCommands = {
	/** Whether a run, and what was said of it, may be given to others. Nothing is given by this. */
	'engine_run.share': command(
		'Change whether an engine run may be shared',
		v.strictObject({ id: rowId, sync_allowed: v.boolean() })
	)
};

export const engineRunViews = {
	'engine_runs.list': {
		params: v.strictObject({
			reflection_id: v.optional(rowId),
			/** Continue after the run of that time and id. */
			after: v.optional(v.nullable(v.strictObject({ timestamp: isoTimestamp, id: rowId })), null),
			limit: pageLimit
		}),
		topics: ['engine_runs', 'engine_feedback']
	},
	'engine_runs.drift': {
		params: v.strictObject({}),
		topics: ['engine_runs', 'engine_feedback', 'mirrorbacks']
	}
} as const;

export interface EngineRunRows {
	'engine_runs.list': EngineRun;
	'engine_runs.drift': Drift;
}
