import * as v from 'valibot';
import { isoTimestamp, pageLimit, shortText } from '#domain/common.ts';
import { command } from '#domain/define.ts';

/** What may be read by somebody else, where the person lets them: each reading is an entry of the ledger. */
export const agentViews = [
	'axes.list',
	'identities.list',
	'insight.days',
	'mirrorbacks.list',
	'reflections.get',
	'reflections.list',
	'reflections.search',
	'reflections.tags',
	'tensions.get',
	'tensions.list',
	'threads.get',
	'threads.list',
	'threads.reflections'
] as const;

/** What may be changed by somebody else, where the person lets them. */
const agentKinds = [
	'feedback.give',
	'reflection.create',
	'reflection.edit',
	'tension.create',
	'tension.edit',
	'tension.place',
	'thread.add',
	'thread.create'
] as const;

/** Everything that a permit can be for. */
export const permitTools = [...agentViews, ...agentKinds] as const;

export function isAgentView(name: string): name is (typeof agentViews)[number] {
	return (agentViews as readonly string[]).includes(name);
}

export type PermitTool = (typeof permitTools)[number];

export function isPermitTool(name: string): name is PermitTool {
	return (permitTools as readonly string[]).includes(name);
}

/** What each use of a tool brings anew, for it is of that use alone: a permit that fixed it would serve once. */
const eachUse: Readonly<Partial<Record<string, readonly string[]>>> = {
	'feedback.give': ['id'],
	'reflection.create': ['id', 'created_at', 'local_date'],
	'tension.create': ['id'],
	'thread.create': ['id']
};

/** The params that each use of a tool brings anew. */
export function broughtAnew(tool: string): readonly string[] {
	return eachUse[tool] ?? [];
}

/** What a caller by a permit is called in the ledger: no name that a person chose stands there. */
export const agentName = /^agent:[0-9a-f]{12}$/;

const paramName = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

export const permitCommands = {
	/** Gives leave to ask for one thing. The token is signed before, with a key that nothing can read. */
	'permit.issue': command(
		'Give somebody leave',
		v.strictObject({
			/** What the person calls them; it stands in no ledger and in no token. */
			label: v.pipe(shortText, v.minLength(1), v.maxLength(100)),
			tool: v.picklist(permitTools),
			/** The only params that may be asked with, each with this very value. */
			params: v.optional(v.record(paramName, v.unknown()), {}),
			/** Those whose values are left to the caller; `*`: all. */
			open_params: v.optional(v.pipe(v.array(paramName), v.maxLength(50)), []),
			max_executions: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
			valid_until: isoTimestamp
		})
	),
	/** Takes leave away that was given. What was done by it stays. */
	'permit.revoke': command(
		'Take leave away',
		v.strictObject({ permit_id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })
	)
};

/** Leave that was given, and what became of it. */
export interface Permit {
	readonly permit_id: string;
	readonly label: string;
	/** What the ledger calls whoever uses it. */
	readonly subject: string;
	readonly tool: string;
	readonly params: object;
	readonly open_params: readonly string[];
	readonly max_executions: number;
	readonly valid_until: string;
	readonly issued_at: string;
	readonly revoked_at: string | null;
	readonly uses: number;
	/** Where the entry of the last use stands; null before the first. */
	readonly last_position: number | null;
	/** The signed token itself: whoever has it may ask. */
	readonly token: object;
}

export const permitViews = {
	/** The newest first. */
	'permits.list': {
		params: v.strictObject({
			/** Continue after the permit of that time and id. */
			after: v.optional(v.nullable(v.strictObject({ issued_at: isoTimestamp, permit_id: v.string() })), null),
			limit: pageLimit
		}),
		topics: ['permits', 'ledger']
	}
} as const;

export interface PermitRows {
	'permits.list': Permit;
}
