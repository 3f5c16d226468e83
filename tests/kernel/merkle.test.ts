import { createHash } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { entryLeaves, MerkleTree, readFrontier, treeHashes, treeOver } from '#kernel/merkle.ts';
import {
	climbInclusion,
	proveConsistency,
	proveInclusion,
	verifyConsistency,
	verifyInclusion,
	type Consistency,
	type Inclusion
} from '#kernel/merkle-proof.ts';
import { vector } from './vectors.ts';

const hashes = treeHashes(sha256Hex);

interface Vectors {
	readonly inputs: readonly string[];
	readonly leaves: readonly string[];
	readonly roots: readonly string[];
	readonly inclusion: readonly { index: number; size: number; path: readonly string[] }[];
	readonly consistency: readonly { from: number; to: number; path: readonly string[] }[];
}
const published = vector<Vectors>('merkle.json');

/** The definition of RFC 6962, 2.1, over another SHA-256 than the one under test. */
function rootByDefinition(leaves: readonly string[]): Buffer {
	const hash = (...parts: readonly (string | Buffer)[]) =>
		parts
			.reduce<ReturnType<typeof createHash>>((all, part) => all.update(part), createHash('sha256'))
			.digest();
	if (leaves.length === 0) return hash('');
	if (leaves.length === 1) return Buffer.from(leaves[0] ?? '', 'hex');
	const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
	return hash('\x01', rootByDefinition(leaves.slice(0, half)), rootByDefinition(leaves.slice(half)));
}

/** On which sides the hashes of a path stand, the lowest first: what a root binds of an index and a size, and no more. */
function sides(index: number, size: number): string {
	if (size === 1) return '';
	const half = 2 ** Math.floor(Math.log2(size - 1));
	return index < half ? `${sides(index, half)}R` : `${sides(index - half, size - half)}L`;
}

/** A hash with one digit changed. */
function altered(hash: string, at: number): string {
	const digit = (Number.parseInt(hash[at] ?? '', 16) ^ 1).toString(16);
	return `${hash.slice(0, at)}${digit}${hash.slice(at + 1)}`;
}

/** Every way in which one hash of a path is another, missing, or there twice. */
function alteredPaths(path: readonly string[], at: number): (readonly string[])[] {
	return [
		...path.flatMap((hash, place) => [
			path.with(place, altered(hash, at)),
			path.toSpliced(place, 1),
			path.toSpliced(place, 0, hash)
		]),
		[...path, 'a'.repeat(64)]
	];
}

/** No two alike, as the hashes of a chain are: of two equal leaves one proof may show both. */
const leavesOf = (maxLength: number) =>
	fc
		.uniqueArray(fc.nat(), { minLength: 1, maxLength })
		.map((numbers) => numbers.map((number) => hashes.leaf(utf8(String(number)))));
/** A tree, one of its leaves, and a digit of a hash. */
const anyTree = leavesOf(70).chain((leaves) =>
	fc.record({
		leaves: fc.constant(leaves),
		index: fc.nat(leaves.length - 1),
		digit: fc.nat(63),
		other: fc.integer({ min: 1, max: 80 })
	})
);

describe('the published test tree', () => {
	const leaves = published.inputs.map((input) => hashes.leaf(hexToBytes(input)));

	test('has its leaves and roots', () => {
		expect(leaves).toEqual(published.leaves);
		expect(published.roots.map((_, size) => treeOver(leaves.slice(0, size), hashes).root)).toEqual(
			published.roots
		);
		expect(published.roots.map((_, size) => rootByDefinition(leaves.slice(0, size)).toString('hex'))).toEqual(
			published.roots
		);
	});

	test.each(published.inclusion)('has the path of leaf $index of $size', ({ index, size, path }) => {
		const proof = proveInclusion(leaves.slice(0, size), index, hashes);
		expect(proof.path).toEqual(path);
		expect(verifyInclusion({ ...proof, root: published.roots[size] ?? '' }, hashes).ok).toBe(true);
	});

	test.each(published.consistency)('has the path from $from to $to', ({ from, to, path }) => {
		const proof = proveConsistency(leaves.slice(0, to), from, hashes);
		expect(proof.path).toEqual(path);
		expect(verifyConsistency(proof, hashes).ok).toBe(true);
	});
});

