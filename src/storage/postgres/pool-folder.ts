import { found, hold, type OpfsAccess, type OpfsTree } from '#storage/opfs.ts';

/** A file that is there when everything else in the folder is. */
const complete = 'complete';

/** Says that everything in it is there, once it is and is closed. */
export async function finishPool(root: OpfsTree, folder: string): Promise<void> {
	const directory = await root.getDirectoryHandle(folder, { create: false });
	const marker = await hold(await directory.getFileHandle(complete, { create: true }));
	marker.flush();
	marker.close();
}

export async function isFinishedPool(root: OpfsTree, folder: string): Promise<boolean> {
	const directory = await found(root.getDirectoryHandle(folder, { create: false }));
	return directory !== null && (await found(directory.getFileHandle(complete, { create: false }))) !== null;
}

/** Removes everything. Nothing happens where there is nothing. */
export async function dropPool(root: OpfsTree, folder: string): Promise<void> {
	await found(root.removeEntry(folder, { recursive: true }));
}

/** How many files this browser holds open at once, as far as `wanted`. Tries it in a folder of its own, which it removes. */
export async function heldAtOnce(root: OpfsTree, folder: string, wanted: number): Promise<number> {
	await dropPool(root, folder);
	const directory = await root.getDirectoryHandle(folder, { create: true });
	const held: OpfsAccess[] = [];
	try {
		for (let from = 0; from < wanted; from += together) {
			const names = Array.from({ length: Math.min(together, wanted - from) }, (_, at) => String(from + at));
			const opened = await Promise.allSettled(
				names.map(async (name) => hold(await directory.getFileHandle(name, { create: true })))
			);
			const there = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
			held.push(...there);
			if (there.length < names.length) break;
		}
		return held.length;
	} finally {
		for (const access of held) access.close();
		await dropPool(root, folder);
	}
}

/** Files that are opened at the same time, so that a browser which cannot is not asked a thousand times. */
const together = 100;
