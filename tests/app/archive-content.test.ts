import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { genesis, sealEntry, type AuditEntry, type EntryDraft } from '#kernel/ledger.ts';
import { readArchive, writeArchive } from '#records/archive-content.ts';
import type { PlacedEntry } from '#records/ledger-entry.ts';

const text = fc.string({ unit: 'binary' });
const maybe = fc.option(text);
const drafts: fc.Arbitrary<EntryDraft> = fc.record({
	...{ ts_ms: fc.nat(), request_id: text, actor: text, intent: text },
	decision: fc.constantFrom('ALLOW', 'DENY', 'HALT'),
	state_from: fc.constantFrom('IDLE', 'HALTED'),
	state_to: fc.constantFrom('IDLE', 'HALTED'),
	...{ tool_name: maybe, params_hash: maybe, evidence_hash: maybe, error: maybe, permit_digest: maybe },
	...{ permit_verification: maybe, permit_denial_reasons: fc.option(fc.array(text)), proposal_hash: maybe },
	...{ permit_nonce: maybe, permit_issuer: maybe, permit_subject: maybe },
	permit_max_executions: fc.option(fc.nat())
});

/** Entries that follow one on another, somewhere within a chain, with those of other kernels between them. */
function chained(list: readonly EntryDraft[], next_seq: number, apart: number): PlacedEntry[] {
	const digest = textDigest(sha256Hex);
	let last_hash = genesis;
	return list.map((draft, at) => {
		const entry: AuditEntry = sealEntry(draft, { next_seq: next_seq + at, last_hash }, digest);
		last_hash = entry.entry_hash;
		return { position: 1 + (next_seq + at) * apart, kernel_id: 'k', entry };
	});
}

const chains = fc
	.tuple(fc.array(drafts, { minLength: 1, maxLength: 20 }), fc.nat(1000), fc.integer({ min: 1, max: 3 }))
	.map(([list, next_seq, apart]) => chained(list, next_seq, apart));

describe('what an archive holds', () => {
	test('is the entries that were packed, whatever stands in them', () => {
		fc.assert(
			fc.property(chains, (entries) => {
				expect(readArchive(writeArchive('k', entries))).toEqual(entries);
			})
		);
	});

	test('is read also where it was written entry by entry, as at first', () => {
		fc.assert(
			fc.property(chains, (entries) => {
				const ledger_entries = entries.map(({ entry }) => entry);
				const positions = entries.map(({ position }) => position);
				const written = JSON.stringify({ kernel_id: 'k', positions, ledger_entries });
				expect(readArchive(written)).toEqual(entries);
			})
		);
	});

	const entries = chained(
		['a', 'b', 'c'].map((request_id) => ({ ...fc.sample(drafts, { seed: 1, numRuns: 1 })[0]!, request_id })),
		0,
		1
	);
	const good = JSON.parse(writeArchive('k', entries)) as { columns: Record<string, unknown[]> };
	const { actor: _actor, ...fewer } = good.columns;
	test.each([
		['no JSON', '{'],
		['nothing', ''],
		['a list', '[]'],
		['a column that is missing', { ...good, columns: fewer }],
		['a column that is too short', { ...good, columns: { ...good.columns, request_id: ['a', 'b'] } }],
		['an empty column', { ...good, columns: { ...good.columns, actor: [] } }],
		['a column that is none', { ...good, columns: { ...good.columns, actor: 'a' } }],
		['an object where a text stands', { ...good, columns: { ...good.columns, actor: [{}] } }],
		['lists within lists', { ...good, columns: { ...good.columns, permit_denial_reasons: [[[]]] } }],
		['more places than entries', { ...good, positions: [1, 2, 3, 4] }],
		['entries without places', { kernel_id: 'k', positions: [1], ledger_entries: [] }],
		['entries that hold something deep', { kernel_id: 'k', positions: [1], ledger_entries: [{ actor: {} }] }]
	])('is none: %s', (_what, content) => {
		expect(readArchive(typeof content === 'string' ? content : JSON.stringify(content))).toBeNull();
	});
});