describe('any tree', () => {
	test('that grew leaf by leaf, and was kept and restored on the way, has the root of the definition', () => {
		fc.assert(
			fc.property(leavesOf(130), fc.nat(130), (leaves, cut) => {
				const begun = treeOver(leaves.slice(0, cut), hashes);
				const kept: unknown = JSON.parse(JSON.stringify(begun.frontier));
				const restored = new MerkleTree(hashes, readFrontier(kept) ?? undefined);
				for (const leaf of leaves.slice(cut)) restored.append(leaf);
				expect(restored.root).toBe(rootByDefinition(leaves).toString('hex'));
				expect(restored.frontier).toEqual(treeOver(leaves, hashes).frontier);
			})
		);
	});

	test('shows each of its leaves, and nothing else passes for one', () => {
		fc.assert(
			fc.property(anyTree, ({ leaves, index, digit, other }) => {
				const proof = proveInclusion(leaves, index, hashes);
				const passes = (changed: Partial<Inclusion>) => verifyInclusion({ ...proof, ...changed }, hashes).ok;
				expect(passes({})).toBe(true);
				expect(passes({ leaf: altered(proof.leaf, digit) })).toBe(false);
				expect(passes({ root: altered(proof.root, digit) })).toBe(false);
				for (const path of alteredPaths(proof.path, digit)) expect(passes({ path })).toBe(false);
				for (let wrong = -1; wrong <= leaves.length; wrong++)
					expect(passes({ index: wrong })).toBe(wrong === index);
				const isSameWay = index < other && sides(index, other) === sides(index, leaves.length);
				expect(passes({ size: other })).toBe(isSameWay);
			}),
			{ numRuns: 1000 }
		);
	});

	test('says each step of the way from a leaf to its root', () => {
		fc.assert(
			fc.property(anyTree, ({ leaves, index }) => {
				const proof = proveInclusion(leaves, index, hashes);
				const climbed = climbInclusion(proof, hashes);
				if (!climbed.ok) throw new Error(climbed.error.message);
				let below = proof.leaf;
				for (const { side, beside, above } of climbed.value) {
					expect(above).toBe(side === 'left' ? hashes.node(beside, below) : hashes.node(below, beside));
					below = above;
				}
				expect(below).toBe(proof.root);
				expect(climbed.value.map(({ beside }) => beside)).toEqual(proof.path);
			})
		);
	});

	test('shows what it began with, and nothing else passes for its beginning', () => {
		fc.assert(
			fc.property(anyTree, ({ leaves, index, digit }) => {
				const from = index + 1;
				const proof = proveConsistency(leaves, from, hashes);
				const passes = (changed: Partial<Consistency>) =>
					verifyConsistency({ ...proof, ...changed }, hashes).ok;
				expect(passes({})).toBe(true);
				expect(passes({ from_root: altered(proof.from_root, digit) })).toBe(false);
				expect(passes({ to_root: altered(proof.to_root, digit) })).toBe(false);
				for (const path of alteredPaths(proof.path, digit)) expect(passes({ path })).toBe(false);
				for (let wrong = 0; wrong <= leaves.length + 1; wrong++)
					expect(passes({ from: wrong })).toBe(wrong === from);
				const forked = leaves.with(index, altered(leaves[index] ?? '', digit));
				expect(passes({ to_root: treeOver(forked, hashes).root })).toBe(false);
				expect(
					verifyConsistency({ ...proveConsistency(forked, from, hashes), from_root: proof.from_root }, hashes)
						.ok
				).toBe(false);
			}),
			{ numRuns: 1000 }
		);
	});

	test('of ten million million leaves is verified by numbers beyond 32 bits', () => {
		const [leaf, right] = ['a'.repeat(64), 'b'.repeat(64)];
		const size = 2 ** 43;
		const path = Array.from({ length: 43 }, () => right);
		const root = path.reduce((below, beside) => hashes.node(below, beside), leaf);
		expect(verifyInclusion({ leaf, index: 0, size, root, path }, hashes).ok).toBe(true);
		expect(verifyInclusion({ leaf, index: 2 ** 42, size, root, path }, hashes)).toMatchObject({
			error: { code: 'wrong_root' }
		});
	});
});

describe('what is no proof', () => {
	const proof = proveInclusion(published.leaves, 5, hashes);
	const grown = proveConsistency(published.leaves, 3, hashes);
	const long = Array.from({ length: 65 }, () => 'a'.repeat(64));

	test.each([
		['an index outside', { index: 8 }, 'malformed'],
		['an index that is no number', { index: Number.NaN }, 'malformed'],
		['an index between two', { index: 1.5 }, 'malformed'],
		['no leaves', { size: 0 }, 'malformed'],
		['a hash in capitals', { root: proof.root.toUpperCase() }, 'malformed'],
		['a hash that is too short', { path: proof.path.with(0, 'ab') }, 'malformed'],
		['more hashes than there are levels', { path: long }, 'malformed'],
		['a hash too few', { path: proof.path.slice(1) }, 'wrong_length'],
		['a hash too many', { path: [...proof.path, proof.root] }, 'wrong_length'],
		['another root', { root: proof.leaf }, 'wrong_root']
	])('of a leaf: %s', (_what, changed, code) => {
		expect(verifyInclusion({ ...proof, ...changed }, hashes)).toMatchObject({ ok: false, error: { code } });
	});

	test.each([
		['from nothing', { from: 0 }, 'malformed'],
		['from more to fewer', { from: 9 }, 'malformed'],
		['a hash that is none', { from_root: 'no' }, 'malformed'],
		['more hashes than there are levels', { path: long }, 'malformed'],
		['no hash', { path: [] }, 'wrong_length'],
		['hashes for what did not grow', { from: 8 }, 'wrong_length'],
		['another root', { to_root: grown.from_root }, 'wrong_root']
	])('of a beginning: %s', (_what, changed, code) => {
		expect(verifyConsistency({ ...grown, ...changed }, hashes)).toMatchObject({ ok: false, error: { code } });
	});

	test('a frontier of another size, of no hashes, or of something else', () => {
		const { size, hashes: kept } = treeOver(published.leaves.slice(0, 7), hashes).frontier;
		expect(readFrontier({ size, hashes: kept })).toEqual({ size: 7, hashes: kept });
		for (const wrong of [
			{ size: 8, hashes: kept },
			{ size: -7, hashes: kept },
			{ size: 7.5, hashes: kept },
			{ size, hashes: kept.with(1, 'x') },
			{ size },
			[kept],
			'7',
			null
		])
			expect(readFrontier(wrong)).toBe(null);
	});

	test('an entry whose hash is none', () => {
		const [good, bad] = ['a'.repeat(64), 'A'.repeat(64)];
		expect(entryLeaves([good], hashes)).toEqual({ ok: true, value: [hashes.leaf(hexToBytes(good))] });
		expect(entryLeaves([good, bad], hashes)).toMatchObject({ error: { code: 'not_a_hash' } });
	});
});
