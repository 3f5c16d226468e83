import type { Clock } from '#base/clock.ts';
import type { PatternName } from '#domain/pattern.ts';
import { shippedConfig, type EngineConfig } from '#domain/engine-config.ts';
import { findCrisis } from '#engine/crisis.ts';
import type { MirrorInput, MirrorOutcome, Silence } from '#engine/mirrorback.ts';
import { mirrorReading } from '#engine/mirrorback.ts';
import type { Reading } from '#engine/reading.ts';
import { read } from '#engine/reading.ts';

/** Version of the engine's code: frames, word lists, crisis phrases and rules. A change of what it says raises it. */
export const ENGINE_VERSION = '1.0.0';

/** What an `engine_runs` row says about one run, beyond ids and time (spec C1, 8). No word of the entry or the mirrorback. */
export interface EngineRunData {
	readonly config_version: string;
	readonly engine_mode: 'manual';
	readonly model_name: null;
	readonly patterns: readonly PatternName[];
	/** Ids of seed tensions; tensions in the person's own words are left out. */
	readonly tensions_surfaced: readonly string[];
	/** Code points of the mirrorback; null when nothing was said. */
	readonly mirrorback_length: number | null;
	/** At least 1. */
	readonly duration_ms: number;
	readonly flags: RunFlags;
}

interface RunFlags {
	readonly silent?: Silence;
	/** Version of the machine rules that were applied. */
	readonly rules?: string;
}

export interface EngineRun {
	readonly outcome: MirrorOutcome;
	readonly run: EngineRunData;
}

/**
 * Mirrors an entry under a configuration (as shipped where none is given) and records the run. No configuration reaches what
 * is asked first, whether the entry speaks of a crisis: for one the record holds mode and duration only.
 */
export function runMirror(
	asked: Omit<MirrorInput, 'config'>,
	clock: Clock,
	config = shippedConfig
): EngineRun {
	const started = clock();
	const input = { ...asked, config };
	const reading = findCrisis(input.text) === null ? narrowed(read(input.text), config) : null;
	const outcome: MirrorOutcome = reading === null ? { kind: 'crisis' } : mirrorReading(reading, input);
	const duration_ms = Math.max(1, Math.round(clock() - started));
	return { outcome, run: { ...recordOf(outcome, reading, input), duration_ms } };
}

/** Only what the configuration has the engine look for. */
function narrowed(reading: Reading, { patterns, tensions }: EngineConfig): Reading {
	return {
		...reading,
		patterns: reading.patterns.filter(({ pattern }) => patterns.includes(pattern)),
		tensions: reading.tensions.filter((tension) => tension.kind !== 'seed' || tensions.includes(tension.id))
	};
}

function recordOf(
	outcome: MirrorOutcome,
	reading: Reading | null,
	{ rules, config }: MirrorInput & { readonly config: EngineConfig }
): Omit<EngineRunData, 'duration_ms'> {
	const found = reading ?? NOTHING;
	return {
		config_version: config.version,
		engine_mode: 'manual',
		model_name: null,
		patterns: found.patterns.map(({ pattern }) => pattern),
		tensions_surfaced: found.tensions.flatMap((tension) => (tension.kind === 'seed' ? [tension.id] : [])),
		mirrorback_length: outcome.kind === 'mirrorback' ? [...outcome.text].length : null,
		flags:
			outcome.kind === 'crisis'
				? {}
				: outcome.kind === 'silent'
					? { silent: outcome.reason, rules: rules.version }
					: { rules: rules.version }
	};
}

const NOTHING: Pick<Reading, 'patterns' | 'tensions'> = { patterns: [], tensions: [] };
