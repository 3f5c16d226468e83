import { err, ok, type Result } from '#base/result.ts';
import type { SchemaRehearsal, SchemaState } from '#domain/schema.ts';
import type { HandlerMap, Queryable, Refusal, ViewMap } from '#records/work.ts';

/** What only the one who opened the database knows of its migrations. */
export interface SchemaSurroundings {
	readonly describe: (db: Queryable) => Promise<SchemaState>;
	/** Tries out on the open database what going to a version would come to; null: to the newest. */
	readonly rehearse: (to: string | null) => Promise<SchemaRehearsal>;
}

/**
 * What the ledger keeps of a change of the schema: that it was asked for and permitted. The change itself comes after the
 * commit, by whoever opened the database.
 */
export function schemaHandlers({
	describe
}: SchemaSurroundings): HandlerMap<'schema.migrate' | 'schema.rollback' | 'schema.release'> {
	return {
		'schema.migrate': async (_data, work) => {
			const state = await describe(work.tx);
			if (state.hold !== null)
				return refuse(`The tables are held at version ${state.hold}. Release the hold to go on.`);
			return onward(state);
		},
		'schema.rollback': async ({ to }, work) => {
			const { current, lowest, migrations } = await describe(work.tx);
			const at = migrations.findIndex(({ version }) => version === to);
			const isBelow = at !== -1 && at < migrations.findIndex(({ version }) => version === current);
			if (isBelow && at >= migrations.findIndex(({ version }) => version === lowest))
				return ok({ from: current, to });
			return refuse(
				`From version ${current} one can go back to an earlier one, down to ${lowest}, and not to ${to}.`
			);
		},
		'schema.release': async (_data, work) => {
			const state = await describe(work.tx);
			if (state.hold === null) return refuse('Nothing is held.');
			return ok({ from: state.current, to: newest(state) });
		}
	};
}

function onward(state: SchemaState): Result<{ from: string; to: string }, Refusal> {
	const to = newest(state);
	return to === state.current ? refuse('Every migration has been applied.') : ok({ from: state.current, to });
}

function newest({ current, migrations }: SchemaState): string {
	return migrations.at(-1)?.version ?? current;
}

function refuse(why: string): Result<never, Refusal> {
	return err({ code: 'invalid_data', message: `${why} Nothing was changed.` });
}

export function schemaViewMap({
	describe,
	rehearse
}: SchemaSurroundings): ViewMap<'schema.state' | 'schema.rehearsal'> {
	return {
		'schema.state': async (db) => ({ rows: [await describe(db)] }),
		'schema.rehearsal': async (_db, { to }) => ({ rows: [await rehearse(to)] })
	};
}
