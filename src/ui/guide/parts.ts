import { checklists } from '#ui/texts/checklists.ts';
import { guide, type GuidePart } from '#ui/texts/guide.ts';
import { kernelParts } from '#ui/texts/guide-kernels.ts';
import { policyParts } from '#ui/texts/guide-policy.ts';
import { programParts } from '#ui/texts/guide-programs.ts';

/** One procedure by the last part of its address; null where there is none of that name. */
export function procedureOf(name: string): GuidePart | null {
	const parts: Readonly<Record<string, GuidePart>> = { ...policyParts, ...kernelParts, ...programParts };
	return Object.hasOwn(parts, name) ? (parts[name] ?? null) : null;
}

interface GuideLink {
	readonly title: string;
	readonly about: string;
	readonly href: `/ledger/guide/${string}`;
}

interface GuideGroup {
	readonly title: string;
	readonly links: readonly GuideLink[];
}

/** All pages of the guide, in the order in which they are listed. */
export function guideGroups(): readonly GuideGroup[] {
	const { title, about } = checklists;
	return [
		{ title: guide.sections.policy, links: linksTo(policyParts) },
		{ title: guide.sections.kernels, links: linksTo(kernelParts) },
		{ title: guide.sections.others, links: linksTo(programParts) },
		{ title: guide.lists, links: [{ title, about, href: '/ledger/guide/checklists' }] }
	];
}

function linksTo(parts: Readonly<Record<string, GuidePart>>): GuideLink[] {
	return Object.entries(parts).map(([name, { title, about }]) => ({
		...{ title, about },
		href: `/ledger/guide/${name}`
	}));
}
