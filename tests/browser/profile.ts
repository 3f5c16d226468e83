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

	async start(): Promise<BrowserContext> {
		this.#context = await chromium.launchPersistentContext(this.folder, {
			...config.use?.launchOptions,
			args: [...(config.use?.launchOptions?.args ?? []), ...this.#args],
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

	/** What ends the processes that run now, at once when it is called: the one that writes to the files first. */
	aim(): () => void {
		const pids = processesOf(this.folder);
		const isRenderer = (pid: number) => commandOf(pid).includes('--type=renderer');
		const ordered = [...pids.filter(isRenderer), ...pids.filter((pid) => !isRenderer(pid))];
		return () => ordered.forEach(end);
	}

	/** SIGKILL to every process of this profile, as a crash or an empty battery would end them. */
	async kill(): Promise<void> {
		this.aim()();
		await this.#context?.close().catch(() => undefined);
		this.#context = null;
		// What was killed holds the profile's lock by name only.
		for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket'])
			rmSync(join(this.folder, name), { force: true });
	}

	/** The renderer process of a page: the one that works while the page does. */
	async rendererOf(page: Page): Promise<number> {
		const renderers = processesOf(this.folder).filter((pid) => commandOf(pid).includes('--type=renderer'));
		const before = new Map(renderers.map((pid) => [pid, ticksOf(pid)]));
		await page.evaluate(() => {
			for (const end = performance.now() + 400; performance.now() < end;);
		});
		const worked = renderers.filter((pid) => ticksOf(pid) - (before.get(pid) ?? 0) >= 15);
		if (worked.length !== 1) throw new Error(`${worked.length} processes worked for one page`);
		return worked[0]!;
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

/** Hundredths of a second for which a process has used a processor (proc(5), utime). */
function ticksOf(pid: number): number {
	return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[11]);
}
