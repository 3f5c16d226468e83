import * as v from 'valibot';
import { isoTimestamp, newId, pageLimit, rowId, wellFormed } from '#domain/common.ts';
import { command } from '#domain/define.ts';
import { driftMeasures } from '#domain/engine-run.ts';
import {
	configChanges,
	raised,
	semanticVersion,
	type ConfigChanges,
	type EngineConfig,
	type EngineParameter
} from '#domain/engine-config.ts';

export const proposalTypes = [
	'prompt_adjustment',
	'pattern_detection',
	'tension_heuristic',
	'constitutional_amendment',
	'safety_refinement',
	'performance_optimization'
] as const;
export const proposalStatuses = [
	'draft',
	'testing',
	'review',
	'voting',
	'approved',
	'applied',
	'rejected'
] as const;
export const historyTypes = ['upgrade', 'downgrade', 'fork', 'rollback', 'merge', 'hotfix'] as const;
export const eventTypes = [
	'installation',
	'deletion',
	'fork',
	'regression',
	'integration_add',
	'integration_remove',
	'upgrade',
	'downgrade',
	'config_change',
	'export',
	'import'
] as const;
export const voteChoices = ['approve', 'reject', 'abstain'] as const;
export type ProposalType = (typeof proposalTypes)[number];
export type ProposalStatus = (typeof proposalStatuses)[number];
export type HistoryType = (typeof historyTypes)[number];
export type EventType = (typeof eventTypes)[number];
export type VoteChoice = (typeof voteChoices)[number];

/** Where a proposal can go from each status (C3-21): rejected and applied are final. */
export const nextStatuses: Readonly<Record<ProposalStatus, readonly ProposalStatus[]>> = {
	draft: ['testing'],
	testing: ['review', 'rejected', 'draft'],
	review: ['voting', 'rejected', 'draft'],
	voting: ['approved', 'rejected'],
	approved: ['applied'],
	applied: [],
	rejected: []
};

/** What each type of proposal may change, and which part of the version that raises. */
export const proposalScope: Readonly<
	Record<
		ProposalType,
		{ readonly parameters: readonly EngineParameter[]; readonly raises: 'major' | 'minor' | 'patch' }
	>
> = {
	prompt_adjustment: { parameters: ['questions', 'lines'], raises: 'minor' },
	pattern_detection: { parameters: ['patterns'], raises: 'minor' },
	tension_heuristic: { parameters: ['tensions'], raises: 'minor' },
	constitutional_amendment: { parameters: ['directive_threshold'], raises: 'major' },
	safety_refinement: { parameters: ['directive_threshold'], raises: 'minor' },
	performance_optimization: { parameters: ['earlier'], raises: 'patch' }
};

/** The version that an engine has after a proposal was applied to it. */
export function versionAfter(from: string, type: ProposalType): string {
	return raised(from, proposalScope[type].raises);
}

/** The count of a vote (specification, section 10). */
export interface VoteResults {
	readonly eligible_voters: number;
	readonly votes_cast: number;
	readonly approve: number;
	readonly reject: number;
	/** approve / (approve + reject) (C3-22); null while nobody decided. */
	readonly approval_rate: number | null;
	readonly threshold: number;
	readonly guardian_signatures: number;
	/** More than 0 for amendments only. */
	readonly guardian_required: number;
}

const threshold = 0.67;
const guardiansOfAmendments = 4;

/** The numbers of a vote, before they are counted. */
export type VoteCount = Readonly<Record<'eligible_voters' | 'approve' | 'reject' | 'abstain', number>>;

/** Counts; who abstains is among the votes that were cast. */
export function countVotes(
	type: ProposalType,
	given: Pick<VoteResults, 'eligible_voters' | 'approve' | 'reject' | 'guardian_signatures'> & {
		readonly abstain: number;
	}
): VoteResults {
	const { approve, reject, abstain, eligible_voters, guardian_signatures } = given;
	return {
		eligible_voters,
		votes_cast: approve + reject + abstain,
		approve,
		reject,
		approval_rate: approve + reject === 0 ? null : approve / (approve + reject),
		threshold,
		guardian_signatures,
		guardian_required: type === 'constitutional_amendment' ? guardiansOfAmendments : 0
	};
}

/** Why a vote does not pass yet; null where it does. */
export function whyNotPassed(
	results: VoteResults
): 'no_votes' | 'too_few_approve' | 'too_few_guardians' | null {
	const { approval_rate, guardian_signatures, guardian_required } = results;
	if (approval_rate === null) return 'no_votes';
	if (approval_rate < results.threshold) return 'too_few_approve';
	return guardian_signatures < guardian_required ? 'too_few_guardians' : null;
}

