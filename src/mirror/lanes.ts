import { seedNames } from '#domain/engine-config.ts';
import { engineModes } from '#domain/engine-run.ts';
import { patternNames } from '#domain/pattern.ts';
import { eventTypes, type TestResults } from '#domain/evolution.ts';
import { feedbackFlags } from '#domain/mirrorback.ts';
import { levelOfVisibility, levels, type Lane, type LaneTable } from '#domain/sharing.ts';
import type { Visibility } from '#domain/reflection.ts';
import { changesOf, readProposal, readProposalMetadata } from '#records/evolution.ts';
import { readMetadata } from '#records/reflection.ts';
import type { Tables } from '#records/tables.ts';
import { readSignature } from '#wire/lifecycle-event.ts';

/** Lanes that carry rows; the summary carries numbers. */
export type RowLane = Exclude<Lane, 'summary'>;

/** What a row is judged by, beside itself. */
export interface Around {
	/** The name that a public row stands under; null where its identity is not there. */
	readonly author: string | null;
	/** Whether everything that the engine measures may go, and not only what was allowed one by one. */
	readonly isTelemetryAllowed: boolean;
	/** Of this mirror: what bears another mark was published by another mirror, and is not this one's to publish. */
	readonly marks: readonly string[];
	/** Of a mirrorback: the visibility of its reflection and whose it is. */
	readonly parent: Pick<Tables['reflections'], 'visibility' | 'identity_id'> | null;
}

type Carried = Readonly<Record<string, unknown>>;
type Carry<T extends LaneTable> = (row: Tables[T], around: Around) => Carried | null;
type Carriers = { readonly [L in RowLane]: { readonly [T in LaneTable]?: Carry<T> } };

/** The fields that each lane carries, in their order: no other one ever leaves. */
export const laneFields = {
	devices: {
		reflections: ['id', 'identity_id', 'content', 'content_type', 'created_at', 'source', 'metadata'],
		mirrorbacks: ['id', 'reflection_id', 'content', 'engine_version', 'created_at', 'metadata']
	},
	public: {
		reflections: ['author', 'title', 'content', 'content_type', 'day'],
		tensions: ['author', 'name', 'axis_a', 'axis_b', 'position', 'intensity']
	},
	commons: {
		engine_runs: [
			...['config_version', 'engine_mode', 'patterns', 'tensions_surfaced', 'mirrorback_length'],
			...['duration_ms', 'flags', 'hour']
		],
		engine_feedback: ['rating', 'flags', 'hour'],
		evolution_events: ['event_type', 'from_version', 'to_version', 'hour'],
		evolution_proposals: [
			...['proposal_type', 'status', 'from_version', 'to_version', 'title', 'description', 'changes'],
			...['evidence', 'test_results', 'vote_results', 'day']
		]
	}
} as const satisfies Record<RowLane, Partial<Record<LaneTable, readonly string[]>>>;

/**
 * What a lane carries of a row, or null where the row is not for that lane. Asked of every row that leaves, whatever query it
 * came from. Ids of public rows and of measures stay here: they hold the millisecond in which the row was made.
 */
export function carried<T extends LaneTable>(
	lane: RowLane,
	table: T,
	row: Tables[T],
	around: Around
): Carried | null {
	const carry: Carry<T> | undefined = carriers[lane][table];
	return carry?.(row, around) ?? null;
}

/** Whether the limit for everything lets a lane carry anything; of the commons, whether it lets it carry a table. */
export function isWithin(limit: Visibility, lane: Lane, table: LaneTable | null = null): boolean {
	const most = levels.indexOf(levelOfVisibility[limit]);
	if (lane !== 'commons') return most >= levels.indexOf(lane);
	// A proposal goes in the person's own words, to everybody.
	return table === 'evolution_proposals' ? most >= levels.indexOf('public') : most > 0;
}

