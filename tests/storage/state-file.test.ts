import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asideOf, readNames } from '#storage/postgres/state-file.ts';

const tree = JSON.stringify({
	root: {
		type: 'directory',
		lastModified: 1,
		mode: 16384,
		children: {
			PG_VERSION: { type: 'file', lastModified: 1, mode: 32768, backingFilename: 'a-1' },
			base: {
				type: 'directory',
				lastModified: 1,
				mode: 16384,
				children: { '1': { type: 'file', lastModified: 1, mode: 32768, backingFilename: 'a-2' } }
			}
		}
	},
	pool: ['a-3', 'a-4']
});
const file = { type: 'file', lastModified: 2, mode: 32768, backingFilename: 'a-3' };
const changes = [
	{ opp: 'createFileNode', args: ['/base/2', file] },
	{ opp: 'createPoolFile', args: ['a-5'] },
	{ opp: 'deletePoolFile', args: ['a-4'] },
	{ opp: 'rename', args: ['/base/2', '/base/Ünï'] },
	{ opp: 'setLastModified', args: ['/base/1', 3] }
].map((change) => JSON.stringify(change));
const text = [tree, ...changes].join('\n');

test('the names of all files are found, in the tree and in the changes since', () => {
	expect(readNames(text, '')).toEqual({
		kind: 'whole',
		mended: null,
		used: new Set(['a-1', 'a-2', 'a-3']),
		free: new Set(['a-5'])
	});
});

test('a text that was cut anywhere behind its first line loses at most the line in which it was cut', () => {
	for (let end = tree.length + 1; end < text.length; end++) {
		const read = readNames(text.slice(0, end), '');
		if (read.kind === 'damaged') throw new Error(`damaged, cut at ${end}`);
		const kept = read.mended ?? text.slice(0, end);
		const lines = kept
			.split('\n')
			.slice(1)
			.filter((line) => line !== '');
		expect(changes.slice(0, lines.length)).toEqual(lines);
		expect(text.slice(0, end).split('\n').length - 2).toBeLessThanOrEqual(lines.length);
	}
});

test('a first line that was cut, or emptied, is taken from what was kept aside, and from nothing else', () => {
	for (let end = 0; end < tree.length; end += 7) {
		const torn = tree.slice(0, end);
		expect(readNames(torn, '')).toEqual({ kind: 'damaged' });
		expect(readNames(torn, asideOf(tree))).toMatchObject({ kind: 'whole', mended: tree });
		expect(readNames(torn, asideOf(tree).slice(0, -1))).toEqual({ kind: 'damaged' });
	}
	expect(readNames('{"root":5}', asideOf(tree))).toEqual({ kind: 'damaged' });
});

test('what was kept aside for another moment is not used where the text is whole', () => {
	const older = asideOf(JSON.stringify({ root: { type: 'directory', children: {} }, pool: [] }));
	expect(readNames(text, older)).toMatchObject({ kind: 'whole', mended: null });
});

test('a line in the middle that is none is damage', () => {
	for (const line of ['{"opp":', '\0\0\0', '[]', '{"opp":1,"args":[]}'])
		expect(readNames([tree, line, ...changes].join('\n'), '')).toEqual({ kind: 'damaged' });
});

test('no text makes it throw, and none but a tree is taken for one', () => {
	fc.assert(
		fc.property(fc.string(), fc.string(), (any, aside) => {
			expect(readNames(any, aside)).toEqual({ kind: 'damaged' });
		})
	);
});