/** What a trial over earlier entries showed: numbers only. */
export interface TestResults {
	readonly tested_at: string;
	/** The configuration that the change was tried on. */
	readonly config_version: string;
	readonly entries: number;
	/** Mirrorbacks that were made before and after the change, of the same entries with the same seeds. */
	readonly mirrorbacks_before: number;
	readonly mirrorbacks_after: number;
	/** Entries whose answer is another one. */
	readonly changed: number;
	/** The highest share of directive words in an answer, after the change. */
	readonly highest_directive: number;
}

/** A signature of a guardian under a proposal as it stands. */
export interface GuardianSignature {
	readonly public_key: string;
	readonly signed_at: string;
}

/** A wish to change the engine (specification, section 10). */
export interface Proposal {
	readonly id: string;
	readonly proposal_type: ProposalType;
	readonly status: ProposalStatus;
	readonly from_version: string | null;
	readonly to_version: string | null;
	readonly title: string;
	readonly description: string;
	/** What it changes of the engine's configuration; null where another program wrote something else there. */
	readonly changes: ConfigChanges | null;
	readonly evidence: string | null;
	readonly test_results: TestResults | null;
	readonly vote_results: VoteResults | null;
	readonly created_at: string;
	readonly approved_at: string | null;
	readonly applied_at: string | null;
	/** When it was made public; null while it is the person's own. */
	readonly published_at: string | null;
	/** When what it changed was rolled back. */
	readonly rolled_back_at: string | null;
	readonly votes: Readonly<Record<string, VoteChoice>>;
	/** What was entered of a vote elsewhere. */
	readonly counted: VoteCount;
	readonly signatures: readonly GuardianSignature[];
	/** What guardians sign: SHA-256 of all that it asks for. */
	readonly content_hash: string;
}

/** A proposal in a list: enough to recognise it by. */
export type ProposalItem = Pick<
	Proposal,
	'id' | 'proposal_type' | 'status' | 'title' | 'created_at' | 'rolled_back_at'
>;

/** What `evolution_id` says of an entry about the schema: its versions are not those of the engine. */
export const schemaHistory = 'schema';

/** Something that became of the engine (specification, section 11): written once, never changed. */
export interface HistoryEntry {
	readonly id: string;
	readonly evolution_id: string;
	readonly event_type: HistoryType;
	readonly from_version: string | null;
	readonly to_version: string | null;
	readonly applied_at: string;
	readonly applied_by: string | null;
	readonly reversible: boolean;
	readonly title: string | null;
	/** It is the newest change that is still in force, and what stood before is known. */
	readonly can_roll_back: boolean;
}

/**
 * Whose signature an event bears: of this mirror and right; of this mirror and wrong, so that it was changed; of another
 * mirror's key, which nobody here can check; none.
 */
export type Authenticity = 'valid' | 'changed' | 'foreign' | 'unsigned';

/** Something that happened to the mirror as a whole (specification, section 12). */
export interface LifecycleEvent {
	readonly id: string;
	readonly event_type: EventType;
	readonly from_version: string | null;
	readonly to_version: string | null;
	readonly event_data: Readonly<Record<string, unknown>>;
	readonly timestamp: string;
	readonly authenticity: Authenticity;
	readonly sync_allowed: boolean;
}

/** A text of the constitution as this app ships it. */
export interface ConstitutionFile {
	readonly name: string;
	readonly text: string;
	readonly sha256: string;
	/** The hash that was accepted last; null where none was. */
	readonly accepted: string | null;
}

const title = v.pipe(wellFormed, v.trim(), v.minLength(1, 'must not be empty'), v.maxLength(200));
const description = v.pipe(wellFormed, v.trim(), v.minLength(1, 'must not be empty'), v.maxLength(20_000));
const evidence = v.nullable(v.pipe(wellFormed, v.maxLength(20_000)));
const hex = (bytes: number) =>
	v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `must be ${bytes * 2} hex digits`));
const sha256 = hex(32);
const voters = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9));

/** An uncompressed point of P-256 (SEC 1, 2.3.3), and a signature as r and s (IEEE P1363). */
const publicKey = hex(65);
const signature = hex(64);

function isInScope({
	proposal_type,
	changes
}: {
	proposal_type: ProposalType;
	changes: ConfigChanges;
}): boolean {
	const { parameters } = proposalScope[proposal_type];
	return Object.keys(changes).every((name) => parameters.some((parameter) => parameter === name));
}

const outOfScope = 'must change only what its type may change';
const asked = {
	proposal_type: v.picklist(proposalTypes),
	title,
	description,
	changes: configChanges,
	evidence
};

