import type { SqlValue } from '#storage/database.ts';
import { checkParameters, checkText } from '#storage/parameters.ts';
import type { Connection } from '#storage/postgres/connection.ts';
import { checkStatement, statementsOf, withNumberedParameters } from '#storage/postgres/statement.ts';
import type { Answer, Session } from '#storage/transaction.ts';

/** PostgreSQL inside one transaction, or between two: the session lets nothing write outside of one. */
export class PostgresSession implements Session {
	readonly dialect = 'postgres';
	readonly #connection: Connection;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	async execute(sql: string, params: readonly SqlValue[]): Promise<Answer> {
		checkText(sql);
		checkStatement(sql);
		checkParameters(params);
		return this.#connection.query(withNumberedParameters(sql), params.map(own));
	}

	async script(sql: string): Promise<void> {
		checkText(sql);
		const statements = statementsOf(sql);
		for (const statement of statements) checkStatement(statement);
		for (const statement of statements) await this.#connection.query(statement, []);
	}

	async openSavepoint(depth: number): Promise<void> {
		await this.#connection.query(`savepoint s${depth}`, []);
	}

	async releaseSavepoint(depth: number): Promise<void> {
		await this.#connection.query(`release s${depth}`, []);
	}

	async undoSavepoint(depth: number): Promise<void> {
		await this.#connection.query(`rollback to s${depth}`, []);
		await this.releaseSavepoint(depth);
	}
}

/** Bytes as they are now, whatever their owner does with them before they are sent. */
function own(value: SqlValue): SqlValue {
	return value instanceof Uint8Array ? value.slice() : value;
}
