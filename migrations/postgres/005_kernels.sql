-- Migration: 005_kernels.sql
-- Version: 1.3.0
-- Date: 2026-11-22
-- Description: Kernels say why they took over and who chose their policy; archives of evidence, pinned checkpoints and permits are kept

-- app: what this version of the app brings, which the next may bring another of; owner: chosen by the person. Null: app.
ALTER TABLE kernels ADD COLUMN policy_by TEXT CHECK (policy_by IN ('app', 'owner'));
-- Why it took over from the kernel before it; null where that was not written down.
ALTER TABLE kernels ADD COLUMN reason TEXT;

-- What was asked of a kernel after it was halted, outside of its chain: the second entry of the next one commits to it.
CREATE TABLE halted_requests (
	kernel_id TEXT NOT NULL REFERENCES kernels (kernel_id),
	kind TEXT NOT NULL,
	refused BIGINT NOT NULL,
	allowed BIGINT NOT NULL,
	PRIMARY KEY (kernel_id, kind)
);

-- Whole ledgers as files, `{kernel_id}_{time}.json.gz`: of kernels of this mirror, and foreign ones that were taken in. A
-- deleted one keeps its row, so that it is known to have been there.
CREATE TABLE evidence_archives (
	name TEXT PRIMARY KEY NOT NULL,
	kernel_id TEXT NOT NULL,
	origin TEXT NOT NULL CHECK (origin IN ('own', 'foreign')),
	reason TEXT NOT NULL,
	entries BIGINT NOT NULL,
	root_hash TEXT NOT NULL,
	is_valid INTEGER NOT NULL CHECK (is_valid IN (0, 1)),
	sha256 TEXT NOT NULL,
	bytes BIGINT NOT NULL,
	created_at TEXT NOT NULL,
	deleted_at TEXT
);
CREATE INDEX evidence_archives_by_kernel ON evidence_archives (kernel_id, created_at);

CREATE TABLE evidence_files (
	name TEXT PRIMARY KEY NOT NULL REFERENCES evidence_archives (name) ON DELETE CASCADE,
	file BYTEA NOT NULL
);

-- What a person wants every verification compared with: the root over the first `size` entries of all kernels.
CREATE TABLE checkpoints (
	id TEXT PRIMARY KEY NOT NULL,
	size BIGINT NOT NULL,
	root TEXT NOT NULL,
	time TEXT NOT NULL,
	pinned_at TEXT NOT NULL
);

-- Leave that the person gave to somebody else: the signed token (KERNELS A8), and what she calls it.
CREATE TABLE permits (
	permit_id TEXT PRIMARY KEY NOT NULL,
	token TEXT NOT NULL CHECK (token IS JSON),
	label TEXT NOT NULL,
	issued_at TEXT NOT NULL,
	revoked_at TEXT
);

-- Each time that something ran by a permit: the position of its entry in the ledger.
CREATE TABLE permit_uses (
	permit_id TEXT NOT NULL REFERENCES permits (permit_id),
	position BIGINT NOT NULL,
	PRIMARY KEY (permit_id, position)
);

-- ROLLBACK:
-- DROP TABLE permit_uses;
-- DROP TABLE permits;
-- DROP TABLE checkpoints;
-- DROP TABLE evidence_files;
-- DROP TABLE evidence_archives;
-- DROP TABLE halted_requests;
-- ALTER TABLE kernels DROP COLUMN reason;
-- ALTER TABLE kernels DROP COLUMN policy_by;
