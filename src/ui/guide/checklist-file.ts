import { checklistItems, checklistPhases, type KernelChecklists } from '#domain/checklist.ts';
import { checklists, factOf } from '#ui/texts/checklists.ts';
import { kernels } from '#ui/texts/kernels.ts';

/** The lists of a kernel as Markdown: what is ticked since when, in UTC, and what the mirror knew when it was saved. */
export function checklistFile(
	kernel: KernelChecklists,
	savedAt: string
): { readonly name: string; readonly text: string } {
	const { kernel_id, port, opened_at, closed_at, ticks } = kernel;
	const texts = checklists.file;
	const at = new Map(ticks.map(({ item, ticked_at }) => [item, ticked_at]));
	const told = [
		kernels.ports[port].name,
		texts.opened(opened_at),
		...(closed_at === null ? [] : [texts.closed(closed_at)]),
		texts.saved(savedAt)
	];
	const lines = checklistPhases.flatMap((phase) => [
		'',
		`## ${checklists.phases[phase]}`,
		'',
		...checklistItems[phase].flatMap((item) => {
			const ticked = at.get(item);
			const { title } = checklists.items[item];
			const fact = factOf(item, kernel);
			const since = ticked === undefined ? '' : ` (${texts.ticked(ticked)})`;
			return [
				`- [${ticked === undefined ? ' ' : 'x'}] ${title}${since}`,
				...(fact === null ? [] : [`  ${checklists.knows} ${fact.words}`])
			];
		})
	]);
	const text = [`# ${texts.title(kernel_id)}`, '', `${told.join(', ')}.`, ...lines, ''].join('\n');
	return { name: `checklists_${kernel_id}.md`, text };
}
