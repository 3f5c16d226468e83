import { failure } from '#base/result.ts';
import { checkEvidence, type CheckNews } from '#app/check-evidence.ts';
import { isConfined } from '#app/confined.ts';

/** Verifies one file of evidence, and lives for that file only. It never sees the person's database. */
self.onmessage = ({ data }: MessageEvent<{ readonly file: Blob; readonly root: string | null }>) => {
	check(data.file, data.root).catch(() =>
		tell({
			kind: 'done',
			result: { ok: false, error: failure('unreadable', 'the file could not be read to its end') }
		})
	);
};

async function check(file: Blob, root: string | null): Promise<void> {
	if (!import.meta.env.DEV && !(await isConfined(self))) {
		throw new Error('the policy does not hold in this worker');
	}
	const bytes = new Uint8Array(await file.arrayBuffer());
	const result = await checkEvidence(bytes, { root }, (progress) => tell({ kind: 'progress', progress }));
	tell({ kind: 'done', result });
}

function tell(news: CheckNews): void {
	self.postMessage(news);
}
