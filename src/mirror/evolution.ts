import { ok } from '#base/result.ts';
import { uuidv7 } from '#base/uuid.ts';
import {
	nextStatuses,
	schemaHistory,
	versionAfter,
	whyNotPassed,
	type EventType,
	type LifecycleEvent,
	type ProposalStatus,
	type ProposalType
} from '#domain/evolution.ts';
import { changedConfig, type EngineConfig } from '#domain/engine-config.ts';
import {
	changeInForce,
	changesOf,
	contentHash,
	decidedHere,
	eventRows,
	listHistory,
	listProposals,
	objectIn,
	readProposalMetadata,
	toProposal,
	versions,
	votesOn,
	type Here,
	type HistoryRow,
	type ProposalMetadata,
	type ProposalRow
} from '#records/evolution.ts';
import { listIdentities } from '#records/identity.ts';
import { deleteRow, insertRow, rowById, updateRow } from '#records/row.ts';
import { putSetting, readSettings } from '#records/setting.ts';
import type { HandlerMap, Queryable, ViewMap, Work } from '#records/work.ts';
import { ownMark, ownMarks } from '#mirror/marks.ts';
import { authenticityOf, type Verify } from '#mirror/lifecycle.ts';
import { refuse } from '#records/refuse.ts';

type Handled =
	| 'proposal.create'
	| 'proposal.edit'
	| 'proposal.move'
	| 'proposal.vote'
	| 'proposal.count'
	| 'proposal.sign'
	| 'proposal.publish'
	| 'proposal.delete'
	| 'proposal.apply'
	| 'evolution.rollback'
	| 'evolution.fork'
	| 'lifecycle.record'
	| 'lifecycle.share';

