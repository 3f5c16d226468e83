import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What axe says of colours: the only rules that come to another end where a page is drawn in others. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** What every rule of axe, or those that are named, find in the page, once what moves or fades was brought to its end. */
export async function violationsOf(page: Page, rules: readonly string[] = []) {
	// "Legacy" leaves out only what puts the findings of several frames together: one more page, each time.
	expect(page.frames()).toHaveLength(1);
	await page.evaluate(() => {
		for (const animation of document.getAnimations()) {
			const { endTime = Infinity } = animation.effect?.getComputedTiming() ?? {};
			// One that goes on for ever has no end to be brought to.
			if (Number(endTime) !== Infinity) animation.finish();
		}
	});
	const axe = new AxeBuilder({ page }).setLegacyMode();
	return (await (rules.length === 0 ? axe : axe.withRules([...rules])).analyze()).violations;
}

/** As it stands now, drawn light and dark: axe finds nothing, and nothing is wider than the screen. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		const violations = await violationsOf(page, colorScheme === 'light' ? [] : ofColours);
		const found = violations.map(({ id, nodes }) => [what, colorScheme, id, nodes[0]?.html]);
		expect(found).toEqual([]);
		const beyond = await page.evaluate(() => {
			const { scrollWidth, clientWidth } = document.documentElement;
			return scrollWidth - clientWidth;
		});
		expect(beyond, `${what} is wider than the screen`).toBeLessThanOrEqual(0);
	}
}
