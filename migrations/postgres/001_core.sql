-- Migration: 001_core.sql
-- Version: 1.0.0
-- Date: 2026-11-21
-- Description: The 14 entities of the Mirror OS specification 1.0.0, and the product tables around them

-- The 14 entities: exactly the columns of the specification (sections 1 to 14).

CREATE TABLE identities (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);

CREATE TABLE reflections (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	identity_id TEXT REFERENCES identities (id),
	content TEXT NOT NULL CHECK (length(btrim(content, E' \t\n\u000b\f\r')) > 0),
	content_type TEXT NOT NULL DEFAULT 'text' CHECK (content_type IN ('text', 'markdown', 'audio_transcript')),
	visibility TEXT NOT NULL DEFAULT 'local_only'
		CHECK (visibility IN ('local_only', 'sync_summary', 'sync_full_private', 'sync_full_public')),
	created_at TEXT NOT NULL,
	source TEXT NOT NULL DEFAULT 'direct' CHECK (source IN ('direct', 'import', 'integration')),
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON),
	CHECK (identity_id IS NOT NULL OR visibility = 'local_only')
);
CREATE INDEX reflections_by_time ON reflections (created_at, id);
CREATE INDEX reflections_by_identity ON reflections (identity_id, created_at, id);

CREATE TABLE mirrorbacks (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	reflection_id TEXT NOT NULL REFERENCES reflections (id) ON DELETE CASCADE,
	content TEXT NOT NULL,
	engine_version TEXT NOT NULL,
	created_at TEXT NOT NULL,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);
CREATE INDEX mirrorbacks_by_reflection ON mirrorbacks (reflection_id, created_at);

CREATE TABLE threads (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	identity_id TEXT REFERENCES identities (id),
	title TEXT,
	started_at TEXT NOT NULL,
	last_active TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);

