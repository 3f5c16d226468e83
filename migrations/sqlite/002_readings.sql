-- Migration: 002_readings.sql
-- Version: 1.1.0
-- Date: 2026-11-22
-- Description: What the engine found in each reflection is kept, so that Insight need not read a long diary anew

-- Derived from reflections, rebuilt at will; it holds no word of any text. All but the id is null while it is still to be read.
CREATE TABLE reflection_readings (
	reflection_id TEXT PRIMARY KEY NOT NULL REFERENCES reflections (id) ON DELETE CASCADE,
	-- SHA-256 of the text that was read: a reading counts for that text and for no other.
	text_hash TEXT,
	engine_version TEXT,
	words INTEGER CHECK (words IS NULL OR words >= 0),
	english INTEGER CHECK (english IS NULL OR english IN (0, 1)),
	patterns TEXT CHECK (patterns IS NULL OR json_valid(patterns))
);
INSERT INTO reflection_readings (reflection_id) SELECT id FROM reflections;
CREATE INDEX reflection_readings_to_do ON reflection_readings (reflection_id) WHERE text_hash IS NULL;

-- ROLLBACK:
-- DROP INDEX reflection_readings_to_do;
-- DROP TABLE reflection_readings;
