import * as v from 'valibot';
import { newId, rowId, wellFormed } from '#domain/common.ts';
import { command } from '#domain/define.ts';

/** What the mirror said back (specification, section 3). Shares the visibility of its reflection. */
export interface Mirrorback {
	readonly id: string;
	readonly reflection_id: string;
	readonly content: string;
	readonly engine_version: string;
	readonly created_at: string;
	readonly metadata: Readonly<Record<string, unknown>>;
	/** The person asked that the mirror say nothing: it is kept, and not shown again. */
	readonly is_silenced: boolean;
}

export const feedbackFlags = [
	'too_directive',
	'missed_tension',
	'too_generic',
	'over_explained',
	'felt_judged',
	'unhelpful',
	'too_long',
	'too_short',
	'off_topic',
	'actually_helpful'
] as const;

export const mirrorbackCommands = {
	'mirrorback.create': command(
		'Mirror a reflection',
		v.strictObject({ id: newId, reflection_id: rowId, engine_run_id: newId })
	),
	'feedback.give': command(
		'Say how a mirrorback was',
		v.pipe(
			v.strictObject({
				id: newId,
				engine_run_id: rowId,
				rating: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))), null),
				flags: v.optional(
					v.nullable(v.pipe(v.array(v.picklist(feedbackFlags)), v.minLength(1), v.maxLength(10))),
					null
				),
				notes: v.optional(v.nullable(v.pipe(wellFormed, v.minLength(1), v.maxLength(5000))), null)
			}),
			v.check(
				(data) => data.rating !== null || data.flags !== null || data.notes !== null,
				'must hold a rating, a flag or a note'
			)
		)
	)
};

export const mirrorbackViews = {
	'mirrorbacks.list': {
		params: v.strictObject({ reflection_id: rowId }),
		topics: ['mirrorbacks', 'engine_feedback']
	}
} as const;

export interface MirrorbackRows {
	'mirrorbacks.list': Mirrorback;
}
