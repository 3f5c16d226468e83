import initSqlJs from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { isConfined } from '#app/confined.ts';
import { readImport } from '#app/read-import.ts';

/** Reads one foreign file and answers with rows. It lives for that file only, and never sees the person's database. */
self.onmessage = async ({ data: file }: MessageEvent<Blob>) => {
	if (!import.meta.env.DEV && !(await isConfined(self))) {
		throw new Error('the policy does not hold in this worker');
	}
	const bytes = new Uint8Array(await file.arrayBuffer());
	const sql = () => initSqlJs({ locateFile: () => wasmUrl });
	self.postMessage(await readImport(bytes, { sql, now: new Date().toISOString() }));
};