CREATE TABLE thread_reflections (
	thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
	reflection_id TEXT NOT NULL REFERENCES reflections (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	added_at TEXT NOT NULL,
	PRIMARY KEY (thread_id, reflection_id),
	UNIQUE (thread_id, position)
);
CREATE INDEX thread_reflections_by_reflection ON thread_reflections (reflection_id);

CREATE TABLE tensions (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	identity_id TEXT REFERENCES identities (id),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	axis_a TEXT NOT NULL,
	axis_b TEXT NOT NULL,
	position DOUBLE PRECISION CHECK (position IS NULL OR position BETWEEN -1.0 AND 1.0),
	intensity DOUBLE PRECISION CHECK (intensity IS NULL OR intensity BETWEEN 0.0 AND 1.0),
	origin TEXT NOT NULL CHECK (origin IN ('system_seed', 'llm_suggested', 'user_created')),
	sync_mode TEXT NOT NULL DEFAULT 'local_only' CHECK (sync_mode IN ('local_only', 'share_anonymized', 'share_full')),
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);

CREATE TABLE axes (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	identity_id TEXT REFERENCES identities (id),
	name TEXT NOT NULL CHECK (length(name) > 0),
	description TEXT,
	category TEXT,
	created_at TEXT NOT NULL,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);

CREATE TABLE engine_runs (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	reflection_id TEXT REFERENCES reflections (id) ON DELETE CASCADE,
	config_version TEXT NOT NULL,
	engine_mode TEXT NOT NULL CHECK (engine_mode IN ('local_llm', 'remote_llm', 'manual')),
	model_name TEXT,
	patterns TEXT CHECK (patterns IS NULL OR patterns IS JSON),
	tensions_surfaced TEXT CHECK (tensions_surfaced IS NULL OR tensions_surfaced IS JSON),
	mirrorback_length INTEGER CHECK (mirrorback_length IS NULL OR mirrorback_length >= 0),
	duration_ms INTEGER CHECK (duration_ms IS NULL OR duration_ms > 0),
	flags TEXT CHECK (flags IS NULL OR flags IS JSON),
	timestamp TEXT NOT NULL,
	sync_allowed INTEGER NOT NULL DEFAULT 0 CHECK (sync_allowed IN (0, 1))
);
CREATE INDEX engine_runs_by_reflection ON engine_runs (reflection_id);

CREATE TABLE engine_feedback (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	engine_run_id TEXT NOT NULL REFERENCES engine_runs (id) ON DELETE CASCADE,
	rating INTEGER CHECK (rating IS NULL OR rating BETWEEN 1 AND 5),
	flags TEXT CHECK (flags IS NULL OR flags IS JSON),
	notes TEXT,
	timestamp TEXT NOT NULL,
	sync_allowed INTEGER NOT NULL DEFAULT 0 CHECK (sync_allowed IN (0, 1)),
	CHECK (rating IS NOT NULL OR flags IS NOT NULL OR notes IS NOT NULL)
);
CREATE INDEX engine_feedback_by_run ON engine_feedback (engine_run_id);

CREATE TABLE evolution_proposals (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	proposal_type TEXT NOT NULL CHECK (proposal_type IN ('prompt_adjustment', 'pattern_detection', 'tension_heuristic',
		'constitutional_amendment', 'safety_refinement', 'performance_optimization')),
	status TEXT NOT NULL CHECK (status IN ('draft', 'testing', 'review', 'voting', 'approved', 'applied', 'rejected')),
	from_version TEXT,
	to_version TEXT,
	title TEXT NOT NULL,
	description TEXT NOT NULL,
	changes TEXT NOT NULL CHECK (changes IS JSON),
	evidence TEXT CHECK (evidence IS NULL OR evidence IS JSON),
	test_results TEXT CHECK (test_results IS NULL OR test_results IS JSON),
	vote_results TEXT CHECK (vote_results IS NULL OR vote_results IS JSON),
	created_at TEXT NOT NULL,
	approved_at TEXT,
	applied_at TEXT,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);

CREATE TABLE evolution_history (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	evolution_id TEXT NOT NULL,
	event_type TEXT NOT NULL CHECK (event_type IN ('upgrade', 'downgrade', 'fork', 'rollback', 'merge', 'hotfix')),
	from_version TEXT,
	to_version TEXT,
	applied_at TEXT NOT NULL,
	applied_by TEXT,
	reversible INTEGER NOT NULL CHECK (reversible IN (0, 1)),
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);
CREATE FUNCTION evolution_history_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'evolution_history is insert only';
END
$$;
CREATE TRIGGER evolution_history_no_update BEFORE UPDATE ON evolution_history
	FOR EACH ROW EXECUTE FUNCTION evolution_history_is_insert_only();
CREATE TRIGGER evolution_history_no_delete BEFORE DELETE ON evolution_history
	FOR EACH ROW EXECUTE FUNCTION evolution_history_is_insert_only();
-- Also where references between rows are held back (storage/database.ts, Purpose).
ALTER TABLE evolution_history ENABLE ALWAYS TRIGGER evolution_history_no_update;
ALTER TABLE evolution_history ENABLE ALWAYS TRIGGER evolution_history_no_delete;

CREATE TABLE evolution_events (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	event_type TEXT NOT NULL CHECK (event_type IN ('installation', 'deletion', 'fork', 'regression', 'integration_add',
		'integration_remove', 'upgrade', 'downgrade', 'config_change', 'export', 'import')),
	from_version TEXT,
	to_version TEXT,
	event_data TEXT NOT NULL CHECK (event_data IS JSON),
	timestamp TEXT NOT NULL,
	mirror_signature TEXT,
	sync_allowed INTEGER NOT NULL DEFAULT 0 CHECK (sync_allowed IN (0, 1))
);

CREATE TABLE integrations (
	id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
	identity_id TEXT REFERENCES identities (id),
	integration_type TEXT NOT NULL CHECK (integration_type IN ('calendar', 'notes', 'email', 'health', 'journal', 'tasks',
		'music', 'location', 'custom')),
	status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'disconnected', 'error')),
	config TEXT NOT NULL CHECK (config IS JSON),
	connected_at TEXT NOT NULL,
	last_sync TEXT,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON)
);

