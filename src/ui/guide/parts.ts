import { checklists } from '#ui/texts/checklists.ts';
import { guide, type GuidePart } from '#ui/texts/guide.ts';
import { kernelParts } from '#ui/texts/guide-kernels.ts';
import { policyParts } from '#ui/texts/guide-policy.ts';
import { programParts } from '#ui/texts/guide-programs.ts';

const { variants, evidence, replacement, rollback } = kernelParts;

/** Every procedure, by the last part of its address, in the order in which they are listed. */
const procedures: ReadonlyMap<string, GuidePart> = new Map<string, GuidePart>(
	Object.entries({ ...policyParts, variants, evidence, ...programParts, replacement, rollback })
);

/** Null where there is no such procedure. */
export function procedureOf(name: string): GuidePart | null {
	return procedures.get(name) ?? null;
}

export interface GuideLink {
	readonly title: string;
	readonly about: string;
	readonly href: `/ledger/guide/${string}`;
}

/** All pages of the guide, in groups. */
export const guideGroups: readonly { readonly title: string; readonly links: readonly GuideLink[] }[] = [
	{ title: guide.sections.policy, links: linksTo(Object.keys(policyParts)) },
	{ title: guide.sections.kernels, links: linksTo(['variants', 'evidence', 'replacement', 'rollback']) },
	{ title: guide.sections.others, links: linksTo(Object.keys(programParts)) },
	{
		title: guide.lists,
		links: [{ title: checklists.title, about: checklists.about, href: '/ledger/guide/checklists' }]
	}
];

function linksTo(names: readonly string[]): GuideLink[] {
	return names.flatMap((name) => {
		const part = procedures.get(name);
		return part === undefined
			? []
			: [{ title: part.title, about: part.about, href: `/ledger/guide/${name}` as const }];
	});
}
