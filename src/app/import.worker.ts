import initSqlJs from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { localDay } from '#base/clock.ts';
import { unreadable } from '#bundle/import-failure.ts';
import { isConfined } from '#app/confined.ts';
import { readImport } from '#app/read-import.ts';

/** Reads one foreign file and answers with rows. It lives for that file only, and never sees the person's database. */
self.onmessage = ({ data: file }: MessageEvent<Blob>) => {
	// What fails here, as a file does that is gone by now, is no event that the other side would hear of.
	read(file).then(
		(result) => self.postMessage(result),
		() => self.postMessage(unreadable())
	);
};

async function read(file: Blob) {
	if (!import.meta.env.DEV && !(await isConfined(self))) {
		throw new Error('the policy does not hold in this worker');
	}
	const bytes = new Uint8Array(await file.arrayBuffer());
	const sql = () => initSqlJs({ locateFile: () => wasmUrl });
	return readImport(bytes, { sql, today: localDay(Date.now()) });
}
