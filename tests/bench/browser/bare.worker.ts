import { expose } from 'comlink';
import initSqlJs from 'sql.js';
import { readFile } from './files.ts';

/** The bare open: the file's bytes, sql.js, a database over them, one answer. Nothing is verified and nothing prepared. */
const bare = {
	async open(wasm: string): Promise<number> {
		const [bytes, sql] = await Promise.all([readFile('image'), initSqlJs({ locateFile: () => wasm })]);
		const database = new sql.Database(bytes);
		return Number(database.exec('select count(*) from reflections')[0]?.values[0]?.[0]);
	}
};
export type Bare = typeof bare;

expose(bare);
