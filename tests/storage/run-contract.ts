import { describe, test } from 'vitest';
import type { Database, OpenResult } from '#storage/database.ts';
import { contractCases } from './contract.ts';
import type { Place } from './place.ts';

/** Runs the contract over an engine. `place` makes a new, empty place, and gives the function that opens it, again and again. */
export function databaseContract(name: string, place: () => () => Promise<OpenResult>): void {
	describe(name, () => {
		test.each(contractCases)('$name', async ({ run }) => {
			const open = place();
			await run({ open: async () => databaseOf(await open()) } satisfies Place);
		});
	});
}

function databaseOf(result: OpenResult): Database {
	if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
	return result.value.database;
}
