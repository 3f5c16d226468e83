import { strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { TestMirror } from '../app/mirror.ts';
import { bundleOf, databaseOf } from './make.ts';

/** A bundle that holds nothing but words for hard moments. */
async function carrying(crisis_card: unknown): Promise<Uint8Array> {
	return bundleOf(await databaseOf({}), {}, { 'config.json': strToU8(JSON.stringify({ crisis_card })) });
}

async function cardOf(mirror: TestMirror): Promise<string | null | undefined> {
	return (await mirror.read('settings.get', {})).rows[0]?.crisis_card;
}

test('the card of a file is shown whole, and is taken only where the person agreed to it', async () => {
	const mirror = await TestMirror.open();
	const bundle = await carrying('Call Mallory,\n0900 555 555.');
	expect((await mirror.stage(bundle)).crisis_card).toBe('Call Mallory,\n0900 555 555.');
	expect(await mirror.import(bundle)).toMatchObject({ code: 'accepted' });
	expect(await mirror.import(bundle, { crisis_card: false })).toMatchObject({ code: 'accepted' });
	expect(await cardOf(mirror)).toBeNull();
	expect(await mirror.import(bundle, { crisis_card: true })).toMatchObject({ code: 'accepted' });
	expect(await cardOf(mirror)).toBe('Call Mallory,\n0900 555 555.');
	expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	await mirror.core.close();
});

test('a mirror with a card of its own is not asked, and keeps it whatever the command says', async () => {
	const mirror = await TestMirror.open();
	const bundle = await carrying('Call Mallory.');
	const { token, sha256 } = await mirror.stage(bundle);
	// Written after the preview was shown, in another tab for example.
	await mirror.dispatch('settings.change', { key: 'crisis_card', value: 'Call Ana.' });
	const receipt = await mirror.dispatch('import.run', { token, sha256, crisis_card: true });
	expect(receipt.code).toBe('accepted');
	expect((await mirror.stage(bundle)).crisis_card).toBeNull();
	await mirror.import(bundle, { crisis_card: true });
	expect(await cardOf(mirror)).toBe('Call Ana.');
	await mirror.core.close();
});

test('what was agreed to is this card and no other', async () => {
	const mirror = await TestMirror.open();
	const shown = await mirror.stage(await carrying('Call Ana.'));
	const other = await mirror.stage(await carrying('Call Mallory.'));
	const { token } = other;
	const receipt = await mirror.dispatch('import.run', { token, sha256: shown.sha256, crisis_card: true });
	expect(receipt.code).toBe('invalid_data');
	expect(await cardOf(mirror)).toBeNull();
	await mirror.core.close();
});

test.each([
	['blank', ' \n '],
	['longer than a card can be', 'x'.repeat(5001)],
	['no text', { call: 'Mallory' }]
])('words that are %s are no card', async (_what, card) => {
	const mirror = await TestMirror.open();
	const bundle = await carrying(card);
	expect((await mirror.stage(bundle)).crisis_card).toBeNull();
	await mirror.import(bundle, { crisis_card: true });
	expect(await cardOf(mirror)).toBeNull();
	await mirror.core.close();
});
