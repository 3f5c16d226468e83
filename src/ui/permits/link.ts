/** A permit as a link carries it: behind the `#`, which no browser sends to a server. */
export function permitLink(origin: string, token: object): string {
	const bytes = new TextEncoder().encode(JSON.stringify(token));
	const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
	const base64 = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
	return `${origin}/permit#${base64}`;
}

/** What a link is for, as it says itself. Whether it holds is for the kernel to say. */
export interface LinkedPermit {
	readonly token: object;
	readonly action: string;
	readonly params: object;
	/** Whether any params may be asked with. */
	readonly isOpen: boolean;
	/** Those whose values are left to whoever asks. */
	readonly open: readonly string[];
	readonly max_executions: number;
	readonly valid_until_ms: number;
}

/** Longest link that is read, in characters. */
const longest = 64 * 1024;

/** Null where there is no permit in it. */
export function readPermitLink(hash: string): LinkedPermit | null {
	const base64 = hash.replace(/^#/, '').replaceAll('-', '+').replaceAll('_', '/');
	if (base64 === '' || base64.length > longest) return null;
	try {
		const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
		const token: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
		return isToken(token) ? linked(token) : null;
	} catch {
		return null;
	}
}

interface Token {
	readonly action: string;
	readonly params: object;
	readonly constraints: { readonly open_params?: unknown };
	readonly max_executions: number;
	readonly valid_until_ms: number;
}

function isToken(given: unknown): given is Token {
	if (typeof given !== 'object' || given === null) return false;
	const { action, params, constraints, max_executions, valid_until_ms } = given as Record<string, unknown>;
	return (
		typeof action === 'string' &&
		typeof params === 'object' &&
		params !== null &&
		typeof constraints === 'object' &&
		constraints !== null &&
		typeof max_executions === 'number' &&
		typeof valid_until_ms === 'number' &&
		Math.abs(valid_until_ms) < 8.64e15
	);
}

function linked(token: Token): LinkedPermit {
	const { action, params, constraints, max_executions, valid_until_ms } = token;
	const given: readonly unknown[] = Array.isArray(constraints.open_params) ? constraints.open_params : [];
	const open = given.filter((name) => typeof name === 'string');
	return { token, action, params, max_executions, valid_until_ms, open, isOpen: open.includes('*') };
}
