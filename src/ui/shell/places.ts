import { common } from '#ui/texts/common.ts';

/** A place that the main navigation leads to. */
export interface Place {
	readonly href: '/' | `/${string}`;
	readonly label: string;
	/** Path of a 24 x 24 drawing in strokes. */
	readonly icon: string;
}

const { places } = common;

/** Within a thumb's reach on a phone. */
export const firstPlaces: readonly Place[] = [
	{ href: '/', label: places.write, icon: 'M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19l-4 1zM14 7l3 3' },
	{
		href: '/reflections',
		label: places.reflections,
		icon: 'M6 4h10a2 2 0 0 1 2 2v14H8a2 2 0 0 1-2-2V4zM6 18a2 2 0 0 1 2-2h10M9.5 8h5M9.5 11.5h5'
	},
	{ href: '/ledger', label: places.ledger, icon: 'M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1' },
	{ href: '/bundles', label: places.bundles, icon: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8' }
];

/** Behind "More" on a phone. */
export const morePlaces: readonly Place[] = [
	{
		href: '/threads',
		label: places.threads,
		icon: 'M6 7v3M6 14v3M4.5 5.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M4.5 12a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M4.5 18.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M11 5.5h9M11 12h9M11 18.5h6'
	},
	{
		href: '/tensions',
		label: places.tensions,
		icon: 'M3.5 12h17M3.5 8.5v7M20.5 8.5v7M12.5 12a2.5 2.5 0 1 0 -5 0a2.5 2.5 0 1 0 5 0'
	},
	{
		href: '/insight',
		label: places.insight,
		icon: 'M4 20h16M6.5 16.5v-4M10.2 16.5v-8M13.8 16.5v-6M17.5 16.5v-11'
	},
	{
		href: '/evolution',
		label: places.evolution,
		icon: 'M12 21V9M12 13c0-4 3-6 7-6c0 4-3 6-7 6M12 17c0-3-2.5-5-6-5c0 3 2.5 5 6 5M9 21h6'
	},
	{ href: '/trash', label: places.trash, icon: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5' },
	{
		href: '/system',
		label: places.system,
		icon: 'M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5h.01M7.5 16.5h.01'
	},
	{
		href: '/settings',
		label: places.settings,
		icon: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4'
	}
];

export function isWithin(place: Place, path: string): boolean {
	return place.href === '/' ? path === '/' : path === place.href || path.startsWith(`${place.href}/`);
}
