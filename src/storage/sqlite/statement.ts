import { withoutBlank } from '#storage/statement.ts';

/** What a statement does. `with`: only its plan tells. */
export type StatementKind = 'read' | 'change' | 'schema';

const kinds: Readonly<Record<string, StatementKind | 'with' | 'pragma'>> = {
	select: 'read',
	values: 'read',
	explain: 'read',
	with: 'with',
	pragma: 'pragma',
	insert: 'change',
	replace: 'change',
	update: 'change',
	delete: 'change',
	create: 'schema',
	drop: 'schema',
	alter: 'schema',
	reindex: 'schema',
	analyze: 'schema'
};

/** Pragmas that only answer. All others change the connection, which a replay would not know of. */
const answering = new Set([
	'foreign_key_check',
	'foreign_key_list',
	'freelist_count',
	'index_info',
	'index_list',
	'index_xinfo',
	'integrity_check',
	'page_count',
	'page_size',
	'quick_check',
	'table_info',
	'table_list',
	'table_xinfo'
]);

/**
 * The kind of a statement by its first word. Throws for what would break the journal: control of transactions, pragmas
 * that set something, other files, temporary tables (no snapshot holds them), and references checked only at COMMIT, which
 * would fail after the record is already durable.
 */
export function statementKind(sql: string): StatementKind | 'with' {
	const text = withoutBlank(sql);
	const word = /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? '';
	const kind = kinds[word];
	if (kind === undefined) throw new Error(`A statement cannot begin with "${text.slice(0, 20)}" here.`);
	if (kind === 'pragma') {
		const name = /^pragma\s+(?:main\s*\.\s*)?(\w+)\s*(?:\([^)]*\))?\s*;?\s*$/i.exec(text)?.[1];
		if (name === undefined || !answering.has(name.toLowerCase()))
			throw new Error('This pragma is not for use here.');
		return 'read';
	}
	if (kind === 'schema' && /^create\s+temp(orary)?\b/i.test(text)) {
		throw new Error('Temporary tables are not kept: use a table or a WITH clause.');
	}
	if (kind === 'schema' && /\binitially\s+deferred\b/i.test(text)) {
		throw new Error('References cannot be deferred: they would fail after the transaction is on disk.');
	}
	return kind;
}
