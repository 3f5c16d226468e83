import type { PatternName } from '#domain/pattern.ts';
import type { ConstitutionCheck } from '#engine/constitution.ts';
import { checkConstitution } from '#engine/constitution.ts';
import type { Directive } from '#engine/directive.ts';
import type { Evidence } from '#engine/patterns.ts';
import { read } from '#engine/reading.ts';
import type { Rules } from '#engine/rulebook.ts';
import type { Tension } from '#engine/tensions.ts';

/** What the engine sees in a text. All offsets are UTF-16 units. */
export interface Analysis {
	readonly patterns: readonly PatternName[];
	/** For each pattern the words that show it. */
	readonly evidence: Readonly<Partial<Record<PatternName, readonly Evidence[]>>>;
	readonly tensions: readonly Tension[];
	readonly directive: Directive;
	/** The text judged as if the mirror had written it. */
	readonly constitution: Pick<ConstitutionCheck, 'verdict' | 'findings'>;
}

/** Reads a text both ways: as an entry (patterns, tensions) and as a mirrorback (directive language, constitution). */
export function analyze(text: string, rules: Rules): Analysis {
	const reading = read(text);
	const { verdict, findings, directive } = checkConstitution(text, rules);
	return {
		patterns: reading.patterns.map(({ pattern }) => pattern),
		evidence: Object.fromEntries(reading.patterns.map(({ pattern, evidence }) => [pattern, evidence])),
		tensions: reading.tensions,
		directive,
		constitution: { verdict, findings }
	};
}
