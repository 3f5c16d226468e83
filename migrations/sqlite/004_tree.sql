-- Migration: 004_tree.sql
-- Version: 1.2.0
-- Date: 2026-11-22
-- Description: The Merkle frontier of the ledger is kept, so that a checkpoint over all of its entries costs a few hashes

-- {size, hashes}: the tree over all entries up to this kernel's newest. Derived from them; null until it was computed.
ALTER TABLE kernels ADD COLUMN tree TEXT CHECK (tree IS NULL OR json_valid(tree));

-- ROLLBACK:
-- ALTER TABLE kernels DROP COLUMN tree;
