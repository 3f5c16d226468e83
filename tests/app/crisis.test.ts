import { expect, test } from 'vitest';
import { TestMirror } from './mirror.ts';

test('of a crisis the receipt says that it was one, for whoever asks again, and not of which entry', async () => {
	const mirror = await TestMirror.open();
	const reflection_id = await mirror.write('I want to kill myself tonight. I have the pills here.');
	const engine_run_id = mirror.id();
	const id = mirror.id();
	const data = { id: mirror.id(), reflection_id, engine_run_id };
	const receipt = await mirror.dispatch('mirrorback.create', data, { id });
	expect(receipt.result).toEqual({ kind: 'crisis', engine_run_id, mirrorback_id: null, reason: null });
	expect(JSON.stringify(receipt)).not.toContain(reflection_id);
	const again = await mirror.restart();
	expect(await again.dispatch('mirrorback.create', data, { id })).toEqual(receipt);
	expect((await again.read('mirrorbacks.list', { reflection_id })).rows).toEqual([]);
});
