import { beforeEach, describe, expect, test } from 'vitest';
import type { Request } from '#domain/command.ts';
import { seedTensions } from '#domain/tension.ts';
import { TestMirror } from './mirror.ts';

let mirror: TestMirror;
beforeEach(async () => void (mirror = await TestMirror.open()));

type Named = Request<'tension.create'>['data'];

async function name(more: Partial<Named> = {}) {
	const id = mirror.id();
	const data = {
		id,
		identity_id: null,
		name: 'Control or surrender',
		axis_a: 'Control',
		axis_b: 'Surrender',
		...more
	};
	const receipt = await mirror.dispatch('tension.create', data);
	return { id, ...receipt };
}

async function tension(id: string) {
	return (await mirror.read('tensions.get', { id })).rows[0];
}

async function axes(): Promise<string[]> {
	return (await mirror.read('axes.list', {})).rows.map((row) => row.name);
}

describe('a tension', () => {
	test('is placed by hand; each place becomes a point of its path, with its day', async () => {
		const { id } = await name();
		expect(await tension(id)).toMatchObject({
			position: null,
			origin: 'user_created',
			sync_mode: 'local_only',
			metadata: {}
		});
		mirror.world.now = Date.UTC(2026, 10, 22, 9);
		await mirror.dispatch('tension.place', { id, position: -0.4, intensity: 0.7, note: 'after the call' });
		mirror.world.now = Date.UTC(2026, 10, 23, 9);
		await mirror.dispatch('tension.place', { id, position: 0, intensity: null });
		const placed = await tension(id);
		expect(placed).toMatchObject({
			position: 0,
			intensity: null,
			updated_at: expect.stringMatching(/^2026-11-23/)
		});
		expect(placed?.metadata.position_history).toEqual([
			{ date: expect.stringMatching(/^2026-11-22/), position: -0.4, intensity: 0.7, note: 'after the call' },
			{ date: expect.stringMatching(/^2026-11-23/), position: 0, intensity: null }
		]);
		await mirror.dispatch('tension.place', { id, position: null, intensity: null });
		expect(await tension(id)).toMatchObject({ position: null });
		expect((await tension(id))?.metadata.position_history).toHaveLength(2);
	});

	test('a name and a pole have up to 100 characters, whatever each takes', async () => {
		for (const letter of ['a', '語', '🌊'])
			expect((await name({ name: letter.repeat(100), axis_a: letter.repeat(100) })).code).toBe('accepted');
		for (const field of ['name', 'axis_a', 'axis_b'])
			for (const letter of ['a', '🌊'])
				expect((await name({ [field]: letter.repeat(101) })).code).toBe('invalid_data');
		expect((await name({ name: '   ' })).code).toBe('invalid_data');
	});

	test('its poles become axes once, whatever the case of their letters', async () => {
		await name();
		await name({ name: 'Another', axis_a: 'CONTROL', axis_b: 'Trust' });
		expect(await axes()).toEqual(['Control', 'Surrender', 'Trust']);
		const { rows } = await mirror.read('axes.list', {});
		expect(rows.map((row) => row.tensions.length)).toEqual([2, 1, 1]);
	});

	test('the seeds are offered by the specification, and keep where they came from', async () => {
		for (const [axis_a, axis_b] of seedTensions)
			await name({ name: `${axis_a} / ${axis_b}`, axis_a, axis_b, origin: 'system_seed' });
		const { rows } = await mirror.read('tensions.list', {});
		expect(rows.map((row) => row.origin)).toEqual(Array(5).fill('system_seed'));
		expect(await axes()).toHaveLength(10);
	});

	test('two that are one are merged: path, reflections and notes of both, poles turned the right way', async () => {
		const [first, second] = [await mirror.write('One.'), await mirror.write('Two.')];
		const kept = await name({ position: -0.5, notes: 'mine', discovered_in_reflection: first });
		mirror.world.now += 86_400_000;
		const other = await name({
			...{ name: 'Letting go', axis_a: 'surrender', axis_b: 'control' },
			...{ position: 0.25, intensity: 0.9, notes: 'theirs', discovered_in_reflection: second }
		});
		const { code } = await mirror.dispatch('tension.merge', { id: kept.id, other_id: other.id });
		expect(code).toBe('accepted');
		expect(await tension(other.id)).toBeUndefined();
		const merged = await tension(kept.id);
		expect(merged).toMatchObject({ position: -0.25, intensity: 0.9, axis_a: 'Control' });
		expect(merged?.metadata).toMatchObject({
			notes: 'mine\n\ntheirs',
			related_reflections: [first, second],
			position_history: [{ position: -0.5 }, { position: -0.25 }]
		});
		expect((await mirror.dispatch('tension.merge', { id: kept.id, other_id: kept.id })).code).toBe(
			'invalid_data'
		);
	});

	test('what another program wrote into its metadata stays', async () => {
		const { id } = await name({ notes: 'a note' });
		await mirror.dispatch('tension.edit', { id, name: 'Renamed', notes: null, related_reflections: [] });
		expect(await tension(id)).toMatchObject({ name: 'Renamed', metadata: { related_reflections: [] } });
		expect((await tension(id))?.metadata.notes).toBeUndefined();
	});
});

describe('an axis', () => {
	test('renamed, the tensions along it take its name', async () => {
		const { id } = await name();
		const axis = (await mirror.read('axes.list', {})).rows.find((row) => row.name === 'Control');
		const renamed = {
			id: axis?.id ?? '',
			name: 'Holding on',
			category: 'existential',
			description: 'Hands that close.'
		};
		expect((await mirror.dispatch('axis.edit', renamed)).code).toBe('accepted');
		expect(await tension(id)).toMatchObject({ axis_a: 'Holding on', axis_b: 'Surrender' });
		expect((await mirror.read('axes.list', {})).rows[0]).toMatchObject({ ...renamed, tensions: [id] });
	});

	test('there is one of each name', async () => {
		await name();
		const create = (named: string) =>
			mirror.dispatch('axis.create', { id: mirror.id(), identity_id: null, name: named });
		expect((await create('SURRENDER')).code).toBe('already_exists');
		expect((await create('Time')).code).toBe('accepted');
		const time = (await mirror.read('axes.list', {})).rows.find((row) => row.name === 'Time');
		expect((await mirror.dispatch('axis.edit', { id: time?.id ?? '', name: 'control' })).code).toBe(
			'already_exists'
		);
		expect((await mirror.dispatch('axis.delete', { id: time?.id ?? '' })).code).toBe('accepted');
		expect(await axes()).toEqual(['Control', 'Surrender']);
	});
});
