-- Migration: 006_checklists.sql
-- Version: 1.4.0
-- Date: 2026-11-22
-- Description: What a person ticked of the checklists for replacing a kernel is kept with that kernel

-- A row is a tick; what is not ticked has none.
CREATE TABLE checklist_ticks (
	kernel_id TEXT NOT NULL REFERENCES kernels (kernel_id),
	item TEXT NOT NULL,
	ticked_at TEXT NOT NULL,
	PRIMARY KEY (kernel_id, item)
);

-- ROLLBACK:
-- DROP TABLE checklist_ticks;
