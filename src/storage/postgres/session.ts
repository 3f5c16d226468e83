import { storageError, type SqlValue } from '#storage/database.ts';
import { checkParameters, checkText } from '#storage/parameters.ts';
import type { Connection } from '#storage/postgres/connection.ts';
import { full } from '#storage/postgres/failure.ts';
import {
	checkStatement,
	isWriting,
	statementsOf,
	withNumberedParameters
} from '#storage/postgres/statement.ts';
import type { Answer, Session } from '#storage/transaction.ts';

/** PostgreSQL inside one transaction, or between two: the session lets nothing write outside of one. */
export class PostgresSession implements Session {
	readonly dialect = 'postgres';
	readonly #connection: Connection;
	/** Units of text and bytes that were handed over to be written since it was set to 0. */
	written = 0;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	async execute(sql: string, params: readonly SqlValue[]): Promise<Answer> {
		checkText(sql);
		checkStatement(sql);
		checkParameters(params);
		if (!this.#connection.hasRoom() && isWriting(sql)) throw storageError(full);
		const answer = await this.#connection.query(withNumberedParameters(sql), params.map(own));
		if (answer.changed > 0) for (const value of params) this.written += lengthOf(value);
		return answer;
	}

	async script(sql: string): Promise<void> {
		checkText(sql);
		const statements = statementsOf(sql);
		for (const statement of statements) checkStatement(statement);
		for (const statement of statements) await this.#connection.command(statement);
	}

	async openSavepoint(depth: number): Promise<void> {
		await this.#connection.command(`savepoint s${depth}`);
	}

	async releaseSavepoint(depth: number): Promise<void> {
		await this.#connection.command(`release s${depth}`);
	}

	async undoSavepoint(depth: number): Promise<void> {
		await this.#connection.command(`rollback to s${depth}`);
		await this.releaseSavepoint(depth);
	}
}

function lengthOf(value: SqlValue): number {
	return typeof value === 'string' || value instanceof Uint8Array ? value.length : 0;
}

/** Bytes as they are now, whatever their owner does with them before they are sent. */
function own(value: SqlValue): SqlValue {
	return value instanceof Uint8Array ? value.slice() : value;
}
