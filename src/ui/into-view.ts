/** Brings what just appeared into view, whole where it fits, without a journey for those who want none. */
export function bringIntoView(element: Element): void {
	const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
	element.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'instant' : 'smooth' });
}
