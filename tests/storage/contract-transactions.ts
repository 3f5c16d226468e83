import type { Transaction } from '#storage/database.ts';
import { add, ids, idsAfterRestart, rejected, same, withItems } from './place.ts';
import type { ContractCase } from './place.ts';

/** The part of the contract that says how transactions and savepoints begin and end. */
export const transactionCases: readonly ContractCase[] = [
	{
		name: 'leaves nothing of a transaction that rejects, and passes its error on',
		async run(place) {
			const database = await withItems(place);
			const mistake = new Error('of the work');
			const error = await rejected(
				database.transaction(async (tx) => {
					await add(tx, 'a', 1);
					throw mistake;
				})
			);
			same(error === mistake, true);
			same(await ids(database), []);
			await database.transaction((tx) => add(tx, 'b', 1));
			same(await idsAfterRestart(database, place), ['b']);
		}
	},
	{
		name: 'refuses statements that would end or begin a transaction',
		async run(place) {
			const database = await withItems(place);
			for (const sql of ['commit', 'rollback', 'begin', ' -- x\n END', 'savepoint a', '/* y */ release a']) {
				await rejected(
					database.transaction(async (tx) => {
						await add(tx, 'a', 1);
						await tx.run(sql);
					})
				);
				await rejected(database.query(sql));
			}
			same(await idsAfterRestart(database, place), []);
		}
	},
	{
		name: 'commits nothing after a statement that failed, even where its error was swallowed',
		async run(place) {
			const database = await withItems(place);
			await database.transaction((tx) => add(tx, 'a', 1));
			await rejected(
				database.transaction(async (tx) => {
					await add(tx, 'b', 1);
					await rejected(add(tx, 'a', 2));
					await rejected(add(tx, 'c', 1));
				})
			);
			same(await idsAfterRestart(database, place), ['a']);
		}
	},
	{
		name: 'undoes a savepoint that throws and keeps what came before and after',
		async run(place) {
			const database = await withItems(place);
			await database.transaction(async (tx) => {
				await add(tx, 'a', 1);
				await rejected(
					tx.savepoint(async () => {
						await add(tx, 'b', 1);
						same(await tx.savepoint(() => add(tx, 'c', 1)), 1);
						await rejected(tx.savepoint(() => add(tx, 'a', 2)));
						throw new Error('of the work');
					})
				);
				await tx.savepoint(async () => {
					await add(tx, 'd', 1);
					await rejected(tx.savepoint(() => add(tx, 'a', 2)));
				});
				await add(tx, 'e', 1);
			});
			same(await ids(database), ['a', 'd', 'e']);
			same(await idsAfterRestart(database, place), ['a', 'd', 'e']);
		}
	},
	{
		name: 'undoes a savepoint whose work swallowed the error of a statement',
		async run(place) {
			const database = await withItems(place);
			await database.transaction(async (tx) => {
				await add(tx, 'a', 1);
				await rejected(
					tx.savepoint(async () => {
						await add(tx, 'b', 1);
						await rejected(add(tx, 'a', 1));
					})
				);
				await add(tx, 'c', 1);
			});
			same(await idsAfterRestart(database, place), ['a', 'c']);
		}
	},
	{
		name: 'runs transactions in the order of their calls, and shows only what is committed',
		async run(place) {
			const database = await withItems(place);
			let release = (): void => undefined;
			const gate = new Promise<void>((resolve) => (release = resolve));
			const order: string[] = [];
			const first = database.transaction(async (tx) => {
				await add(tx, 'a', 1);
				await gate;
				await add(tx, 'b', 1);
				order.push('first');
			});
			const between = ids(database);
			const second = database.transaction(async (tx) => {
				await add(tx, 'c', 1);
				order.push('second');
			});
			const last = ids(database);
			release();
			await Promise.all([first, second]);
			same(order, ['first', 'second']);
			same(await between, ['a', 'b']);
			same(await last, ['a', 'b', 'c']);
			await database.close();
		}
	},
	{
		name: 'ends the use of a transaction with its work',
		async run(place) {
			const database = await withItems(place);
			let leaked: Transaction | null = null;
			await database.transaction(async (tx) => {
				leaked = tx;
			});
			await rejected(add(leaked!, 'a', 1));
			await rejected(leaked!.query('select 1'));
			await rejected(leaked!.savepoint(async () => undefined));
			same(await idsAfterRestart(database, place), []);
		}
	},
	{
		name: 'waits at the end of a transaction for what nobody waited for, and commits nothing where it fails',
		async run(place) {
			const database = await withItems(place);
			await database.transaction((tx) => add(tx, 'a', 1));
			await rejected(
				database.transaction(async (tx) => {
					await add(tx, 'b', 1);
					void rejected(add(tx, 'a', 2));
				})
			);
			await rejected(
				database.transaction(async (tx) => {
					void rejected(tx.savepoint(() => add(tx, 'c', 1)));
				})
			);
			await database.transaction(async (tx) => {
				void add(tx, 'd', 1);
			});
			same(await idsAfterRestart(database, place), ['a', 'd']);
		}
	},
	{
		name: 'lets nothing of a transaction that is over run into the next one',
		async run(place) {
			const database = await withItems(place);
			const long = `${'select 1;'.repeat(3)} insert into item (id) values ('late')`;
			const first = rejected(
				database.transaction(async (tx) => {
					tx.script(long).catch(() => undefined);
					throw new Error('of the work');
				})
			);
			const second = database.transaction(async (tx) => {
				for (const id of ['a', 'b', 'c', 'd']) await add(tx, id, 1);
			});
			await Promise.all([first, second]);
			same(await idsAfterRestart(database, place), ['a', 'b', 'c', 'd']);
		}
	}
];
