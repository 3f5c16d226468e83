import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permitLink, readPermitLink } from '#ui/permits/link.ts';

const token = {
	...{ permit_id: 'a', issuer: 'owner', action: 'tensions.list', max_executions: 3, valid_until_ms: 12 },
	...{ params: { name: 'Größe 🙂' }, constraints: { open_params: ['*'] } }
};

test('a link carries a permit there and back, whatever its params hold', () => {
	fc.assert(
		fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (params) => {
			const link = new URL(permitLink('https://mirror.example', { ...token, params }));
			expect(link.search + link.pathname).toBe('/permit');
			expect(readPermitLink(link.hash)?.token).toEqual(JSON.parse(JSON.stringify({ ...token, params })));
		})
	);
	expect(readPermitLink(new URL(permitLink('https://mirror.example', token)).hash)).toMatchObject({
		...{ action: 'tensions.list', isOpen: true, open: ['*'], max_executions: 3 }
	});
});

test('what is none is none', () => {
	const part = (value: unknown) => new URL(permitLink('https://m.example', value as object)).hash;
	const wrong = ['', '#', '#%%%', '#AAAA', `#${'A'.repeat(70_000)}`, part(null), part([]), part({})];
	for (const change of [{ action: 1 }, { params: null }, { max_executions: '3' }, { valid_until_ms: 1e20 }])
		wrong.push(part({ ...token, ...change }));
	expect(wrong.map(readPermitLink)).toEqual(wrong.map(() => null));
});
