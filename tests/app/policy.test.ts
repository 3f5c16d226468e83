import { describe, expect, test } from 'vitest';
import { contentSecurityPolicy, metaPolicy, securityHeaders } from '#app/policy.ts';

function directives(policy: string): Map<string, string[]> {
	return new Map(
		policy.split('; ').map((directive) => {
			const [name = '', ...sources] = directive.split(' ');
			return [name, sources];
		})
	);
}

const policy = contentSecurityPolicy({ scripts: ['c2NyaXB0'], styles: ['c3R5bGU='] });

describe('contentSecurityPolicy', () => {
	test('no source is another origin, a scheme of the network, or a wildcard', () => {
		const sources = [...directives(policy)]
			.filter(([name]) => name.endsWith('-src') || name === 'base-uri' || name === 'form-action')
			.flatMap(([, each]) => each);
		const allowed = /^('self'|'none'|'wasm-unsafe-eval'|'unsafe-hashes'|'sha256-[\w+/=]+'|blob:|data:)$/;
		expect(sources.filter((source) => !allowed.test(source))).toEqual([]);
	});

	test('what has no directive of its own is closed', () => {
		expect(directives(policy).get('default-src')).toEqual(["'none'"]);
		for (const name of ['base-uri', 'object-src', 'frame-src', 'frame-ancestors'])
			expect(directives(policy).get(name)).toEqual(["'none'"]);
	});

	test('inline scripts and styles pass by their hash only', () => {
		expect(directives(policy).get('script-src')).toEqual([
			"'self'",
			"'wasm-unsafe-eval'",
			"'sha256-c2NyaXB0'"
		]);
		expect(directives(policy).get('style-src')).toEqual(["'self'", "'unsafe-hashes'", "'sha256-c3R5bGU='"]);
		expect(policy).not.toContain("'unsafe-inline'");
		expect(policy).not.toContain("'unsafe-eval'");
	});

	test('attributes need no exception where there is none', () => {
		expect(contentSecurityPolicy({ scripts: [], styles: [] })).not.toContain('unsafe-hashes');
	});

	test('a meta element gets all but what it ignores', () => {
		const inMeta = directives(metaPolicy(policy));
		const inHeader = directives(securityHeaders(policy)['Content-Security-Policy'] ?? '');
		expect([...inHeader.keys()].filter((name) => !inMeta.has(name))).toEqual(['frame-ancestors']);
	});
});
