import type { OwnPattern, PatternChoices, TypedChoices } from '#domain/pattern-choices.ts';

/** A pattern of the person's own as it is typed: its phrases stand below each other. */
export interface TypedPattern {
	readonly id: string;
	readonly name: string;
	readonly phrases: string;
}

export function typedOf({ id, name, phrases }: OwnPattern): TypedPattern {
	return { id, name, phrases: phrases.join('\n') };
}

/** What is to be kept: without what is as shipped, and without lines that are empty or stand there twice. */
export function toKeep(known: PatternChoices['known'], own: readonly TypedPattern[]): TypedChoices {
	const chosen = Object.entries(known)
		.map(([pattern, { name, shown }]) => [pattern, { name: orNull(name), shown }] as const)
		.filter(([, { name, shown }]) => name !== null || shown !== 'alone');
	return {
		known: Object.fromEntries(chosen),
		own: own.map(({ id, name, phrases }) => ({ id, name, phrases: linesOf(phrases) }))
	};
}

function orNull(name: string | null): string | null {
	return name === null || name.trim() === '' ? null : name;
}

function linesOf(text: string): string[] {
	const lines = text.split('\n').map((line) => line.trim());
	return [...new Set(lines.filter((line) => line !== ''))];
}
