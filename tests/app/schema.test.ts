import { describe, expect, test } from 'vitest';
import { ok } from '#base/result.ts';
import type { EntryReading } from '#domain/insight.ts';
import type { Receipt } from '#domain/receipt.ts';
import { storageError, storageFailure, type Database } from '#storage/database.ts';
import { rowsOf, schemaOf } from '../storage/schema.ts';
import { file } from '../storage/migrations.ts';
import { createWorld, databaseOf, shipped, TestMirror, type World } from './mirror.ts';
import { rowsIn } from './rows.ts';

const sister = 'I should call my sister. I must also write, but I am tired. I have to rest.';
const plain = 'It rained on the garden in the night and the heron came back to the water.';

/** A mirror that is restarted over the same files, with its database behind the kernel's back. */
class Watched {
	readonly world: World;
	mirror!: TestMirror;
	database!: Database;

	private constructor(world: World) {
		this.world = world;
	}

	static async open(world = createWorld()): Promise<Watched> {
		const watched = new Watched(world);
		await watched.#start();
		return watched;
	}

	async restart(): Promise<void> {
		await this.mirror.core.close();
		await this.#start();
	}

	async #start(): Promise<void> {
		this.mirror = await TestMirror.open(this.world, async () => {
			this.database = await databaseOf(this.world);
			return ok({ database: this.database, fresh: true, notices: [] });
		});
	}

	/** All that stands in it. */
	async everything(): Promise<unknown> {
		return { schema: await schemaOf(this.database), rows: await rowsOf(this.database) };
	}

	async state() {
		const [state] = (await this.mirror.read('schema.state', {})).rows;
		if (state === undefined) throw new Error('there is no state');
		return { ...state, states: state.migrations.map((migration) => migration.state) };
	}

	async rehearse(to: string | null = null) {
		return (await this.mirror.read('schema.rehearsal', { to })).rows[0];
	}

	async kept(): Promise<unknown[]> {
		const rows = await this.database.query('SELECT text_hash FROM reflection_readings');
		return rows.filter(({ text_hash }) => text_hash !== null);
	}

	async readings(): Promise<readonly EntryReading[]> {
		return (await this.mirror.read('insight.readings', { limit: 50 })).rows;
	}
}

/** Adds a migration to those that are shipped. */
function bring(world: World, sql: string, reverse = 'SELECT 1;'): void {
	world.migrations = (engine) => [...shipped(engine), file('900_later.sql', '1.9.0', sql, reverse)];
}

function refusal({ code, message }: Receipt): string {
	return `${code}: ${message}`;
}

