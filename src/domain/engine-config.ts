import * as v from 'valibot';
import { patternNames } from '#domain/pattern.ts';
import { seedTensions } from '#domain/tension.ts';

/** The seed tensions as the engine names them in `engine_runs.tensions_surfaced`. */
export const seedNames = seedTensions.map(([a, b]) => `${a}_vs_${b}`.toLowerCase());

/** MAJOR.MINOR.PATCH (C3-20). */
export const semanticVersion = v.pipe(
	v.string(),
	v.regex(/^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/, 'must be a version like 1.2.0')
);

/** The constitution's threshold: a configuration can be stricter, never laxer. */
const directiveThreshold = 0.15;

const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));

/** What of the engine can be set, each with its shape. What it may never do is no setting: that is the constitution. */
export const engineParameters = {
	/** Which patterns are looked for. */
	patterns: v.pipe(v.array(v.picklist(patternNames)), v.maxLength(patternNames.length)),
	/** Which seed tensions are looked for. */
	tensions: v.pipe(v.array(v.picklist(seedNames)), v.maxLength(seedNames.length)),
	/** Whether a mirrorback may end in a question. */
	questions: v.boolean(),
	/** How many lines may stand between quotation and question. */
	lines: count(2),
	/** How many earlier entries are looked back on. */
	earlier: count(200),
	/** From this share of directive words on a mirrorback is refused. */
	directive_threshold: v.pipe(
		v.number(),
		v.minValue(0.01),
		v.maxValue(directiveThreshold, 'must not be above 0.15, which the constitution sets')
	)
} as const;

export type EngineParameter = keyof typeof engineParameters;

/** The engine's configuration: what of it can be set, and the version that the runs made with it name. */
export const engineConfig = v.object({ version: semanticVersion, ...engineParameters });
export type EngineConfig = v.InferOutput<typeof engineConfig>;

/** As this app ships it. */
export const shippedConfig: EngineConfig = {
	version: '1.0.0',
	patterns: [...patternNames],
	tensions: [...seedNames],
	questions: true,
	lines: 2,
	earlier: 200,
	directive_threshold: directiveThreshold
};

/** Some parameters with their new values. */
export const configChanges = v.pipe(
	v.partial(v.strictObject(engineParameters)),
	v.check((changes) => Object.keys(changes).length > 0, 'must change something')
);
export type ConfigChanges = v.InferOutput<typeof configChanges>;

/** A configuration with some parameters changed. */
export function changedConfig(
	config: EngineConfig,
	changes: ConfigChanges,
	version = config.version
): EngineConfig {
	return v.parse(engineConfig, { ...config, ...changes, version });
}

/** The version after one of the three parts of it was raised. */
export function raised(version: string, part: 'major' | 'minor' | 'patch'): string {
	const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
	if (part === 'major') return `${major + 1}.0.0`;
	return part === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}
