-- Migration: 003_lists.sql
-- Version: 1.1.1
-- Date: 2026-11-22
-- Description: Indexes for lists in the order of time: entries of a stretch of days, runs of the engine, events

CREATE INDEX reflection_index_by_date ON reflection_index (local_date, reflection_id);
CREATE INDEX engine_runs_by_time ON engine_runs (timestamp, id);
CREATE INDEX evolution_events_by_time ON evolution_events (timestamp, id);

-- ROLLBACK:
-- DROP INDEX evolution_events_by_time;
-- DROP INDEX engine_runs_by_time;
-- DROP INDEX reflection_index_by_date;