const carriers: Carriers = {
	devices: {
		// Whole, for they are the person's own and are encrypted on their way.
		reflections: ({ visibility, ...row }) =>
			row.identity_id === null || visibility !== 'sync_full_private' ? null : row,
		mirrorbacks: (row, { parent }) =>
			parent?.visibility === 'sync_full_private' && parent.identity_id !== null ? row : null
	},
	public: {
		reflections: (row, { author }) => {
			if (row.identity_id === null || author === null || row.visibility !== 'sync_full_public') return null;
			const { title = null, local_date } = readMetadata(row.metadata);
			const { content, content_type } = row;
			return { author, title, content, content_type, day: local_date ?? row.created_at.slice(0, 10) };
		},
		tensions: ({ identity_id, sync_mode, name, axis_a, axis_b, position, intensity }, { author }) =>
			identity_id === null || author === null || sync_mode !== 'share_full'
				? null
				: { author, name, axis_a, axis_b, position, intensity }
	},
	commons: {
		engine_runs: (row, { isTelemetryAllowed }) =>
			row.sync_allowed !== 1 && !isTelemetryAllowed
				? null
				: {
						config_version: version(row.config_version),
						engine_mode: oneOf(engineModes, row.engine_mode),
						patterns: namesAmong(patternNames, row.patterns),
						tensions_surfaced: namesAmong(seedNames, row.tensions_surfaced),
						mirrorback_length: row.mirrorback_length,
						duration_ms: row.duration_ms,
						flags: measuresIn(row.flags),
						hour: hourOf(row.timestamp)
					},
		engine_feedback: (row, { isTelemetryAllowed }) =>
			row.sync_allowed !== 1 && !isTelemetryAllowed
				? null
				: {
						rating: row.rating,
						flags: namesAmong(feedbackFlags, row.flags),
						hour: hourOf(row.timestamp)
					},
		evolution_events: (row, { isTelemetryAllowed, marks }) =>
			(row.sync_allowed !== 1 && !isTelemetryAllowed) || !marks.includes(signerOf(row))
				? null
				: {
						event_type: oneOf(eventTypes, row.event_type),
						from_version: version(row.from_version),
						to_version: version(row.to_version),
						hour: hourOf(row.timestamp)
					},
		// Made public in the person's own words; who voted and who signed stays here.
		evolution_proposals: (row, { marks }) => {
			const { published_by = '' } = readProposalMetadata(row);
			if (!marks.includes(published_by) || row.status === 'draft') return null;
			const { evidence, test_results, vote_results } = readProposal(row);
			const { proposal_type, status, title, description, created_at } = row;
			return {
				...{ proposal_type, status, from_version: version(row.from_version) },
				...{ to_version: version(row.to_version), title, description, changes: changesOf(row) },
				...{ evidence, test_results: untimed(test_results), vote_results, day: created_at.slice(0, 10) }
			};
		}
	}
};

/** The mark of the mirror that told of an event. */
function signerOf({ mirror_signature }: Tables['evolution_events']): string {
	return readSignature(mirror_signature ?? '')?.key ?? '';
}

/** The numbers of a trial, without the moment of it. */
function untimed(results: TestResults | null): Omit<TestResults, 'tested_at'> | null {
	if (results === null) return null;
	const { tested_at: _at, ...numbers } = results;
	return numbers;
}

function oneOf(known: readonly string[], name: string): string | null {
	return known.includes(name) ? name : null;
}

/** Another program may have stored anything under that name. */
function version(text: string | null): string | null {
	return text !== null && /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(text) ? text : null;
}

/** Of a JSON list the names that are among ours; what else stands there could be somebody's words. */
function namesAmong(known: readonly string[], list: string | null): readonly string[] {
	const names: unknown = list === null ? [] : JSON.parse(list);
	return Array.isArray(names) ? known.filter((name) => names.includes(name)) : [];
}

const directive = 'directive_threshold_exceeded';
const measures = ['ratio', 'threshold', 'directive_count', 'total_words'];

/** Of a run's flags the numbers of the directive check, and no phrase. */
function measuresIn(text: string | null): Carried {
	const exceeded = readMetadata(text)[directive];
	if (typeof exceeded !== 'object' || exceeded === null) return {};
	const numbers = Object.entries(exceeded).filter(
		([name, value]) => measures.includes(name) && typeof value === 'number'
	);
	return { [directive]: Object.fromEntries(numbers) };
}

/** Hour-coarse, as the constitution asks of whatever others may read (invariant "no cross-identity inference"). */
function hourOf(time: string): string {
	return `${time.slice(0, 13)}:00Z`;
}
