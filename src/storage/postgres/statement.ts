import { withoutBlank } from '#storage/statement.ts';

/** First words of what may run. The others end transactions, change the session, or reach outside of the database. */
const allowed: ReadonlySet<string> = new Set([
	'select',
	'values',
	'with',
	'explain',
	'insert',
	'update',
	'delete',
	'create',
	'drop',
	'alter',
	'reindex',
	'analyze'
]);

/**
 * Throws for what the engine keeps to itself: control of transactions and of the session, tables that are not kept, and keys
 * that are looked at late.
 */
export function checkStatement(sql: string): void {
	const text = withoutBlank(sql);
	const word = /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? '';
	if (text === '') throw new Error('There is no statement in the text.');
	if (!allowed.has(word)) throw new Error(`A statement cannot begin with "${text.slice(0, 20)}" here.`);
	if (/^create\s+(?:local\s+|global\s+)?(?:temp(?:orary)?|unlogged)\b/i.test(text))
		throw new Error('Temporary and unlogged tables are not kept: use a table or a WITH clause.');
	if (/^(?:create|alter)\b/i.test(text) && /(?<!\bnot\s+)\bdeferrable\b/i.test(text))
		throw new Error('Keys and references cannot be deferred: a change of the schema would not look at them.');
}

/** Whether a statement may change rows or schema; a question in which only a name or a text says so counts too. */
export function isWriting(sql: string): boolean {
	const text = withoutBlank(sql);
	return !/^(?:select|values|explain|with)\b/i.test(text) || /\b(?:insert|update|delete)\b/i.test(text);
}

/** Texts, names, quoted bodies and comments, in which nothing is a mark of ours; then the marks; then all else. */
const tokens =
	/e'(?:[^'\\]|''|\\[^])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([a-z_]\w*)?\$[^]*?\$\1\$|--[^\n]*|\/\*[^]*?\*\/|[a-z_][\w$]*|[;?]|[^'"$/;?a-z_-]+|[^]/gi;

/** The statement with `$1`, `$2`, … in place of each `?`: both ways of writing a parameter are understood. */
export function withNumberedParameters(sql: string): string {
	if (!sql.includes('?')) return sql;
	let count = 0;
	return sql.replace(tokens, (token) => (token === '?' ? `$${++count}` : token));
}

/** The statements of a script, in order, without empty ones. */
export function statementsOf(sql: string): string[] {
	const statements: string[] = [];
	let text = '';
	for (const [token] of sql.matchAll(tokens)) {
		if (token !== ';') {
			text += token;
			continue;
		}
		statements.push(text);
		text = '';
	}
	return [...statements, text].map(withoutBlank).filter((statement) => statement !== '');
}
