import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gunzip, isGzip } from '#base/gzip.ts';

test('what was packed comes out again', async () => {
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
			const packed = new Uint8Array(gzipSync(bytes));
			expect(isGzip(packed)).toBe(true);
			expect(await gunzip(packed, 5000)).toEqual({ ok: true, value: bytes });
		})
	);
});

test('a small archive of a huge file is left alone', async () => {
	const packed = new Uint8Array(gzipSync(new Uint8Array(10_000_000)));
	expect(await gunzip(packed, 1_000_000)).toMatchObject({ ok: false, error: { code: 'too_large' } });
});

test('damage anywhere behind the header is found', async () => {
	const packed = new Uint8Array(gzipSync(Uint8Array.from({ length: 300 }, (_, at) => (at * 7919) & 255)));
	for (let at = 10; at < packed.length; at++) {
		const damaged = packed.with(at, (packed[at] ?? 0) ^ 1);
		expect(await gunzip(damaged, 1000)).toMatchObject({ ok: false, error: { code: 'bad_gzip' } });
		expect(await gunzip(packed.slice(0, at), 1000)).toMatchObject({ ok: false, error: { code: 'bad_gzip' } });
	}
});
