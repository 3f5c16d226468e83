import { engineModes } from '#domain/engine-run.ts';
import { eventTypes, historyTypes, proposalStatuses, proposalTypes } from '#domain/evolution.ts';
import { integrationStatuses, integrationTypes } from '#domain/integration.ts';
import { syncModes, tensionOrigins } from '#domain/tension.ts';
import { threadStatuses } from '#domain/thread.ts';
import type { BundleTable } from '#records/bundle-rows.ts';
import { withMembers } from '#bundle/metadata.ts';
import { shownId, type RawRow } from '#bundle/parse.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { shallowJson } from '#bundle/rows.ts';

interface Words {
	readonly known: readonly string[];
	/** Words of the original, and the nearest that is known. */
	readonly meant?: Readonly<Record<string, string>>;
	/** For a word that nobody knows, and for none: it makes nothing more public and promises nothing. */
	readonly fallback: string;
}

/** Columns whose words are a closed list here. Those of reflections are every file's matter (bundle/parse.ts). */
const words: Partial<Record<BundleTable, Readonly<Record<string, Words>>>> = {
	tensions: {
		origin: {
			known: tensionOrigins,
			meant: { user_defined: 'user_created', discovered: 'llm_suggested' },
			fallback: 'user_created'
		},
		sync_mode: { known: syncModes, fallback: 'local_only' }
	},
	threads: { status: { known: threadStatuses, meant: { deleted: 'archived' }, fallback: 'archived' } },
	engine_runs: { engine_mode: { known: engineModes, fallback: 'manual' } },
	evolution_proposals: {
		proposal_type: {
			known: proposalTypes,
			meant: {
				...{ pattern_add: 'pattern_detection', pattern_modify: 'pattern_detection' },
				...{ pattern_remove: 'pattern_detection', engine_update: 'prompt_adjustment' },
				...{ tension_add: 'tension_heuristic', tension_modify: 'tension_heuristic' },
				constitutional_add: 'constitutional_amendment',
				constitutional_modify: 'constitutional_amendment'
			},
			fallback: 'prompt_adjustment'
		},
		status: {
			known: proposalStatuses,
			meant: { active: 'applied', rolled_out: 'applied', rolled_back: 'rejected' },
			fallback: 'draft'
		}
	},
	evolution_history: { event_type: { known: historyTypes, fallback: 'hotfix' } },
	evolution_events: {
		event_type: {
			known: eventTypes,
			meant: {
				...{ constitution_update: 'upgrade', prompt_modification: 'config_change' },
				...{ config_adjustment: 'config_change', user_rollback: 'downgrade', fork_created: 'fork' }
			},
			fallback: 'config_change'
		}
	},
	integrations: {
		integration_type: { known: integrationTypes, fallback: 'custom' },
		status: { known: integrationStatuses, fallback: 'disconnected' }
	}
};

/** Where a table without metadata keeps what has no column. */
const spare: Partial<Record<BundleTable, string>> = { engine_runs: 'flags', evolution_events: 'event_data' };

/** A row with words that are known here; what stood there is kept beside them as `original_COLUMN`. */
export function withKnownWords(table: BundleTable, given: RawRow, remarks: Remarks): RawRow {
	let row = given;
	for (const [column, { known, meant = {}, fallback }] of Object.entries(words[table] ?? {})) {
		const word = String(row[column] ?? '');
		if (known.includes(word)) continue;
		const nearest = Object.hasOwn(meant, word) ? meant[word] : undefined;
		row = { ...row, [column]: nearest ?? fallback };
		if (word === '') continue;
		row = withMembers(row, spare[table] ?? 'metadata', { [`original_${column}`]: word.slice(0, 200) });
		if (nearest !== undefined)
			remarks.tell('Words of the original that became the nearest ones here, and are kept in metadata');
		else {
			const reason = `${column} is a word that is not known here, and becomes ${fallback}`;
			remarks.changed.push({ table, id: shownId(table, row), reason });
		}
	}
	return row;
}

/** Columns that hold JSON. A broken config of an integration keeps it out: nobody can say what it would give away. */
const jsonColumns: Partial<Record<BundleTable, readonly string[]>> = {
	engine_runs: ['patterns', 'tensions_surfaced', 'flags'],
	engine_feedback: ['flags'],
	evolution_proposals: ['changes', 'evidence', 'test_results', 'vote_results'],
	evolution_events: ['event_data']
};

/** A row whose JSON can be read: what is broken is kept as the text that it is. */
export function withWholeJson(table: BundleTable, given: RawRow): RawRow {
	let row = table === 'integrations' ? given : withMembers(given, 'metadata');
	for (const column of jsonColumns[table] ?? []) {
		const text = row[column];
		if (typeof text === 'string' && shallowJson(text) === undefined)
			row = { ...row, [column]: JSON.stringify(text) };
	}
	return row;
}
