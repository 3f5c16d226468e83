import { IDBFactory } from 'fake-indexeddb';
import { renewSql } from './sql.ts';

/* Test files share a process and its modules (vitest.config.ts): before each, what one of them may leave behind is gone. */

if ('indexedDB' in globalThis) globalThis.indexedDB = new IDBFactory();
await renewSql();