export const evolutionHandlers: HandlerMap<Handled> = {
	'proposal.create': async ({ changes, evidence, ...data }, work) => {
		if ((await rowById(work.tx, 'evolution_proposals', data.id)) !== null)
			return refuse('already_exists', 'This proposal is there already.');
		const { present } = await versions(work.tx);
		await insertRow(work, 'evolution_proposals', {
			...data,
			...{ status: 'draft', from_version: present, to_version: null, created_at: work.now },
			...{ changes: JSON.stringify(changes), evidence: textOrNull(evidence) },
			...{ test_results: null, vote_results: null, approved_at: null, applied_at: null, metadata: null }
		});
		return ok({ id: data.id });
	},

	'proposal.edit': async ({ id, changes, evidence, ...data }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return gone;
		if (row.status !== 'draft')
			return refuse('invalid_data', 'Only a draft can be changed. Take it back to a draft first.');
		// What was tried, voted and signed was another text.
		const { votes: _v, counted: _c, signatures: _s, ...kept } = readProposalMetadata(row);
		await updateRow(work, 'evolution_proposals', {
			...row,
			...data,
			...{ changes: JSON.stringify(changes), evidence: textOrNull(evidence) },
			...{ test_results: null, vote_results: null, metadata: JSON.stringify(kept) }
		});
		return ok({ id });
	},

	'proposal.move': async ({ id, status }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return gone;
		const illegal = whyNotTo(row, status);
		if (illegal !== null) return refuse('invalid_data', illegal);
		if (status !== 'approved') {
			const after = status === 'draft' ? unpublished(row) : row;
			await updateRow(work, 'evolution_proposals', { ...after, status });
			return ok({ id, status });
		}
		const results = await counted(work, row);
		const why = whyNotPassed(results);
		if (why !== null) return refuse('invalid_data', notPassed[why]);
		const approved_by = ownMark(await readSettings(work.tx));
		await updateRow(work, 'evolution_proposals', {
			...row,
			...{ status, vote_results: JSON.stringify(results), approved_at: work.now },
			metadata: JSON.stringify({ ...readProposalMetadata(row), approved_by })
		});
		return ok({ id, status });
	},

	'proposal.vote': async ({ id, identity_id, choice }, work) => {
		const row = await voted(work, id);
		if (typeof row === 'string') return refuse('invalid_data', row);
		if ((await rowById(work.tx, 'identities', identity_id)) === null)
			return refuse('not_found', 'The identity that votes is no longer there.');
		const { votes } = decidedHere(row, await here(work.tx));
		const votes_by = ownMark(await readSettings(work.tx));
		return keepVotes(work, row, { votes: { ...votes, [identity_id]: choice }, votes_by });
	},

	'proposal.count': async ({ id, ...numbers }, work) => {
		const row = await voted(work, id);
		if (typeof row === 'string') return refuse('invalid_data', row);
		return keepVotes(work, row, { counted: numbers, counted_by: ownMark(await readSettings(work.tx)) });
	},

	'proposal.sign': async ({ id, content_hash }, work) => {
		const row = await voted(work, id);
		if (typeof row === 'string') return refuse('invalid_data', row);
		if (contentHash(row) !== content_hash)
			return refuse('version_conflict', 'This signature is under another text than the proposal has now.');
		const { signature } = work.prepared;
		if (signature === null)
			return refuse(
				'invalid_data',
				'This signature is not right: it was not made with this key under this text.'
			);
		const { signatures } = decidedHere(row, await here(work.tx));
		const others = signatures.filter(({ public_key }) => public_key !== signature.public_key);
		const added_by = ownMark(await readSettings(work.tx));
		return keepVotes(work, row, {
			signatures: [...others, { ...signature, signed_at: work.now, added_by }]
		});
	},

	'proposal.publish': async ({ id, is_public }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return gone;
		if (is_public && row.status === 'draft')
			return refuse('invalid_data', 'A draft is yours alone. Try it first; then it can be made public.');
		const published_by = ownMark(await readSettings(work.tx));
		const published = { ...readProposalMetadata(row), published_at: work.now, published_by };
		const metadata = is_public ? JSON.stringify(published) : unpublished(row).metadata;
		await updateRow(work, 'evolution_proposals', { ...row, metadata });
		return ok({ id });
	},

	'proposal.delete': async ({ id }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return gone;
		if (row.status !== 'draft')
			return refuse('invalid_data', 'Only a draft can be let go of. Any other proposal stays known.');
		await deleteRow(work, 'evolution_proposals', id);
		return ok({ id });
	},

	'proposal.apply': async ({ id, from_version, to_version }, work) => {
		const row = await rowById(work.tx, 'evolution_proposals', id);
		if (row === null) return gone;
		const illegal = whyNotTo(row, 'applied');
		if (illegal !== null) return refuse('invalid_data', illegal);
		const { approved_by = '' } = readProposalMetadata(row);
		if (!ownMarks(await readSettings(work.tx)).includes(approved_by)) return approvedElsewhere;
		const { present, highest } = await versions(work.tx);
		if (from_version !== present || to_version !== versionAfter(highest, row.proposal_type as ProposalType))
			return elsewhere;
		const changes = changesOf(row);
		if (changes === null)
			return refuse('invalid_data', 'What this proposal changes is unknown to this version of Mirror OS.');
		const before = (await readSettings(work.tx)).engine_config;
		const after = changedConfig(before, changes, to_version);
		await putSetting(work, 'engine_config', after);
		await updateRow(work, 'evolution_proposals', {
			...row,
			...{ status: 'applied', from_version, to_version, applied_at: work.now }
		});
		await insertHistory(work, {
			...{ evolution_id: id, event_type: 'upgrade', from_version, to_version, reversible: 1 },
			metadata: { title: row.title, before, after }
		});
		return ok({ id, version: to_version });
	},

	'evolution.rollback': async ({ id, from_version, to_version }, work) => {
		const change = await changeInForce(work.tx, ownMarks(await readSettings(work.tx)));
		if (change === null || change.row.id !== id)
			return refuse('invalid_data', 'Only the newest change that is in force can be rolled back.');
		const { row, before } = change;
		const { present } = await versions(work.tx);
		if (from_version !== present || to_version !== before.version) return elsewhere;
		await putSetting(work, 'engine_config', before);
		const proposal = await rowById(work.tx, 'evolution_proposals', row.evolution_id);
		if (proposal !== null) {
			const metadata = { ...readProposalMetadata(proposal), rolled_back_at: work.now };
			await updateRow(work, 'evolution_proposals', { ...proposal, metadata: JSON.stringify(metadata) });
		}
		await insertHistory(work, {
			...{ evolution_id: row.evolution_id, event_type: 'rollback', from_version, to_version, reversible: 0 },
			metadata: { ...(proposal === null ? {} : { title: proposal.title }), rolls_back: id }
		});
		return ok({ id, version: to_version });
	},

	'evolution.fork': async ({ name, from_version }, work) => {
		if (from_version !== (await versions(work.tx)).present) return elsewhere;
		const { engine_config } = await readSettings(work.tx);
		await insertHistory(work, {
			...{ evolution_id: 'fork', event_type: 'fork', from_version, to_version: from_version, reversible: 0 },
			metadata: { title: name, config: engine_config }
		});
		return ok({ version: from_version });
	},

	'lifecycle.record': async (data, work) => {
		if (work.prepared.event === null) return refuse('failed', 'What happened was not told.');
		if (data.event_type === 'regression') return ok({ measure: data.measure });
		const { event_type, from_version, to_version } = data;
		// Its rows in schema_version are gone; that it was rolled back is to stay known (C3-9).
		if (event_type === 'downgrade') {
			await insertHistory(work, {
				...{ evolution_id: schemaHistory, event_type: 'rollback', from_version, to_version, reversible: 1 },
				metadata: {}
			});
		}
		return ok({ version: to_version });
	},

	'lifecycle.share': async ({ id, sync_allowed }, work) => {
		const row = await rowById(work.tx, 'evolution_events', id);
		if (row === null) return refuse('not_found', 'This event is no longer there.');
		await updateRow(work, 'evolution_events', { ...row, sync_allowed: sync_allowed ? 1 : 0 });
		return ok({ id });
	}
};

