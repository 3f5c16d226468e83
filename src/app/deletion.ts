import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import { found, isHeldElsewhere, type OpfsTree } from '#storage/opfs.ts';
import { names } from '#app/names.ts';

type Root = Pick<OpfsTree, 'keys' | 'removeEntry'>;

/** All places in which this origin keeps anything of a person's. */
export interface Kept {
	/** The private files; null in a browser that has none. */
	readonly root: () => Promise<Root | null>;
	/** Whether it is gone: not while another tab has it open. */
	readonly dropDatabase: (name: string) => Promise<boolean>;
	/** Removes programs that were fetched because a person chose them. */
	readonly dropPrograms: () => Promise<void>;
	/** Clears what only a page reaches: local and session storage. */
	readonly clearPage: () => Promise<void>;
	/** Waits before a file that is still held is tried again. */
	readonly wait: () => Promise<void>;
}

/**
 * Removes everything, once the deletion is noted. The note goes last: interrupted anywhere, the next start finishes. What
 * is gone already is no failure, and what cannot be removed keeps nothing else.
 */
export async function removeEverything(kept: Kept): Promise<Result<void, Failure>> {
	const steps = [
		...[names.drafts, names.keys, names.database].map((name) => () => dropDatabase(kept, name)),
		() => emptyRoot(kept),
		() => kept.dropPrograms(),
		// Once no page has its drafts open any more.
		() => kept.clearPage()
	];
	const failures: Failure[] = [];
	for (const step of steps) await step().catch((error: unknown) => failures.push(toFailure(error)));
	if (failures.length === 0)
		await dropDatabase(kept, names.place).catch((error: unknown) => failures.push(toFailure(error)));
	return failures[0] === undefined ? ok(undefined) : err(failures[0]);
}

/** Held by another tab, however long it was waited for. */
class Held extends Error {}

async function dropDatabase(kept: Kept, name: string): Promise<void> {
	if (!(await kept.dropDatabase(name))) throw new Held(name);
}

/** The lock can arrive a moment before the browser has let go of the former owner's files. */
async function emptyRoot({ root, wait }: Kept): Promise<void> {
	const files = await root();
	if (files === null) return;
	for (let tries = 1; ; tries++) {
		const held = await removeEntries(files);
		if (held === 0) return;
		if (tries === 50) throw new Held('files');
		await wait();
	}
}

/** Answers with how many are held. */
async function removeEntries(root: Root): Promise<number> {
	const entries: string[] = [];
	for await (const name of root.keys()) entries.push(name);
	let held = 0;
	for (const name of entries) {
		try {
			await found(root.removeEntry(name, { recursive: true }));
		} catch (error) {
			if (!isHeldElsewhere(error)) throw error;
			held++;
		}
	}
	return held;
}

function toFailure(error: unknown): Failure {
	if (error instanceof Held) return held;
	return failure(
		'not_removed',
		`This browser did not remove everything (${whyOf(error)}). What is gone stays gone, and what is left is opened no more. Restart the browser and open Mirror OS again: the deletion goes on by itself.`
	);
}

const held = failure(
	'held',
	'Another tab of Mirror OS still holds a part. What is gone stays gone, and what is left is opened no more. Close all other tabs of Mirror OS and try again.'
);
