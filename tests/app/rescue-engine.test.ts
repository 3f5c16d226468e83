import { expect, test } from 'vitest';
import { packCopy } from '#app/rescue/copy.ts';
import { emptyContents } from '#app/rescue/replace.ts';
import { rescue, stored } from './rescue-parts.ts';

const copy = await stored(1, ['one', 'two']);
const postgres = { engine: 'postgres', copied_at: '2026-11-21T08:00:00.000Z', has_postgres: true } as const;

test('what PostgreSQL keeps can be gone on with as the copy that SQLite has of it', async () => {
	const { rescuer, chosen, folders } = rescue(copy, { choice: postgres });
	expect(await rescuer.engine()).toEqual({ ok: true, value: postgres });
	const looked = await rescuer.look();
	expect(looked.ok && looked.value).toMatchObject({
		kind: 'whole',
		entries: [{ content: 'two' }, { content: 'one' }]
	});
	expect(chosen()).toBe('postgres');
	expect((await rescuer.goOnWith('sqlite')).ok).toBe(true);
	expect(chosen()).toBe('sqlite');
	expect([...folders.all.keys()]).toEqual(['mirror']);
});

test('where the note of the engine is lost nothing is chosen before the person chooses', async () => {
	const { rescuer, chosen } = rescue(copy, { choice: { ...postgres, engine: null, copied_at: null } });
	await rescuer.look();
	expect(chosen()).toBe(null);
	await rescuer.goOnWith('postgres');
	expect(chosen()).toBe('postgres');
});

test('what is restored, or begun anew, is what the next start opens', async () => {
	const file = packCopy({ version: '1', made_at: postgres.copied_at, contents: copy, drafts: [] });
	const restored = rescue(emptyContents, { choice: postgres });
	expect((await restored.rescuer.restore(file)).ok).toBe(true);
	expect(restored.chosen()).toBe('sqlite');
	const fresh = rescue(copy, { choice: postgres });
	expect((await fresh.rescuer.startFresh()).ok).toBe(true);
	expect(fresh.chosen()).toBe('sqlite');
});

test('diagnostics say which engine keeps the mirror', async () => {
	const { rescuer } = rescue(copy, { choice: postgres });
	const report = await rescuer.diagnostics();
	expect(report.ok && report.value).toContain('Engine: postgres, copied 2026-11-21T08:00:00.000Z');
});