CREATE TABLE schema_version (
	id INTEGER PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
	version TEXT NOT NULL,
	description TEXT,
	applied_at TEXT NOT NULL,
	checksum TEXT
);

-- Product tables: what the app needs beyond the specification. None of them leaves in a bundle's mirror_os.db.

-- Earlier states of a reflection; version n is what stood before the edit that made n + 1.
CREATE TABLE reflection_versions (
	reflection_id TEXT NOT NULL REFERENCES reflections (id) ON DELETE CASCADE,
	version INTEGER NOT NULL CHECK (version > 0),
	content TEXT NOT NULL,
	content_type TEXT NOT NULL,
	created_at TEXT NOT NULL,
	metadata TEXT CHECK (metadata IS NULL OR metadata IS JSON),
	replaced_at TEXT NOT NULL,
	PRIMARY KEY (reflection_id, version)
);

-- A trashed row with its children, as JSON, so that it is in none of the 14 tables.
CREATE TABLE trash (
	id TEXT PRIMARY KEY NOT NULL,
	entity TEXT NOT NULL,
	trashed_at TEXT NOT NULL,
	payload TEXT NOT NULL CHECK (payload IS JSON)
);
CREATE INDEX trash_by_time ON trash (trashed_at);

CREATE TABLE settings (
	key TEXT PRIMARY KEY NOT NULL,
	value TEXT NOT NULL CHECK (value IS JSON),
	updated_at TEXT NOT NULL
);

-- Derived from reflections, rebuilt at will: what the list, the calendar and the search look up.
CREATE TABLE reflection_index (
	docid BIGINT PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
	reflection_id TEXT NOT NULL UNIQUE REFERENCES reflections (id) ON DELETE CASCADE,
	local_date TEXT NOT NULL,
	month_day TEXT NOT NULL,
	pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1))
);
CREATE INDEX reflection_index_by_day ON reflection_index (month_day, local_date);

CREATE TABLE reflection_tags (
	tag TEXT NOT NULL,
	-- The tag without case and accents (records/tokens.ts): what it is looked up by.
	folded TEXT NOT NULL,
	reflection_id TEXT NOT NULL REFERENCES reflections (id) ON DELETE CASCADE,
	PRIMARY KEY (tag, reflection_id)
);
CREATE INDEX reflection_tags_by_name ON reflection_tags (folded, reflection_id);
CREATE INDEX reflection_tags_by_reflection ON reflection_tags (reflection_id);

-- The token stream is made in TypeScript (records/tokens.ts): lower case, folded, separated by spaces. words: each token once, for
-- the index; null where there are more of them than a tsvector holds. Phrases are looked up in the stream.
CREATE TABLE reflection_search (
	docid BIGINT PRIMARY KEY NOT NULL REFERENCES reflection_index (docid) ON DELETE CASCADE,
	tokens TEXT NOT NULL,
	words TSVECTOR
);
CREATE INDEX reflection_search_by_word ON reflection_search USING gin (words);
CREATE INDEX reflection_search_by_none ON reflection_search (docid) WHERE words IS NULL;

CREATE TABLE kernels (
	kernel_id TEXT PRIMARY KEY NOT NULL,
	port TEXT NOT NULL,
	variant TEXT NOT NULL,
	policy TEXT NOT NULL CHECK (policy IS JSON),
	state TEXT NOT NULL,
	next_seq BIGINT NOT NULL,
	last_hash TEXT NOT NULL,
	ts_ms BIGINT NOT NULL,
	opened_at TEXT NOT NULL,
	closed_at TEXT
);

-- `fields` is the canonical text that was hashed (profile v3-19); position is the commit order over all kernels.
CREATE TABLE ledger (
	position BIGINT PRIMARY KEY NOT NULL,
	kernel_id TEXT NOT NULL REFERENCES kernels (kernel_id),
	ledger_seq BIGINT NOT NULL,
	prev_hash TEXT NOT NULL,
	entry_hash TEXT NOT NULL,
	fields TEXT NOT NULL,
	UNIQUE (kernel_id, ledger_seq)
);

