/** What the engine can notice in an English text. Names are those of `engine_runs.patterns`. */
export const patternNames = [
	'obligation_language',
	'absolute_thinking',
	'internal_tension',
	'high_emotional_intensity',
	'relationship_focus',
	'self_critical',
	'open_question'
] as const;

export type PatternName = (typeof patternNames)[number];
