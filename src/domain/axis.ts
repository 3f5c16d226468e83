import * as v from 'valibot';
import { newId, rowId, shortText, wellFormed } from '#domain/common.ts';
import { command } from '#domain/define.ts';

/** A named dimension that tensions run along (specification, section 7). Never leaves the device. */
export interface Axis {
	readonly id: string;
	readonly identity_id: string | null;
	readonly name: string;
	readonly description: string | null;
	readonly category: string | null;
	readonly created_at: string;
	/** Ids of the tensions of the same identity of which it is a pole, whatever the case of their letters. */
	readonly tensions: readonly string[];
}

/** What the specification names; any other word may stand there too. */
export const axisCategories = ['relational', 'temporal', 'existential', 'emotional', 'practical'] as const;

const name = v.pipe(
	wellFormed,
	v.maxLength(200),
	v.trim(),
	v.minLength(1, 'must not be empty'),
	v.check((text) => [...text].length <= 100, 'must be at most 100 characters')
);
const description = v.nullable(v.pipe(wellFormed, v.maxLength(5000)));
const category = v.nullable(v.pipe(shortText, v.trim(), v.minLength(1)));

export const axisCommands = {
	'axis.create': command(
		'Name an axis',
		v.strictObject({
			id: newId,
			identity_id: v.nullable(rowId),
			name,
			description: v.optional(description, null),
			category: v.optional(category, null)
		})
	),
	/** The tensions along it take its new name. */
	'axis.edit': command(
		'Change an axis',
		v.strictObject({
			id: rowId,
			name: v.optional(name),
			description: v.optional(description),
			category: v.optional(category)
		})
	),
	/** The tensions along it stay. */
	'axis.delete': command('Remove an axis', v.strictObject({ id: rowId }))
};

export const axisViews = {
	'axes.list': {
		params: v.strictObject({ identity_id: v.optional(v.nullable(rowId)) }),
		topics: ['axes', 'tensions']
	}
} as const;

export interface AxisRows {
	'axes.list': Axis;
}
