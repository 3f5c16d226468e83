import { uuidv7, type Randomness } from '#base/uuid.ts';
import type { Clock } from '#base/clock.ts';
import type { Receipt } from '#domain/receipt.ts';
import { readSchema } from '#storage/migrator.ts';
import type { MigrationFailure } from '#storage/migrator.ts';
import type { Database } from '#storage/database.ts';
import { compareVersions } from '#storage/migration.ts';
import type { Core } from '#app/core.ts';
import type { Schema, SchemaStep } from '#app/schema.ts';

export interface SchemaChangeDependencies {
	readonly core: Core;
	readonly database: Database;
	readonly schema: Schema;
	readonly clock: Clock;
	readonly random: Randomness;
	/** Position of the last ledger entry when the database was opened. */
	readonly since: number;
}

/** What follows on the permission to change the schema, over one open core. Commands wait meanwhile. */
export class SchemaChanges {
	readonly #deps: SchemaChangeDependencies;
	/** What came of each request: asked again by its id it is not done again. */
	readonly #outcomes = new Map<string, Promise<Receipt>>();

	constructor(deps: SchemaChangeDependencies) {
		this.#deps = deps;
	}

	/** Does what an accepted receipt permits; answers with the receipt, or with why it was not done. */
	follow(kind: string, receipt: Receipt): Promise<Receipt> {
		const [from, to] = [receipt.result?.['from'], receipt.result?.['to']];
		const isOne = kind === 'schema.migrate' || kind === 'schema.rollback' || kind === 'schema.release';
		if (receipt.code !== 'accepted' || !isOne || typeof from !== 'string' || typeof to !== 'string')
			return Promise.resolve(receipt);
		const known = this.#outcomes.get(receipt.request_id);
		if (known !== undefined) return known;
		const isOld = (receipt.position ?? 0) <= this.#deps.since;
		const outcome = isOld ? this.#remembered(receipt, to) : this.#carryOut(kind, receipt, { from, to });
		this.#outcomes.set(receipt.request_id, outcome);
		return outcome;
	}

	/** Tells the history and the events of the mirror what became of its schema. */
	async record({ from, to }: SchemaStep): Promise<void> {
		const { core, clock, random } = this.#deps;
		const event_type = compareVersions(from, to) < 0 ? 'upgrade' : 'downgrade';
		const data = { event_type, from_version: from, to_version: to };
		await core.port('system').dispatch({ id: uuidv7(clock(), random), kind: 'lifecycle.record', data });
	}

	/** It was permitted before this database was opened: nobody else carries it out now, for the person may have decided anew. */
	async #remembered(receipt: Receipt, to: string): Promise<Receipt> {
		const { applied } = await readSchema(this.#deps.database);
		return applied.at(-1)?.version === to ? receipt : { ...receipt, code: 'cancelled', message: interrupted };
	}

	async #carryOut(kind: string, receipt: Receipt, step: SchemaStep): Promise<Receipt> {
		const { core, schema } = this.#deps;
		const failed = await core.alone(() =>
			kind === 'schema.rollback' ? schema.goBack(step.to) : schema.advance()
		);
		if (failed === null && step.from !== step.to) await this.record(step);
		core.announce(['schema', 'system']);
		return failed === null ? receipt : { ...receipt, code: codeOf(failed), message: messageOf(failed) };
	}
}

const interrupted =
	'This was permitted, and then interrupted before it was done. Your mirror is as it was. Look at the versions, and ask anew.';

function codeOf({ code }: MigrationFailure): Receipt['code'] {
	return code === 'storage' ? 'storage_failed' : 'failed';
}

function messageOf({ code, message, version }: MigrationFailure): string {
	const where = version === null || code !== 'sql' ? '' : `At version ${version}: `;
	return `${where}${message} Everything was undone: your mirror is as it was.`;
}
