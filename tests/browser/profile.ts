import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import config from '../../playwright.config.ts';

/** A browser profile on disk: what is stored in it outlives the browser, also one that was killed. */
export class Profile {
	readonly folder = mkdtempSync(join(tmpdir(), 'mirror-profile-'));
	readonly #args: readonly string[];
	#context: BrowserContext | null = null;

	/** `args`: more words for the browser's command line. */
	constructor({ args = [] }: { readonly args?: readonly string[] } = {}) {
		this.#args = args;
	}

	/** `args`: words for this one browser alone. */
	async start(args: readonly string[] = []): Promise<BrowserContext> {
		this.#context = await chromium.launchPersistentContext(this.folder, {
			...config.use?.launchOptions,
			args: [...(config.use?.launchOptions?.args ?? []), ...this.#args, ...args],
			baseURL: config.use?.baseURL ?? '',
			viewport: { width: 1280, height: 800 }
		});
		return this.#context;
	}

	/** A page of the app with its client there; its database may not be open yet. */
	async open(path = '/'): Promise<Page> {
		const context = this.#context ?? (await this.start());
		const page = context.pages().find((open) => open.url() === 'about:blank') ?? (await context.newPage());
		await page.goto(path);
		await page.waitForFunction(() => 'mirror' in globalThis);
		return page;
	}

	/** Another profile with all that is stored in this one, whose browser is not running. */
	copy(): Profile {
		const copy = new Profile({ args: this.#args });
		cpSync(this.folder, copy.folder, { recursive: true });
		return copy;
	}

	/** SIGKILL to every process of this profile, as a crash or an empty battery would end them: first to what writes to files. */
	async kill(): Promise<void> {
		const pids = processesOf(this.folder);
		const isRenderer = (pid: number) => commandOf(pid).includes('--type=renderer');
		[...pids.filter(isRenderer), ...pids.filter((pid) => !isRenderer(pid))].forEach(end);
		await this.#context?.close().catch(() => undefined);
		this.#context = null;
		// What was killed holds the profile's lock by name only.
		for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket'])
			rmSync(join(this.folder, name), { force: true });
	}

	/** Ends at once what runs the pages and their workers, as when the tab is killed for want of memory: the browser goes on. */
	async crash(): Promise<void> {
		const context = this.#context;
		if (context === null) return;
		const pages = context.pages();
		// A browser without any page would end.
		await context.newPage();
		for (const page of pages) {
			const crashed = page.waitForEvent('crash');
			const session = await context.newCDPSession(page);
			// What has crashed does not answer.
			session.send('Page.crash').catch(() => undefined);
			await crashed;
			await page.close();
		}
	}

	/** The renderer process of a page: the one that the browser's trace names as where a mark of that page was set. */
	async rendererOf(page: Page): Promise<number> {
		const session = await page.context().newCDPSession(page);
		const events: { readonly name?: string; readonly pid?: number }[] = [];
		session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
		const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
		await session.send('Tracing.start', { traceConfig: { includedCategories: ['blink.user_timing'] } });
		const mark = crypto.randomUUID();
		await page.evaluate((name) => void performance.mark(name), mark);
		await session.send('Tracing.end');
		await complete;
		await session.detach();
		const pid = events.find(({ name }) => name === mark)?.pid;
		if (pid === undefined || !commandOf(pid).includes(this.folder))
			throw new Error('the trace does not say which process draws the page');
		return pid;
	}

	async remove(): Promise<void> {
		await this.kill();
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}
}

function end(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It ended by itself in between.
	}
}

function processesOf(folder: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => commandOf(pid).includes(folder));
}

function commandOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}
