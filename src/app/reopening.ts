import { ok, type Failure, type Result } from '#base/result.ts';
import { codeOf } from '#app/answer.ts';
import type { Committed, Copying, CoreAnswer } from '#app/protocol.ts';
import type { OwnedCore } from '#app/tab.ts';

/** A core over one open database, as `openCore` makes it. */
export type OpenCore = () => Promise<Result<OwnedCore, Failure>>;

/**
 * A core that survives its medium. A write whose flush failed may or may not be on disk, so the database closes itself;
 * this opens it again from the journal and asks the same request again: the id tells whether it had been done. Only then
 * is it answered. What was `superseded` is not opened again: the files belong to another owner.
 */
export async function openReopening(open: OpenCore): Promise<Result<OwnedCore, Failure>> {
	const first = await open();
	if (!first.ok) return first;
	let core = first.value;
	let opening: Promise<boolean> | null = null;
	let isClosed = false;
	const listeners: ((committed: Committed) => void)[] = [];
	const progressListeners: ((copying: Copying) => void)[] = [];
	const announce = (committed: Committed) => {
		for (const listener of listeners) listener(committed);
	};
	function listen(): void {
		core.onCommit(announce);
		core.onProgress((copying) => {
			for (const listener of progressListeners) listener(copying);
		});
	}
	listen();

	function reopen(broken: OwnedCore): Promise<boolean> {
		if (core !== broken) return Promise.resolve(true);
		opening ??= (async () => {
			await broken.close();
			// Who has let go does not come back: the files belong to the next owner.
			if (isClosed) return false;
			const again = await open();
			if (again.ok && isClosed) await again.value.close();
			else if (again.ok) {
				core = again.value;
				listen();
			}
			return again.ok && !isClosed;
		})().finally(() => (opening = null));
		return opening;
	}

	async function again<T extends CoreAnswer>(ask: (port: OwnedCore) => Promise<T>): Promise<T> {
		const asked = core;
		const answer = await ask(asked);
		return codeOf(answer) === 'storage_failed' && (await reopen(asked)) ? ask(core) : answer;
	}

	return ok({
		dispatch: (request) =>
			again(async (port) => {
				const receipt = await port.dispatch(request);
				// Who waited meanwhile may have opened the other engine already.
				if (port.hasMoved() && (await reopen(port)))
					announce({ revision: receipt.position ?? 0, topics: ['storage', 'system'] });
				return receipt;
			}),
		read: (view, params) => again((port) => port.read(view, params)),
		byPermit: (permit, request) => again((port) => port.byPermit(permit, request)),
		exportBundle: (request) => again((port) => port.exportBundle(request)),
		releaseFile: (request, file) => again((port) => port.releaseFile(request, file)),
		stageImport: (file) => core.stageImport(file),
		onCommit: (listener) => void listeners.push(listener),
		onProgress: (listener) => void progressListeners.push(listener),
		cancel: () => core.cancel(),
		hasMoved: () => false,
		isDeleting: () => core.isDeleting(),
		tidy: () => core.tidy(),
		close: async () => {
			isClosed = true;
			// Whoever asked hears why it could not be opened again.
			await opening?.catch(() => undefined);
			await core.close();
		}
	});
}
