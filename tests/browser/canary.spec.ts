import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { dispatch, newId, read, ready } from './client.ts';
import { diaryOf } from './make-files.ts';
import { exportBundle, goTo, heldBy, importFile, writeOn } from './steps.ts';

/** Words that stand in nothing but what they name. Each part of a reflection has its own. */
function canaries(of: string): { readonly text: string; readonly title: string; readonly tag: string } {
	return { text: `quex${of}olim`, title: `vrandt${of}pel`, tag: `zmok${of}arn` };
}

async function write(page: Page, of: string, identity_id: string | null): Promise<string> {
	const { text, title, tag } = canaries(of);
	const created_at = '2026-01-01T10:00:00.000Z';
	const id = newId();
	const receipt = await dispatch(page, 'reflection.create', {
		...{ id, identity_id, content: `I keep thinking that ${text} is far away.`, title, tags: [tag] },
		...{ created_at, local_date: '2026-01-01' }
	});
	expect(receipt.code).toBe('accepted');
	return id;
}

async function edit(page: Page, id: string, of: string): Promise<void> {
	const { text, title, tag } = canaries(of);
	const receipt = await dispatch(page, 'reflection.edit', {
		...{ id, content: `I keep thinking that ${text} is near.`, title, tags: [tag] },
		...{ created_at: '2026-01-01T10:00:00.000Z', local_date: '2026-01-01' }
	});
	expect(receipt.code).toBe('accepted');
}

/** Mirrors a reflection and says something about the answer. */
async function mirrorAndNote(page: Page, reflection_id: string, notes: string): Promise<void> {
	const engine_run_id = newId();
	const mirrored = await dispatch(page, 'mirrorback.create', { id: newId(), reflection_id, engine_run_id });
	expect(mirrored.code).toBe('accepted');
	const given = await dispatch(page, 'feedback.give', { id: newId(), engine_run_id, notes });
	expect(given.code).toBe('accepted');
}

/** Every name and every byte of the files in a zip, as text that can be searched for any ASCII word in UTF-8 and UTF-16. */
async function contentsOf(path: string): Promise<Map<string, string>> {
	const files = unzipSync(new Uint8Array(await readFile(path)));
	return new Map(
		Object.entries(files).map(([name, bytes]) => {
			const raw = Buffer.from(bytes).toString('latin1');
			// In UTF-16 an ASCII letter is itself and a zero, in this order or in the other.
			return [name, `${name}\n${raw}\n${raw.replaceAll('\0', '')}`.toLowerCase()];
		})
	);
}

function filesWith(contents: ReadonlyMap<string, string>, word: string): string[] {
	return [...contents].filter(([, text]) => text.includes(word.toLowerCase())).map(([name]) => name);
}

test('what was erased, trashed, begun or not chosen stands in no byte of a bundle', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	const [{ id: me } = { id: '' }] = (await read(page, 'identities.list', {})).rows;
	const other = newId();
	const otherName = 'hrelbquinto';
	expect((await dispatch(page, 'identity.create', { id: other, name: otherName })).code).toBe('accepted');

	const owners: Readonly<Record<string, string | null>> = {
		kept: me,
		purged: me,
		trashed: me,
		other,
		nobody: null
	};
	const ids = new Map<string, string>();
	for (const [of, owner] of Object.entries(owners)) {
		const id = await write(page, `${of}before`, owner);
		await edit(page, id, of);
		await mirrorAndNote(page, id, `brenqui${of}`);
		ids.set(of, id);
	}
	const id = (of: string) => ids.get(of) ?? '';
	for (const of of ['purged', 'trashed'])
		expect((await dispatch(page, 'reflection.trash', { id: id(of) })).code).toBe('accepted');
	expect((await dispatch(page, 'reflection.purge', { ids: [id('purged')] })).code).toBe('accepted');
	const draft = canaries('draft');
	await page.getByRole('textbox', { name: 'Title' }).fill(draft.title);
	await page
		.getByRole('textbox', { name: 'Reflection' })
		.fill(`Half a thought on ${draft.text} #${draft.tag}`);
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.goto(`/reflections/${id('kept')}`);
	await page.getByRole('button', { name: 'Edit' }).click();
	await page.getByRole('textbox', { name: 'Reflection' }).fill(canaries('changing').text);
	await expect(page.getByText('Draft kept')).toBeVisible();

	const gone = ['purged', 'trashed'];
	const others = ['other', 'nobody'];
	/** What is in the bundle shows that the search finds; nothing of the rest is, not even the ids. */
	const check = async (file: string, taken: { readonly others: boolean; readonly versions: boolean }) => {
		const contents = await contentsOf(file);
		const places = (isThere: boolean, name: string) => (isThere ? expect.arrayContaining([name]) : []);
		const expectAt = (word: string, at: unknown) => expect(filesWith(contents, word), word).toEqual(at);
		for (const of of ['kept', ...others]) {
			const isThere = of === 'kept' || taken.others;
			for (const word of Object.values(canaries(of))) expectAt(word, places(isThere, 'mirror_os.db'));
			expectAt(`brenqui${of}`, places(isThere, 'mirror_os.db'));
			for (const word of Object.values(canaries(`${of}before`)))
				expectAt(word, places(isThere && taken.versions, 'versions/reflections.json'));
		}
		expectAt(otherName, places(taken.others, 'mirror_os.db'));
		for (const of of [...gone, ...gone.map((state) => `${state}before`), 'draft', 'changing'])
			for (const word of Object.values(canaries(of))) expectAt(word, []);
		for (const of of gone) expectAt(`brenqui${of}`, []);
		for (const of of [...gone, ...(taken.others ? [] : others)]) expectAt(id(of), []);
	};
	await goTo(page, 'Bundles');
	await page.getByLabel('Earlier versions of entries too').check();
	await check(await exportBundle(page), { others: true, versions: true });
	await page.getByLabel('Only some identities').check();
	await page.getByLabel('Me', { exact: true }).check();
	await check(await exportBundle(page), { others: false, versions: true });
	await page.getByLabel('Earlier versions of entries too').uncheck();
	await check(await exportBundle(page), { others: false, versions: false });
	expect((await heldBy(page)).trashed).toBe(1);
});

