import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checklistItems, checklistPhases, phaseOf, type KernelChecklists } from '#domain/checklist.ts';
import { checklistFile } from '#ui/guide/checklist-file.ts';
import { guideGroups, procedureOf } from '#ui/guide/parts.ts';
import { checklists, factOf } from '#ui/texts/checklists.ts';
import { guidePlaces, type GuideStep } from '#ui/texts/guide.ts';

const texts = new URL('../../src/ui/texts/', import.meta.url);
const routes = new URL('../../src/routes/', import.meta.url);
const links = guideGroups().flatMap((group) => group.links);
const names = links.map(({ href }) => href.split('/').at(-1) ?? '');
const procedures = names.flatMap((name) => procedureOf(name) ?? []);
const items = Object.values(checklists.items);

/** Every text of the app but the guide's own: whole, and what functions are made of. */
async function wordsOfTheApp(): Promise<{ readonly whole: ReadonlySet<string>; readonly made: string }> {
	const [whole, made] = [new Set<string>(), [] as string[]];
	const collect = (value: unknown): void => {
		if (typeof value === 'string') whole.add(value);
		else if (typeof value === 'function') made.push(String(value));
		else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
	};
	const own = /^(guide.*|checklists)\.ts$/;
	for (const name of readdirSync(texts).filter((file) => !own.test(file)))
		collect(await import(new URL(name, texts).href));
	return { whole, made: made.join('\n') };
}

describe('the guide', () => {
	test('quotes no name that stands nowhere in the app', async () => {
		const { whole, made } = await wordsOfTheApp();
		const written = JSON.stringify([procedures, items]);
		const quoted = [...written.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name);
		expect(quoted.length).toBeGreaterThan(50);
		expect(quoted.filter((name) => !whole.has(name) && !made.includes(name))).toEqual([]);
	});

	test('leads to pages that there are', () => {
		const isPage = (href: string) => {
			const folder = new URL(`.${href}/`, routes);
			return readdirSync(folder).includes('+page.svelte');
		};
		for (const [, href] of Object.values(guidePlaces)) {
			const name = /^\/ledger\/guide\/(\w+)$/.exec(href)?.[1] ?? 'checklists';
			const isOfGuide = name === 'checklists' ? null : procedureOf(name);
			expect([href, isOfGuide !== null || isPage(href)]).toEqual([href, true]);
		}
	});

	test('has a page for each procedure, and each says what for, how, how one sees it, and what is otherwise', () => {
		expect(names).toEqual([
			...['actors', 'tools', 'permissions', 'rules', 'variants', 'evidence'],
			...['replacement', 'rollback', 'server', 'client', 'checklists']
		]);
		expect(procedures).toHaveLength(10);
		for (const { steps, checks, differs, ...part } of procedures) {
			const said = [...steps, ...checks].map(({ words }: GuideStep) => words);
			expect([part.title, part.purpose, ...said, ...differs.flat()].filter((words) => words === '')).toEqual(
				[]
			);
			for (const list of [steps, checks, differs]) expect(list.length).toBeGreaterThan(0);
		}
		for (const none of ['nothing', 'constructor', '']) expect(procedureOf(none)).toBeNull();
	});
});

const kernel: KernelChecklists = {
	...{ kernel_id: 'kernel-1', port: 'owner', state: 'IDLE', opened_at: '2026-11-21T08:00:00.000Z' },
	...{ closed_at: null, ticks: [], archive: null, successor: null, permits: 0 }
};
const archive = {
	...{ name: 'kernel-1_x.json.gz', created_at: '2026-11-21T09:00:00.000Z', entries: 3 },
	...{ is_valid: true, is_whole: true, deleted_at: null }
};
const successor = {
	...{ kernel_id: 'kernel-2', opened_at: '2026-11-21T10:00:00.000Z', state: 'IDLE' },
	...{ entries: 1, policy: 'same' as const }
};

describe('the checklists', () => {
	test('are those of the guide: six, eight and six items', () => {
		expect(checklistPhases.map((phase) => checklistItems[phase].length)).toEqual([6, 8, 6]);
		for (const phase of checklistPhases)
			for (const item of checklistItems[phase]) expect(phaseOf(item)).toBe(phase);
	});

	test.each([
		['no archive', {}, 'before.verify', 'open'],
		['a valid archive', { archive }, 'before.verify', 'right'],
		['one that is not', { archive: { ...archive, is_valid: false } }, 'before.verify', 'wrong'],
		['a part of it', { archive: { ...archive, is_whole: false } }, 'during.export', 'open'],
		['a part of it that verifies', { archive: { ...archive, is_whole: false } }, 'during.verify', 'open'],
		['the whole', { archive }, 'after.archive', 'right'],
		['a deleted file', { archive: { ...archive, deleted_at: archive.created_at } }, 'after.archive', 'open'],
		['a kernel in charge', {}, 'during.stop', 'open'],
		['a halted one', { state: 'HALTED' }, 'during.stop', 'right'],
		['a replaced one', { closed_at: successor.opened_at }, 'during.stop', 'right'],
		['none after it', {}, 'during.health', 'open'],
		['a successor', { successor }, 'during.health', 'right'],
		['a halted successor', { successor: { ...successor, state: 'HALTED' } }, 'during.health', 'wrong'],
		['one that only began', { successor }, 'during.resume', 'open'],
		['one that wrote', { successor: { ...successor, entries: 2 } }, 'during.resume', 'right'],
		['permits of others', { port: 'agent', permits: 2 }, 'before.tell', 'open'],
		['no permits', { port: 'agent' }, 'before.tell', 'right']
	] as const)('say of %s what the mirror knows', (_what, more, item, how) => {
		expect(factOf(item, { ...kernel, ...more })?.how).toBe(how);
	});

	test('go out as Markdown, ticked or not, with what the mirror knows', () => {
		const ticks = [{ item: 'before.verify', ticked_at: '2026-11-21T09:30:00.000Z' }] as const;
		const { name, text } = checklistFile({ ...kernel, ticks, archive }, '2026-11-22T00:00:00.000Z');
		expect(name).toBe('checklists_kernel-1.md');
		const lines = text.split('\n');
		expect(lines.slice(0, 6)).toEqual([
			...['# Checklists of kernel-1', ''],
			'Your changes, in charge since 2026-11-21T08:00:00.000Z, saved 2026-11-22T00:00:00.000Z.',
			...['', '## Before', '']
		]);
		expect(lines.filter((line) => line.startsWith('- ['))).toHaveLength(20);
		expect(lines.filter((line) => line.startsWith('- [x]'))).toEqual([
			'- [x] The evidence verifies (ticked 2026-11-21T09:30:00.000Z)'
		]);
		expect(lines[lines.findIndex((line) => line.startsWith('- [x]')) + 1]).toContain('was found valid');
	});
});
