import { describe, test } from 'vitest';
import type { OpenResult } from '#storage/database.ts';
import { contractCases } from './contract.ts';
import { placeOf } from './place.ts';

/** Runs the contract over an engine. `place` makes a new, empty place, and gives the function that opens it, again and again. */
export function databaseContract(name: string, place: () => () => Promise<OpenResult>): void {
	describe(name, () => {
		test.each(contractCases)('$name', ({ run }) => run(placeOf(place())));
	});
}
