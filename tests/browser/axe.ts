import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What every rule of axe finds in the page as it is drawn now. */
export async function violationsOf(page: Page) {
	// "Legacy" leaves out only what puts the findings of several frames together: one more page, each time.
	expect(page.frames()).toHaveLength(1);
	return (await new AxeBuilder({ page }).setLegacyMode().analyze()).violations;
}
