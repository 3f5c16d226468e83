import { describe, expect, test } from 'vitest';
import { Life } from './life.ts';
import { createWorld, TestMirror } from './mirror.ts';
import { watched } from './rows.ts';

/** What erases for good. */
const forGood = ['reflection.purge'];

describe('a change is undone', () => {
	test('whatever it was: every row stands as before, and undoing that brings it back', async () => {
		const { mirror, rows } = await watched(21);
		const life = new Life(mirror, 22);
		const undone: Record<string, number> = {};
		for (let step = 0; step < 1000; step++) {
			const before = await rows();
			await life.step();
			const receipt = life.receipts.at(-1);
			if (receipt?.code !== 'accepted') continue;
			const kind = life.kinds.at(-1) ?? '';
			const after = await rows();
			const undo = await mirror.dispatch('change.undo', { request_id: receipt.request_id });
			const isNothing = JSON.stringify(after) === JSON.stringify(before);
			if (forGood.includes(kind)) expect([kind, undo.code]).toEqual([kind, 'not_found']);
			if (forGood.includes(kind) || (isNothing && undo.code === 'not_found')) continue;
			expect([kind, undo.code]).toEqual([kind, 'accepted']);
			expect(await rows()).toEqual(before);
			const redo = await mirror.dispatch('change.undo', { request_id: undo.request_id });
			expect(redo.code).toBe('accepted');
			expect(await rows()).toEqual(after);
			undone[kind] = (undone[kind] ?? 0) + 1;
		}
		expect(Object.keys(undone).length).toBeGreaterThan(20);
		expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true, errors: [] });
	}, 300_000);

	test('not once it was changed again: then nothing is touched, and that is said', async () => {
		const { mirror, rows } = await watched(3);
		const id = mirror.id();
		const data = { identity_id: null, axis_a: 'One', axis_b: 'Two' };
		const made = await mirror.dispatch('tension.create', { ...data, id, name: 'A tension' });
		await mirror.dispatch('tension.place', { id, position: 0.5, intensity: null });
		const before = await rows();
		const undo = await mirror.dispatch('change.undo', { request_id: made.request_id });
		expect(undo.code).toBe('version_conflict');
		expect(await rows()).toEqual(before);
	});

	test('not while something refers to what it made: no child goes with its parent unseen', async () => {
		const { mirror, rows } = await watched(4);
		const [id, identity] = [mirror.id(), mirror.id()];
		const wrote = await mirror.dispatch('identity.create', { id: identity, name: 'Night self' });
		await mirror.write('Something.', { id, identity_id: identity });
		const before = await rows();
		expect((await mirror.dispatch('change.undo', { request_id: wrote.request_id })).code).toBe(
			'version_conflict'
		);
		expect(await rows()).toEqual(before);
	});

	test('not after a restart, and not what was erased for good', async () => {
		const mirror = await TestMirror.open(createWorld(5));
		const id = await mirror.write('To be erased.');
		const trashed = await mirror.dispatch('reflection.trash', { id });
		const purged = await mirror.dispatch('reflection.purge', { ids: [id] });
		for (const { request_id } of [trashed, purged])
			expect((await mirror.dispatch('change.undo', { request_id })).code).toBe('not_found');
		const named = await mirror.dispatch('identity.create', { id: mirror.id(), name: 'Once' });
		const again = await mirror.restart();
		expect((await again.dispatch('change.undo', { request_id: named.request_id })).code).toBe('not_found');
	});
});