describe('a schema that is rolled back', () => {
	test('keeps everything over two restarts and new entries, and after its release reads what it did not keep', async () => {
		const watched = await Watched.open();
		const edited = await watched.mirror.write(sister);
		await watched.mirror.write(plain);
		await watched.mirror.core.tidy();
		expect(await watched.kept()).toHaveLength(2);
		const [before, schema] = [await rowsIn(watched.database), await schemaOf(watched.database)];
		expect(await watched.rehearse('1.0.0')).toMatchObject({
			...{ from: '1.4.0', to: '1.0.0', steps: ['1.4.0', '1.3.0', '1.2.0', '1.1.1', '1.1.0'], failure: null },
			changes: expect.arrayContaining([
				{
					what: 'table',
					how: 'dropped',
					name: 'reflection_readings',
					table: 'reflection_readings',
					count: 2
				},
				{ what: 'index', how: 'dropped', name: 'engine_runs_by_time', table: 'engine_runs', count: null },
				{ what: 'column', how: 'dropped', name: 'tree', table: 'kernels', count: 3 }
			])
		});

		expect(await watched.mirror.dispatch('schema.rollback', { to: '1.0.0' })).toMatchObject({
			code: 'accepted',
			result: { from: '1.4.0', to: '1.0.0' }
		});
		const after = await rowsIn(watched.database);
		for (const table of ['reflections', 'identities', 'reflection_index', 'reflection_versions', 'trash'])
			expect([table, after[table]]).toEqual([table, before[table]]);
		for (let restarts = 0; restarts < 2; restarts++) {
			await watched.restart();
			const { current, hold, states } = await watched.state();
			expect([current, hold, states]).toEqual([
				'1.0.0',
				'1.0.0',
				['applied', 'held', 'held', 'held', 'held', 'held']
			]);
		}
		const written = await watched.mirror.write('I must not forget the heron.');
		const on = { created_at: '2026-11-21T08:30:00.000Z', local_date: '2026-11-21' };
		await watched.mirror.dispatch('reflection.edit', { id: edited, content: plain, ...on });
		await watched.mirror.core.tidy();
		const read = await watched.readings();
		expect(read.map(({ patterns }) => patterns.length > 0)).toEqual([false, false, true]);
		expect(refusal(await watched.mirror.dispatch('schema.migrate', {}))).toContain('Release the hold');

		expect((await watched.mirror.dispatch('schema.release', {})).code).toBe('accepted');
		expect(await watched.state()).toMatchObject({ current: '1.4.0', hold: null });
		expect(await schemaOf(watched.database)).toEqual(schema);
		expect(await watched.kept()).toEqual([]);
		await watched.mirror.core.tidy();
		expect(await watched.kept()).toHaveLength(3);
		await watched.restart();
		expect(await watched.readings()).toEqual(read);
		const list = await watched.mirror.read('reflections.list', {});
		expect(list.rows.map(({ id }) => id)).toContain(written);
		expect((await watched.mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true });
	});

	test('says so in the history and the events of the mirror, and no engine is another for it', async () => {
		const { mirror } = await Watched.open();
		await mirror.dispatch('schema.rollback', { to: '1.1.0' });
		await mirror.dispatch('schema.release', {});
		const { rows: events } = await mirror.read('evolution.events', {});
		expect(events.slice(0, 2)).toMatchObject([
			{ event_type: 'upgrade', from_version: '1.1.0', to_version: '1.4.0', authenticity: 'valid' },
			{ event_type: 'downgrade', from_version: '1.4.0', to_version: '1.1.0', authenticity: 'valid' }
		]);
		const { rows: history } = await mirror.read('evolution.history', {});
		expect(history).toMatchObject([
			{ event_type: 'rollback', from_version: '1.4.0', to_version: '1.1.0', can_roll_back: false }
		]);
		const proposal = {
			...{ id: mirror.id(), title: 'Ask less', description: 'Calm', evidence: null },
			proposal_type: 'prompt_adjustment',
			changes: { questions: false }
		} as const;
		expect((await mirror.dispatch('proposal.create', proposal)).code).toBe('accepted');
		expect((await mirror.read('proposals.get', { id: proposal.id })).rows[0]?.to_version).toBe('1.1.0');
	});

	test('goes only where it has been, and a request that was done is not done again', async () => {
		const watched = await Watched.open();
		for (const to of ['0.9.0', '1.4.0', '1.1.5', '9.0.0'])
			expect(refusal(await watched.mirror.dispatch('schema.rollback', { to }))).toMatch(
				/^invalid_data: From/
			);
		for (const kind of ['schema.migrate', 'schema.release'] as const)
			expect((await watched.mirror.dispatch(kind, {})).code).toBe('invalid_data');
		const request = { id: watched.mirror.id(), kind: 'schema.rollback', data: { to: '1.1.0' } };
		const receipt = await watched.mirror.core.dispatch(request);
		await watched.mirror.dispatch('schema.release', {});
		expect(await watched.mirror.core.dispatch(request)).toEqual(receipt);
		expect((await watched.state()).current).toBe('1.4.0');
		await watched.restart();
		expect(refusal(await watched.mirror.core.dispatch(request))).toContain('cancelled');
		expect((await watched.state()).current).toBe('1.4.0');
	});
});