const gone = refuse('not_found', 'This proposal is no longer there.');
const elsewhere = refuse(
	'version_conflict',
	'The engine was changed elsewhere meanwhile. Nothing was changed now; look again and decide anew.'
);
const approvedElsewhere = refuse(
	'invalid_data',
	'This proposal was approved in another mirror, which decides nothing here. Propose the same anew; nothing was changed.'
);
const notPassed = {
	no_votes: 'Nobody has voted yet.',
	too_few_approve: 'Too few approve: two of three who decide are needed (67 %).',
	too_few_guardians: 'An amendment of the constitution needs the signatures of four guardians.'
} as const;

function textOrNull(evidence: string | null): string | null {
	return evidence === null || evidence === '' ? null : JSON.stringify(evidence);
}

/** Why a proposal cannot go to a status from where it is; null where it can. */
function whyNotTo({ status }: ProposalRow, to: ProposalStatus): string | null {
	const next = nextStatuses[status as ProposalStatus];
	if (next.includes(to)) return null;
	return next.length === 0
		? `What is ${status} stays so. A new proposal can be made.`
		: `From "${status}" it goes to ${next.map((name) => `"${name}"`).join(' or ')}, and not to "${to}".`;
}

/** The proposal, if it is being voted on; else why not. */
async function voted(work: Work, id: string): Promise<ProposalRow | string> {
	const row = await rowById(work.tx, 'evolution_proposals', id);
	if (row === null) return 'This proposal is no longer there.';
	return row.status === 'voting' ? row : 'This proposal is not being voted on.';
}

/** What tells what was decided in this mirror. */
async function here(db: Queryable): Promise<Here> {
	const identities = (await listIdentities(db)).map(({ id }) => id);
	return { marks: ownMarks(await readSettings(db)), identities };
}

async function counted(work: Work, row: ProposalRow) {
	return votesOn(row, await here(work.tx));
}

/** A proposal that is the person's own again. */
export function unpublished(row: ProposalRow): ProposalRow {
	const { published_at: _at, published_by: _by, ...kept } = readProposalMetadata(row);
	return { ...row, metadata: JSON.stringify(kept) };
}

async function keepVotes(work: Work, row: ProposalRow, changed: ProposalMetadata) {
	const after = { ...row, metadata: JSON.stringify({ ...readProposalMetadata(row), ...changed }) };
	const results = await counted(work, after);
	await updateRow(work, 'evolution_proposals', { ...after, vote_results: JSON.stringify(results) });
	return ok({ id: row.id });
}

type Written = Pick<
	HistoryRow,
	'evolution_id' | 'event_type' | 'from_version' | 'to_version' | 'reversible'
> & {
	readonly metadata: object;
};

async function insertHistory(work: Work, { metadata, ...entry }: Written): Promise<void> {
	const written_by = ownMark(await readSettings(work.tx));
	await insertRow(work, 'evolution_history', {
		...entry,
		...{ id: uuidv7(Date.parse(work.now), work.random), applied_at: work.now, applied_by: 'owner' },
		metadata: JSON.stringify({ ...metadata, written_by })
	});
}

type Viewed = 'proposals.list' | 'proposals.get' | 'evolution.history' | 'evolution.events' | 'engine.config';

/** `verify` checks the signatures of events. */
export function evolutionViewMap(verify: Verify): ViewMap<Viewed> {
	return {
		'proposals.list': listProposals,
		'proposals.get': async (db, { id }) => {
			const row = await rowById(db, 'evolution_proposals', id);
			return { rows: row === null ? [] : [toProposal(row, await versions(db), await here(db))] };
		},
		'evolution.history': async (db, params) => listHistory(db, params, ownMarks(await readSettings(db))),
		'evolution.events': async (db, params) => {
			const { rows, total } = await eventRows(db, params);
			const { signing_keys } = await readSettings(db);
			const events = rows.map(async (row): Promise<LifecycleEvent> => {
				const { id, from_version, to_version, timestamp } = row;
				return {
					...{ id, from_version, to_version, timestamp },
					event_type: row.event_type as EventType,
					event_data: objectIn(row.event_data),
					authenticity: await authenticityOf(row, signing_keys, verify),
					sync_allowed: row.sync_allowed === 1
				};
			});
			return { rows: await Promise.all(events), total };
		},
		'engine.config': async (db): Promise<{ rows: EngineConfig[] }> => ({
			rows: [(await readSettings(db)).engine_config]
		})
	};
}
