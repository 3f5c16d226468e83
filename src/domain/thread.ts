import * as v from 'valibot';
import { newId, pageLimit, rowId, shortText } from '#domain/common.ts';
import { command } from '#domain/define.ts';
import type { ReflectionItem } from '#domain/reflection.ts';

export const threadStatuses = ['active', 'paused', 'archived'] as const;
export type ThreadStatus = (typeof threadStatuses)[number];

/** Reflections in an order of their own (specification, sections 4 and 5). Never leaves the device. */
export interface Thread {
	readonly id: string;
	readonly identity_id: string | null;
	readonly title: string | null;
	/** When its first reflection was written; its own creation until there is one. */
	readonly started_at: string;
	readonly last_active: string;
	readonly status: ThreadStatus;
	/** How many reflections stand in it. */
	readonly count: number;
}

/** A reflection at its place in a thread. */
export interface ThreadItem extends ReflectionItem {
	/** Grows along the thread; places that were left leave gaps. */
	readonly position: number;
	readonly added_at: string;
}

/** Most reflections that one command puts, takes or orders. */
const mostAtOnce = 1000;

const title = v.nullable(
	v.pipe(
		shortText,
		v.trim(),
		v.transform((text) => (text === '' ? null : text))
	)
);
const each = v.pipe(
	v.array(rowId),
	v.minLength(1),
	v.maxLength(mostAtOnce),
	v.check((ids) => new Set(ids).size === ids.length, 'must name each reflection once')
);

export const threadCommands = {
	'thread.create': command(
		'Begin a thread',
		v.strictObject({
			id: newId,
			identity_id: v.nullable(rowId),
			title,
			reflection_ids: v.optional(v.union([v.pipe(v.array(rowId), v.length(0)), each]), [])
		})
	),
	'thread.edit': command(
		'Change a thread',
		v.strictObject({ id: rowId, title: v.optional(title), status: v.optional(v.picklist(threadStatuses)) })
	),
	/** What stands in it already stays where it is. */
	'thread.add': command('Add to a thread', v.strictObject({ id: rowId, reflection_ids: each })),
	'thread.remove': command('Take out of a thread', v.strictObject({ id: rowId, reflection_ids: each })),
	/** All of its reflections, in their new order. */
	'thread.arrange': command('Reorder a thread', v.strictObject({ id: rowId, reflection_ids: each })),
	/** Its reflections stay. */
	'thread.delete': command('Remove a thread', v.strictObject({ id: rowId }))
};

const topics = ['threads', 'thread_reflections'] as const;

export const threadViews = {
	'threads.list': {
		params: v.strictObject({
			identity_id: v.optional(v.nullable(rowId)),
			status: v.optional(v.picklist(threadStatuses)),
			/** Only those in which this reflection stands. */
			reflection_id: v.optional(rowId)
		}),
		topics
	},
	'threads.get': { params: v.strictObject({ id: rowId }), topics },
	'threads.reflections': {
		params: v.strictObject({
			id: rowId,
			/** Continue behind this position. */
			after: v.optional(v.nullable(v.pipe(v.number(), v.integer())), null),
			limit: pageLimit
		}),
		topics: [...topics, 'reflections']
	}
} as const;

export interface ThreadRows {
	'threads.list': Thread;
	'threads.get': Thread;
	'threads.reflections': ThreadItem;
}
