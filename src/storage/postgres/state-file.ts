import * as v from 'valibot';
import { utf8 } from '#base/bytes.ts';
import { crc32 } from '#base/crc32.ts';

/*
 * PGlite's pool of files (opfs-ahp 0.5) keeps what its files are called in one text: a line with the tree of names, then a
 * line for each change since. From time to time it empties the text and writes the tree anew; who is killed in between
 * finds nothing there, and it would then begin an empty database. So the tree is kept aside for that moment.
 */

/** What the text of names says. */
export type NamesFound =
	| {
			readonly kind: 'whole';
			/** What the file has to hold, where it is not just what it holds. */
			readonly mended: string | null;
			/** Files of the pool that hold something: one that is missing is a loss. */
			readonly used: ReadonlySet<string>;
			/** Empty files that wait for use. */
			readonly free: ReadonlySet<string>;
	  }
	| { readonly kind: 'damaged' };

interface Entry {
	readonly type: string;
	readonly backingFilename?: string | undefined;
	readonly children?: Readonly<Record<string, Entry>> | undefined;
}

const entrySchema: v.GenericSchema<unknown, Entry> = v.object({
	type: v.string(),
	backingFilename: v.optional(v.string()),
	children: v.optional(
		v.record(
			v.string(),
			v.lazy(() => entrySchema)
		)
	)
});
const treeSchema = v.object({ root: entrySchema, pool: v.array(v.string()) });
const changeSchema = v.object({ opp: v.string(), args: v.array(v.unknown()) });
type Tree = v.InferOutput<typeof treeSchema>;
type Change = v.InferOutput<typeof changeSchema>;

/**
 * Reads the text of names. A last line that is torn was never flushed, so nothing that was said to be saved depends on it:
 * it is left out. A first line that is torn or gone is taken from what was kept aside, where that is whole.
 */
export function readNames(text: string, aside: string): NamesFound {
	const [first = '', ...lines] = text.split('\n');
	const tree = parsed(treeSchema, first);
	if (tree === null) return fromAside(first, aside);
	const changes = lines.filter((line) => line !== '');
	const read = changes.map((line) => parsed(changeSchema, line));
	const torn = read.indexOf(null);
	if (torn >= 0 && torn < read.length - 1) return { kind: 'damaged' };
	const whole = torn < 0 ? changes : changes.slice(0, torn);
	const mended = torn < 0 ? null : [first, ...whole].join('\n');
	return { kind: 'whole', mended, ...filesOf(tree, read.filter(isThere)) };
}

/** The text to keep aside while the tree is written anew: the tree and its checksum. */
export function asideOf(tree: string): string {
	return `${tree}\n${crc32(utf8(tree))}`;
}

/** Only what was interrupted is a beginning of what it was to be. */
function fromAside(torn: string, aside: string): NamesFound {
	const [line = '', sum] = aside.split('\n');
	const tree = sum === String(crc32(utf8(line))) && line.startsWith(torn) ? parsed(treeSchema, line) : null;
	return tree === null ? { kind: 'damaged' } : { kind: 'whole', mended: line, ...filesOf(tree, []) };
}

function filesOf(
	{ root, pool }: Tree,
	changes: readonly Change[]
): { readonly used: ReadonlySet<string>; readonly free: ReadonlySet<string> } {
	const used = new Set(backingFiles(root));
	const free = new Set(pool);
	for (const { opp, args } of changes) {
		const name = String(args[0]);
		if (opp === 'createPoolFile') free.add(name);
		else if (opp === 'deletePoolFile') for (const files of [used, free]) files.delete(name);
		else if (opp === 'createFileNode') {
			for (const file of backingFiles(args[1] as Entry)) {
				used.add(file);
				free.delete(file);
			}
		}
	}
	return { used, free };
}

function backingFiles({ backingFilename, children = {} }: Entry): string[] {
	return [
		...(backingFilename === undefined ? [] : [backingFilename]),
		...Object.values(children).flatMap(backingFiles)
	];
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, line: string): T | null {
	try {
		const read = v.safeParse(schema, JSON.parse(line));
		return read.success ? read.output : null;
	} catch {
		return null;
	}
}

function isThere<T>(value: T | null): value is T {
	return value !== null;
}
