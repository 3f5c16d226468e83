import { failure, type Failure, type Result } from '#base/result.ts';
import type { CheckNews, CheckProgress, ReadCheck } from '#app/check-evidence.ts';

/** More than any ledger that can be read takes, in bytes. */
const largest = 256 * 1024 * 1024;

export interface EvidenceWorker {
	onmessage: ((event: MessageEvent) => void) | null;
	onerror: ((event: ErrorEvent) => void) | null;
	postMessage(asked: { readonly file: Blob; readonly root: string | null }): void;
	terminate(): void;
}

export interface AskedCheck {
	readonly file: Blob;
	/** The root hash that was noted when it was exported; null where none was. */
	readonly root: string | null;
	readonly tell: (progress: CheckProgress) => void;
	/** Ends the check, which then answers with `cancelled`. */
	readonly signal: AbortSignal;
}

/** Verifies a file of evidence in a worker of its own, which ends with it. */
export async function checkInWorker(
	{ file, root, tell, signal }: AskedCheck,
	start: () => Promise<EvidenceWorker>
): Promise<Result<ReadCheck, Failure>> {
	if (file.size > largest)
		return refused('too_large', 'it has more than 256 MB, which is the most that is read');
	const worker = await start();
	return new Promise((resolve) => {
		const end = (result: Result<ReadCheck, Failure>) => {
			worker.terminate();
			resolve(result);
		};
		const stop = () => end(refused('cancelled', 'the check was stopped'));
		if (signal.aborted) return stop();
		signal.addEventListener('abort', stop);
		worker.onmessage = ({ data }) => {
			const news = data as CheckNews;
			if (news.kind === 'progress') tell(news.progress);
			else end(news.result);
		};
		worker.onerror = () => end(refused('unreadable', 'the file could not be read to its end'));
		worker.postMessage({ file, root });
	});
}

function refused(code: string, message: string): Result<never, Failure> {
	return { ok: false, error: failure(code, message) };
}
