import type { BrowserContext, Page } from '@playwright/test';
import { Host } from '../browser/host.ts';
import { Profile } from '../browser/profile.ts';
import type { Seen } from './browser/watch.ts';
import type { Stage } from './stage.ts';

/** One browser with a profile on disk (without one, OPFS is slower), and as many origins of the stage as are asked for. */
export class Session {
	readonly stage: Stage;
	readonly #profile = new Profile();
	readonly #hosts: Host[] = [];
	#context: BrowserContext | null = null;

	constructor(stage: Stage) {
		this.stage = stage;
	}

	/** An origin of its own, so that its mirror is its own. */
	async origin(): Promise<Origin> {
		const host = await Host.start(['--folder', this.stage.folder]);
		this.#hosts.push(host);
		return new Origin(await this.#browser(), host.origin, this.stage.wasm);
	}

	async close(): Promise<void> {
		await this.#profile.remove();
		for (const host of this.#hosts) await host.stop();
	}

	async #browser(): Promise<BrowserContext> {
		if (this.#context !== null) return this.#context;
		this.#context = await this.#profile.start();
		await this.#context.addInitScript({ path: this.stage.watchScript });
		return this.#context;
	}
}

/** What was seen of a start that came to its end. */
export type Started = Seen & { readonly connected: number; readonly ready: number };

export class Origin {
	readonly wasm: string;
	readonly #context: BrowserContext;
	readonly #address: string;

	constructor(context: BrowserContext, address: string, wasm: string) {
		this.#context = context;
		this.#address = address;
		this.wasm = wasm;
	}

	/** Runs `work` in a page of the app whose database answers. */
	async app<T>(work: (page: Page, seen: Started) => Promise<T>, page?: Page): Promise<T> {
		const opened = page ?? (await this.#context.newPage());
		try {
			await opened.goto(`${this.#address}/`);
			await opened.waitForFunction(() => globalThis.seen.ready !== null);
			const seen = (await opened.evaluate(() => globalThis.seen)) as Started;
			return await work(opened, seen);
		} finally {
			await opened.close();
		}
	}

	/**
	 * How long the bare open takes where the app would open its database: in the app's page, at the moment at which it
	 * asks for it. In milliseconds.
	 */
	async bare(): Promise<number> {
		const page = await this.#context.newPage();
		try {
			await page.addInitScript(`globalThis.watchBare(${JSON.stringify(this.wasm)})`);
			await page.goto(`${this.#address}/`);
			await page.waitForFunction(() => globalThis.seen.bare !== null);
			return (await page.evaluate(() => globalThis.seen.bare)) ?? NaN;
		} finally {
			await page.close();
		}
	}

	/** Runs `work` in a page of the app that has the floors beside it. */
	beside<T>(work: (page: Page) => Promise<T>): Promise<T> {
		return this.app(async (page) => {
			await page.evaluate('import("/bench/page.js").then(() => undefined)');
			await requireFineClock(page);
			return work(page);
		});
	}

	/** Runs `work` in a page of the same origin that holds nothing of the app. */
	async alone<T>(work: (page: Page) => Promise<T>): Promise<T> {
		const page = await this.#context.newPage();
		try {
			await page.goto(`${this.#address}/bench/floor.html`);
			await page.waitForFunction(() => 'bench' in globalThis);
			await requireFineClock(page);
			return await work(page);
		} finally {
			await page.close();
		}
	}

	/** A page in which a character is typed as soon as the text field takes one. */
	async typing(): Promise<Page> {
		const page = await this.#context.newPage();
		await page.addInitScript('globalThis.isTyping = true');
		return page;
	}

	/** Puts a mirror of the stage here, and starts the app twice, so that the browser has seen it. */
	async install(name: string): Promise<void> {
		await this.alone((page) => page.evaluate((mirror) => globalThis.bench.install(mirror), name));
		for (let start = 0; start < 2; start++) await this.app(() => Promise.resolve());
	}
}

async function requireFineClock(page: Page): Promise<void> {
	if (!(await page.evaluate(() => globalThis.bench.isFine())))
		throw new Error('the clock of this page is coarse');
}
