/** The text from its first word on: without the white space, comments and empty statements before it. */
export function withoutBlank(sql: string): string {
	return sql.replace(/^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))+/, '');
}
