/** SHA-256 of inline texts, in Base64, as a policy names them. */
export interface InlineHashes {
	/** Of the text of each inline script. */
	readonly scripts: readonly string[];
	/** Of the value of each `style` attribute that stands in markup which is not ours to change. */
	readonly styles: readonly string[];
}

/**
 * What the pages and workers of this origin may reach: themselves, and nothing else. One text for the host's header, the
 * service worker's header and the page's own `<meta>` (Content Security Policy Level 3).
 *
 * `blob:` in worker-src lets a page without a service worker start its core from a blob, which then inherits this policy.
 * `'unsafe-hashes'` lets a hash stand for an attribute; only the listed texts pass, any other inline style does not.
 */
export function contentSecurityPolicy({ scripts, styles }: InlineHashes): string {
	const script = ["'self'", "'wasm-unsafe-eval'", ...scripts.map(hashSource)];
	const style = ["'self'", ...(styles.length > 0 ? ["'unsafe-hashes'"] : []), ...styles.map(hashSource)];
	return [
		`default-src 'none'`,
		`script-src ${script.join(' ')}`,
		`worker-src 'self' blob:`,
		`connect-src 'self'`,
		`manifest-src 'self'`,
		`font-src 'self'`,
		`form-action 'self'`,
		`style-src ${style.join(' ')}`,
		`img-src 'self' blob: data:`,
		`media-src 'self' blob: data:`,
		`base-uri 'none'`,
		`object-src 'none'`,
		`frame-src 'none'`,
		`frame-ancestors 'none'`,
		`require-trusted-types-for 'script'`,
		`trusted-types ${trustedTypes.join(' ')}`
	].join('; ');
}

/** The named policies that may make HTML or script URLs: Svelte's templates, DOMPurify, our own scripts by name. */
const trustedTypes = ['svelte-trusted-html', 'dompurify', 'mirror-html', 'mirror-script'];

/** Every header that a host sends with every answer. A `<meta>` cannot carry `frame-ancestors`. */
export function securityHeaders(policy: string): Readonly<Record<string, string>> {
	return {
		'Content-Security-Policy': policy,
		'Referrer-Policy': 'no-referrer',
		'X-Content-Type-Options': 'nosniff',
		'Cross-Origin-Opener-Policy': 'same-origin',
		'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'
	};
}

/** The policy without the directives that a `<meta>` ignores with a warning. */
export function metaPolicy(policy: string): string {
	return policy
		.split('; ')
		.filter((directive) => !directive.startsWith('frame-ancestors'))
		.join('; ');
}

function hashSource(hash: string): string {
	return `'sha256-${hash}'`;
}
