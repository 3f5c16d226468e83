import type { Generated } from 'kysely';

/** The columns of every table that records write, as SQL holds them: JSON and times are TEXT, booleans 0 and 1. */
export interface Tables {
	identities: { id: string; created_at: string; updated_at: string; metadata: string | null };
	reflections: {
		id: string;
		identity_id: string | null;
		content: string;
		content_type: string;
		visibility: string;
		created_at: string;
		source: string;
		metadata: string | null;
	};
	mirrorbacks: {
		id: string;
		reflection_id: string;
		content: string;
		engine_version: string;
		created_at: string;
		metadata: string | null;
	};
	threads: {
		id: string;
		identity_id: string | null;
		title: string | null;
		started_at: string;
		last_active: string;
		status: string;
		metadata: string | null;
	};
	thread_reflections: { thread_id: string; reflection_id: string; position: number; added_at: string };
	tensions: {
		id: string;
		identity_id: string | null;
		name: string;
		axis_a: string;
		axis_b: string;
		position: number | null;
		intensity: number | null;
		origin: string;
		sync_mode: string;
		created_at: string;
		updated_at: string;
		metadata: string | null;
	};
	axes: {
		id: string;
		identity_id: string | null;
		name: string;
		description: string | null;
		category: string | null;
		created_at: string;
		metadata: string | null;
	};
	engine_runs: {
		id: string;
		reflection_id: string | null;
		config_version: string;
		engine_mode: string;
		model_name: string | null;
		patterns: string | null;
		tensions_surfaced: string | null;
		mirrorback_length: number | null;
		duration_ms: number | null;
		flags: string | null;
		timestamp: string;
		sync_allowed: number;
	};
	engine_feedback: {
		id: string;
		engine_run_id: string;
		rating: number | null;
		flags: string | null;
		notes: string | null;
		timestamp: string;
		sync_allowed: number;
	};
	evolution_proposals: {
		id: string;
		proposal_type: string;
		status: string;
		from_version: string | null;
		to_version: string | null;
		title: string;
		description: string;
		changes: string;
		evidence: string | null;
		test_results: string | null;
		vote_results: string | null;
		created_at: string;
		approved_at: string | null;
		applied_at: string | null;
		metadata: string | null;
	};
	evolution_history: {
		id: string;
		evolution_id: string;
		event_type: string;
		from_version: string | null;
		to_version: string | null;
		applied_at: string;
		applied_by: string | null;
		reversible: number;
		metadata: string | null;
	};
	evolution_events: {
		id: string;
		event_type: string;
		from_version: string | null;
		to_version: string | null;
		event_data: string;
		timestamp: string;
		mirror_signature: string | null;
		sync_allowed: number;
	};
	integrations: {
		id: string;
		identity_id: string | null;
		integration_type: string;
		status: string;
		config: string;
		connected_at: string;
		last_sync: string | null;
		metadata: string | null;
	};
	schema_version: {
		id: Generated<number>;
		version: string;
		description: string | null;
		applied_at: string;
		checksum: string | null;
	};
	reflection_versions: {
		reflection_id: string;
		version: number;
		content: string;
		content_type: string;
		created_at: string;
		metadata: string | null;
		replaced_at: string;
	};
	trash: { id: string; entity: string; trashed_at: string; payload: string };
	settings: { key: string; value: string; updated_at: string };
	reflection_index: {
		docid: Generated<number>;
		reflection_id: string;
		local_date: string;
		month_day: string;
		pinned: number;
	};
	reflection_readings: {
		reflection_id: string;
		text_hash: string | null;
		engine_version: string | null;
		words: number | null;
		english: number | null;
		patterns: string | null;
	};
	reflection_tags: { tag: string; folded: string; reflection_id: string };
	kernels: {
		kernel_id: string;
		port: string;
		variant: string;
		policy: string;
		state: string;
		next_seq: number;
		last_hash: string;
		ts_ms: number;
		opened_at: string;
		closed_at: string | null;
	};
	evidence_archives: {
		name: string;
		kernel_id: string;
		origin: string;
		reason: string;
		entries: number;
		root_hash: string;
		is_valid: number;
		sha256: string;
		bytes: number;
		created_at: string;
		deleted_at: string | null;
	};
	evidence_files: { name: string; file: Uint8Array };
	checkpoints: { id: string; size: number; root: string; time: string; pinned_at: string };
	checklist_ticks: { kernel_id: string; item: string; ticked_at: string };
	ledger: {
		position: number;
		kernel_id: string;
		ledger_seq: number;
		prev_hash: string;
		entry_hash: string;
		fields: string;
	};
	commit_salts: {
		request_id: string;
		ordinal: number;
		entity: string;
		row_id: string;
		hash: string;
		salt: Uint8Array | null;
	};
	erasures: { request_id: string };
	receipts: {
		request_id: string;
		kind: string;
		hash: string;
		salt: Uint8Array | null;
		position: number;
		/** Null once the entry is archived. */
		receipt: string | null;
	};
}