-- What each command wrote: the commit of each row after it, under a salt that erasing the row erases.
CREATE TABLE commit_salts (
	request_id TEXT NOT NULL,
	ordinal BIGINT NOT NULL,
	entity TEXT NOT NULL,
	row_id TEXT NOT NULL,
	hash TEXT NOT NULL,
	salt BYTEA,
	PRIMARY KEY (request_id, ordinal)
);
CREATE INDEX commit_salts_by_row ON commit_salts (entity, row_id);

-- One for each accepted request: answers a repeated request, and holds the commit and salt of what was asked.
CREATE TABLE receipts (
	request_id TEXT PRIMARY KEY NOT NULL,
	kind TEXT NOT NULL,
	hash TEXT NOT NULL,
	salt BYTEA,
	position BIGINT NOT NULL,
	receipt TEXT CHECK (receipt IS NULL OR receipt IS JSON)
);
CREATE INDEX receipts_by_position ON receipts (position, kind);

-- Consecutive old entries of one kernel, packed. Of their requests only those keep commits (and no receipt) that wrote a row as
-- it still is; kept_hash says which, over all archives so far. reflections_written: those that no export holds yet.
CREATE TABLE archives (
	kernel_id TEXT NOT NULL REFERENCES kernels (kernel_id),
	first_seq BIGINT NOT NULL,
	entries BIGINT NOT NULL,
	first_position BIGINT NOT NULL,
	last_position BIGINT NOT NULL,
	newest_request_ms BIGINT NOT NULL,
	root_hash TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	reflections_written BIGINT NOT NULL,
	kept_hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	PRIMARY KEY (kernel_id, first_seq)
);
CREATE INDEX archives_by_request ON archives (newest_request_ms);
CREATE INDEX archives_by_position ON archives (last_position);

-- The entries as a gzip file, which is a sixth of their size: it is read when they are asked for. request_keys: the last eight
-- bytes of the id of each request in it.
CREATE TABLE archive_files (
	kernel_id TEXT NOT NULL,
	first_seq BIGINT NOT NULL,
	request_keys BYTEA NOT NULL,
	file BYTEA NOT NULL,
	PRIMARY KEY (kernel_id, first_seq),
	FOREIGN KEY (kernel_id, first_seq) REFERENCES archives (kernel_id, first_seq) ON DELETE CASCADE
);

CREATE TABLE storage_holds (
	version TEXT PRIMARY KEY NOT NULL,
	held_at TEXT NOT NULL
);

-- Rows were erased for good, and the medium still holds their bytes: the next idle moment rewrites it.
CREATE TABLE erasures (
	request_id TEXT PRIMARY KEY NOT NULL
);

-- ROLLBACK:
-- DROP TABLE erasures;
-- DROP TABLE storage_holds;
-- DROP TABLE archive_files;
-- DROP TABLE archives;
-- DROP TABLE receipts;
-- DROP TABLE commit_salts;
-- DROP TABLE ledger;
-- DROP TABLE kernels;
-- DROP TABLE reflection_search;
-- DROP TABLE reflection_tags;
-- DROP TABLE reflection_index;
-- DROP TABLE settings;
-- DROP TABLE trash;
-- DROP TABLE reflection_versions;
-- DROP TABLE schema_version;
-- DROP TABLE integrations;
-- DROP TABLE evolution_events;
-- DROP TABLE evolution_history;
-- DROP FUNCTION evolution_history_is_insert_only;
-- DROP TABLE evolution_proposals;
-- DROP TABLE engine_feedback;
-- DROP TABLE engine_runs;
-- DROP TABLE axes;
-- DROP TABLE tensions;
-- DROP TABLE thread_reflections;
-- DROP TABLE threads;
-- DROP TABLE mirrorbacks;
-- DROP TABLE reflections;
-- DROP TABLE identities;
