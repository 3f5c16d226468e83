import type { Failure, Result } from '#base/result.ts';
import { refuseFile, unreadable } from '#bundle/import-failure.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { importLimits } from '#wire/bundle-manifest.ts';

/** What is used of a worker. */
export interface FileWorker {
	onmessage: ((event: MessageEvent) => void) | null;
	onerror: ((event: ErrorEvent) => void) | null;
	postMessage(file: Blob): void;
	terminate(): void;
}

export interface ImportFileDependencies {
	readonly start: () => FileWorker;
	/** Calls `then` after some milliseconds; answers with how to call it off. */
	readonly after: (ms: number, then: () => void) => () => void;
}

/** Reads a file in a worker of its own, which ends with it: after its answer, a crash, or a minute. */
export function readInWorker(
	file: Blob,
	{ start, after }: ImportFileDependencies
): Promise<Result<StagedImport, Failure>> {
	if (file.size > importLimits.file) {
		return Promise.resolve(
			refuseFile('too_large', 'This file has more than 200 MB, which is the most that is read.')
		);
	}
	const worker = start();
	return new Promise((resolve) => {
		const end = (result: Result<StagedImport, Failure>) => {
			callOff();
			worker.terminate();
			resolve(result);
		};
		const callOff = after(importLimits.milliseconds, () =>
			end(refuseFile('too_slow', 'Reading this file took more than a minute and was stopped.'))
		);
		worker.onmessage = ({ data }) => end(data as Result<StagedImport, Failure>);
		worker.onerror = () => end(unreadable());
		worker.postMessage(file);
	});
}
