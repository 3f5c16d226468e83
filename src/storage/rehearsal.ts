import type { Database, Transaction } from '#storage/database.ts';
import type { MigrationFile } from '#storage/migration.ts';
import { applyIn, change, plan, undoIn, wayBack } from '#storage/migrator.ts';
import type { MigrationFailure, StepOptions } from '#storage/migrator.ts';
import { counted, differencesBetween, outlineOf, type SchemaEffect } from '#storage/schema-effects.ts';

/** What going to another version would come to. */
export interface Rehearsal {
	readonly from: string | null;
	readonly to: string | null;
	/** Versions, in the order in which they would be applied or undone. */
	readonly steps: readonly string[];
	/** With counts: of what is dropped as it is now, of what is made as it would be then. */
	readonly effects: readonly SchemaEffect[];
	/** Why it would fail. References between rows are looked at by the change itself alone. */
	readonly failed: MigrationFailure | null;
}

/**
 * Goes back to `target`, or, where it is null, on to the newest version and past any hold, in a transaction that is thrown
 * away: nothing is changed. Never throws for what a migration or the medium does.
 */
export async function rehearse(
	database: Database,
	files: readonly MigrationFile[],
	target: string | null,
	options: StepOptions
): Promise<Rehearsal> {
	const planned = await plan(database, files);
	if (!planned.ok) {
		const { current, failed } = planned.error;
		return { from: current, to: target, steps: [], effects: [], failed };
	}
	const { state, done, pending } = planned.value;
	const from = state.applied.at(-1)?.version ?? null;
	const way = target === null ? null : wayBack(done, target);
	if (way?.ok === false) return { from, to: target, steps: [], effects: [], failed: way.error };
	const to = target ?? pending.at(-1)?.version ?? from;
	let effects: readonly SchemaEffect[] = [];
	const failed = await change(to, async () => {
		const before = await outlineOf(database);
		let made: readonly SchemaEffect[] = [];
		let dropped: readonly SchemaEffect[] = [];
		await thrownAway(database, async (tx) => {
			if (way === null) for (const migration of pending) await applyIn(tx, migration, options);
			else await undoIn(tx, way.value, target, options);
			const after = await outlineOf(tx);
			dropped = differencesBetween(before, after, 'dropped');
			made = await counted(tx, differencesBetween(before, after, 'made'));
		});
		effects = [...(await counted(database, dropped)), ...made];
	});
	const steps = (way?.value ?? pending).map(({ version }) => version);
	return { from, to, steps, effects, failed };
}

/** Runs `work`, of which nothing stays. */
async function thrownAway(database: Database, work: (tx: Transaction) => Promise<void>): Promise<void> {
	const end = new Error('This was only tried.');
	try {
		await database.transaction(async (tx) => {
			await work(tx);
			throw end;
		}, 'schema');
	} catch (error) {
		if (error !== end) throw error;
	}
}