export const evolutionCommands = {
	'proposal.create': command(
		'Propose a change of the engine',
		v.pipe(
			v.strictObject({ id: newId, ...asked }),
			v.check((data) => isInScope(data), outOfScope)
		)
	),
	/** While it is a draft. */
	'proposal.edit': command(
		'Change a proposal',
		v.pipe(
			v.strictObject({ id: rowId, ...asked }),
			v.check((data) => isInScope(data), outOfScope)
		)
	),
	/** Tries it on earlier entries; a draft is in testing from then on. */
	'proposal.test': command('Try a proposal on earlier entries', v.strictObject({ id: rowId })),
	'proposal.move': command(
		'Change the status of a proposal',
		v.strictObject({ id: rowId, status: v.picklist(['draft', 'review', 'voting', 'approved', 'rejected']) })
	),
	/** One vote for each identity; the last one counts. */
	'proposal.vote': command(
		'Vote on a proposal',
		v.strictObject({ id: rowId, identity_id: rowId, choice: v.picklist(voteChoices) })
	),
	/** What others voted elsewhere; it replaces the count that was entered before. */
	'proposal.count': command(
		'Enter the count of a vote elsewhere',
		v.pipe(
			v.strictObject({
				id: rowId,
				eligible_voters: voters,
				approve: voters,
				reject: voters,
				abstain: voters
			}),
			v.check(
				({ eligible_voters, approve, reject, abstain }) => approve + reject + abstain <= eligible_voters,
				'must not count more votes than there are voters'
			)
		)
	),
	/** `by` null: with the key of this mirror. Else a signature that was made elsewhere under the same content. */
	'proposal.sign': command(
		'Sign a proposal as a guardian',
		v.strictObject({
			id: rowId,
			content_hash: sha256,
			by: v.nullable(v.strictObject({ public_key: publicKey, signature }))
		})
	),
	'proposal.publish': command(
		'Change whether a proposal is public',
		v.strictObject({ id: rowId, is_public: v.boolean() })
	),
	'proposal.delete': command('Let go of a proposal that was never tried', v.strictObject({ id: rowId })),
	/** The versions that this goes from and to are said, because they are signed before anything is written. */
	'proposal.apply': command(
		'Apply an approved proposal',
		v.strictObject({ id: rowId, from_version: semanticVersion, to_version: semanticVersion })
	),
	'evolution.rollback': command(
		'Roll a change of the engine back',
		v.strictObject({ id: rowId, from_version: semanticVersion, to_version: semanticVersion })
	),
	/** This mirror goes a way of its own from here on; what it was before stays known. */
	'evolution.fork': command(
		'Fork this mirror',
		v.strictObject({ name: title, from_version: semanticVersion })
	),
	/** What no command brings about, asked by the app itself: what a migration made of the schema, and an engine that drifts. */
	'lifecycle.record': command(
		'Record what happened to the mirror',
		v.variant('event_type', [
			v.strictObject({
				event_type: v.picklist(['upgrade', 'downgrade']),
				from_version: v.nullable(semanticVersion),
				to_version: v.nullable(semanticVersion)
			}),
			v.strictObject({ event_type: v.literal('regression'), measure: v.picklist(driftMeasures) })
		])
	),
	'lifecycle.share': command(
		'Change whether an event may be shared',
		v.strictObject({ id: rowId, sync_allowed: v.boolean() })
	),
	'constitution.accept': command(
		'Accept the constitution as it stands',
		v.strictObject({ files: v.record(v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,60}$/)), sha256) })
	)
};

const after = v.optional(v.nullable(v.strictObject({ time: isoTimestamp, id: rowId })), null);

export const evolutionViews = {
	'proposals.list': { params: v.strictObject({ after, limit: pageLimit }), topics: ['evolution_proposals'] },
	'proposals.get': {
		params: v.strictObject({ id: rowId }),
		topics: ['evolution_proposals', 'identities', 'settings']
	},
	'evolution.history': {
		params: v.strictObject({ after, limit: pageLimit }),
		topics: ['evolution_history', 'settings']
	},
	'evolution.events': {
		params: v.strictObject({ after, limit: pageLimit }),
		topics: ['evolution_events', 'settings']
	},
	/** The configuration that the engine runs with. */
	'engine.config': { params: v.strictObject({}), topics: ['settings'] },
	'constitution.list': { params: v.strictObject({}), topics: ['settings'] }
} as const;

export interface EvolutionRows {
	'proposals.list': ProposalItem;
	'proposals.get': Proposal;
	'evolution.history': HistoryEntry;
	'evolution.events': LifecycleEvent;
	'engine.config': EngineConfig;
	'constitution.list': ConstitutionFile;
}