/** What a person wrote, in words that nothing of the app says. */
const session = {
	entry:
		'Yesterday Marguerite whispered beneath crooked lanterns; I should write to her, and I never do. #lighthouse',
	title: 'Zephyrs around Kilkenny',
	changed: 'Yesterday Marguerite laughed beneath crooked lanterns, wearing turquoise galoshes. #seashore',
	discarded: 'Grandmother smothered pumpernickel by marmalade. #breakfast',
	diary: 'Thunder rattled every windowpane of our boathouse.',
	identity: 'Beekeeper',
	card: 'Telephone Aloysius.',
	note: 'Kaleidoscope'
};

test('exported evidence holds no word of what was written, and verifies', async ({ page }) => {
	await page.goto('/settings');
	await ready(page);
	await page.getByRole('textbox', { name: 'Name of a new identity' }).fill(session.identity);
	await page.getByRole('button', { name: 'Add identity' }).click();
	await page.getByRole('textbox', { name: 'Text of the card' }).fill(session.card);
	await page.getByRole('button', { name: 'Keep this card' }).click();
	await expect(page.getByText('The card is kept.')).toBeVisible();
	await goTo(page, 'Write');
	await page.getByRole('combobox', { name: 'Identity' }).selectOption({ label: session.identity });
	await writeOn(page, session.entry, session.title);
	await page.getByRole('button', { name: 'Mirror it' }).click();
	await page.getByRole('button', { name: 'Helpful' }).click();
	await expect(page.getByText('Noted.')).toBeVisible();
	await page.getByRole('link', { name: 'Open it' }).click();
	await page.getByRole('button', { name: 'Edit' }).click();
	await page.getByRole('textbox', { name: 'Reflection' }).fill(session.changed);
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.locator('.prose')).toContainText('turquoise');

	await writeOn(page, session.discarded);
	await page.getByRole('link', { name: 'Open it' }).click();
	await page.getByRole('button', { name: 'Move to trash' }).click();
	await goTo(page, 'Trash');
	await page.getByRole('button', { name: 'Erase for good' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
	await expect(page.getByText('The trash is empty.')).toBeVisible();
	// A refusal that is about the words, and the words of feedback.
	const { rows } = await read(page, 'reflections.list', {});
	const created_at = '2026-01-01T10:00:00.000Z';
	const refused = await dispatch(page, 'reflection.create', {
		...{ id: rows[0]?.id ?? '', identity_id: null, content: session.entry, title: session.title },
		...{ created_at, local_date: '2026-01-01' }
	});
	expect(refused.code).toBe('already_exists');
	await mirrorAndNote(page, rows[0]?.id ?? '', session.note);
	await goTo(page, 'Bundles');
	await importFile(page, diaryOf([{ date: '2024-02-29', text: session.diary }]), 1);
	await exportBundle(page);

	await goTo(page, 'Ledger');
	const kernels = (await read(page, 'kernel.status', {})).rows;
	expect(kernels).toHaveLength(3);
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Export evidence' }).click();
	const download = await downloading;
	const name = `evidence_${kernels[0]?.kernel_id}.json`;
	expect(download.suggestedFilename()).toBe(name);
	const file = join(test.info().outputDir, name);
	await download.saveAs(file);

	const evidence = (await readFile(file, 'utf8')).toLowerCase();
	const words = Object.values(session).flatMap((text) => text.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
	expect(words.length).toBeGreaterThan(30);
	expect(words.filter((word) => evidence.includes(word))).toEqual([]);
	await heldBy(page);
	const { entries = 0 } = (await read(page, 'kernel.status', {})).rows[0] ?? {};
	expect(entries).toBeGreaterThan(10);
	expect((JSON.parse(evidence) as { entry_count: number }).entry_count).toBe(entries);

	// Exits with 0, else this rejects.
	const { stdout } = await promisify(execFile)(process.execPath, [
		'src/cli/mirror.js',
		'verify',
		file,
		'--json'
	]);
	expect(JSON.parse(stdout)).toMatchObject({
		kind: 'evidence',
		is_valid: true,
		entries_verified: entries,
		errors: [],
		structural: []
	});
});