describe('a migration', () => {
	test('that fails leaves nothing but its report: at the start, when it is run, and when it is tried', async () => {
		const watched = await Watched.open();
		await watched.mirror.write(sister);
		const schema = await schemaOf(watched.database);
		bring(watched.world, 'CREATE TABLE later (id TEXT); DELETE FROM reflections; SELECT wrong;');
		await watched.restart();
		const { current, hold, states, failure } = await watched.state();
		expect([current, hold, states.at(-1)]).toEqual(['1.4.0', null, 'pending']);
		expect(failure).toContain('wrong');
		const [health] = (await watched.mirror.read('system.health', {})).rows;
		expect(health?.notices.join()).toContain('It stands at version 1.4.0');
		const before = await watched.everything();
		expect((await watched.rehearse())?.failure).toContain('wrong');
		expect(await watched.everything()).toEqual(before);
		const receipt = await watched.mirror.dispatch('schema.migrate', {});
		expect(refusal(receipt)).toMatch(/^failed: At version 1\.9\.0: .*wrong.* Everything was undone/);
		expect(await schemaOf(watched.database)).toEqual(schema);
		expect(await watched.readings()).toHaveLength(1);

		bring(watched.world, 'CREATE TABLE later (id TEXT);', 'DROP TABLE missing;');
		await watched.restart();
		expect(await watched.state()).toMatchObject({ current: '1.9.0', failure: null });
		const later = await schemaOf(watched.database);
		expect(refusal(await watched.mirror.dispatch('schema.rollback', { to: '1.0.0' }))).toContain('missing');
		expect(await schemaOf(watched.database)).toEqual(later);
		expect(await watched.state()).toMatchObject({ current: '1.9.0', hold: null });
	});

	test('waits where there is no room for a backup, and the mirror opens as it stands', async () => {
		const watched = await Watched.open();
		await watched.mirror.write(sister);
		bring(watched.world, 'CREATE TABLE later (id TEXT);');
		await watched.mirror.core.close();
		const mirror = await TestMirror.open(watched.world, async () => {
			const database = await databaseOf(watched.world);
			database.compact = () => Promise.reject(storageError(storageFailure('full', 'There is no room.')));
			return ok({ database, fresh: false, notices: [] });
		});
		const [state] = (await mirror.read('schema.state', {})).rows;
		expect(state).toMatchObject({ current: '1.4.0', failure: expect.stringContaining('no room') });
		expect(await mirror.write(plain)).toBeTruthy();
	});

	test('that is only tried changes nothing, and says what it would do', async () => {
		const watched = await Watched.open();
		await watched.mirror.write(sister);
		await watched.mirror.dispatch('schema.rollback', { to: '1.0.0' });
		const before = await watched.everything();
		const [head] = (await watched.mirror.read('ledger.head', {})).rows;
		expect(await watched.rehearse()).toMatchObject({
			...{ from: '1.0.0', to: '1.4.0', steps: ['1.1.0', '1.1.1', '1.2.0', '1.3.0', '1.4.0'], failure: null },
			changes: expect.arrayContaining([
				{ what: 'table', how: 'made', name: 'reflection_readings', table: 'reflection_readings', count: 1 }
			])
		});
		const table = 'reflection_readings';
		expect((await watched.state()).migrations[1]?.changes).toEqual([
			{ what: 'table', how: 'made', name: table, table, count: null },
			{ what: 'rows', how: 'made', name: table, table, count: null },
			{ what: 'index', how: 'made', name: 'reflection_readings_to_do', table, count: null }
		]);
		expect(await watched.everything()).toEqual(before);
		expect((await watched.mirror.read('ledger.head', {})).rows[0]).toEqual(head);
	});

	test('whose file was edited is flagged; the mirror opens, and nothing is applied or rolled back', async () => {
		const watched = await Watched.open();
		const id = await watched.mirror.write(sister);
		watched.world.migrations = (engine) =>
			shipped(engine).map((each) =>
				each.name === '002_readings.sql' ? { ...each, text: `${each.text}\n-- later` } : each
			);
		await watched.restart();
		const { migrations, failure } = await watched.state();
		expect(migrations.map(({ is_changed }) => is_changed)).toEqual([false, true, false, false, false, false]);
		expect(failure).toContain('002_readings.sql is not the file that was applied');
		const receipt = await watched.mirror.dispatch('schema.rollback', { to: '1.0.0' });
		expect(refusal(receipt)).toContain('is not the file that was applied');
		expect(await watched.state()).toMatchObject({ current: '1.4.0', hold: null });
		expect((await watched.mirror.read('reflections.list', {})).rows.map((row) => row.id)).toEqual([id]);
		expect(await watched.mirror.write(plain)).toBeTruthy();
	});
});

test('readings that are kept are those of the text as it stands, also of one that was changed and looked at', async () => {
	const watched = await Watched.open();
	const id = await watched.mirror.write(sister);
	await watched.mirror.core.tidy();
	const [first] = await watched.kept();
	const on = { created_at: '2026-11-21T08:30:00.000Z', local_date: '2026-11-21' };
	await watched.mirror.dispatch('reflection.edit', { id, content: plain, ...on });
	await watched.restart();
	expect(await watched.readings()).toMatchObject([{ id, words: 16, patterns: [] }]);
	await watched.mirror.core.tidy();
	expect(await watched.kept()).toHaveLength(1);
	expect(await watched.kept()).not.toEqual([first]);
	await watched.mirror.dispatch('reflection.trash', { id });
	expect(await watched.kept()).toEqual([]);
});

test('a reading that another engine left, or in another form, is not taken, and gives way to one that fits', async () => {
	const watched = await Watched.open();
	await watched.mirror.write(sister);
	const read = await watched.readings();
	await watched.mirror.core.tidy();
	const fitting = await rowsIn(watched.database);
	await watched.database.transaction((tx) =>
		tx.script(
			`UPDATE reflection_readings SET engine_version = '1.0.0', patterns = '[["self_critical", 9]]', words = 99`
		)
	);
	await watched.restart();
	expect(await watched.readings()).toEqual(read);
	await watched.mirror.core.tidy();
	expect((await rowsIn(watched.database))['reflection_readings']).toEqual(fitting['reflection_readings']);
});
