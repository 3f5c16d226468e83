import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Build } from './host.ts';

/** Of the schema that a newer build brings. */
export const newerSchema = '9.0.0';

const migration = [
	'-- Migration: 999_later.sql',
	`-- Version: ${newerSchema}`,
	'-- Date: 2030-01-01',
	'-- Description: Something of the future',
	'CREATE TABLE later (id TEXT);'
].join('\n');
const later = (engine: string) => `,"../../migrations/${engine}/999_later.sql":${JSON.stringify(migration)}`;

const workers = '_app/immutable/workers';

/** Makes of a build what it may be some day: with one more migration, of each engine. */
export function makeNewer(build: Build): void {
	for (const engine of ['sqlite', 'postgres']) {
		const first = new RegExp(`["'\`][^"'\`]*migrations/${engine}/001_core\\.sql["'\`]:\\w+`);
		changeScript(build, first, (script) => script.replace(first, (found) => found + later(engine)));
	}
}

/** Takes back what `makeNewer` did. */
export function makeOlder(build: Build): void {
	for (const engine of ['sqlite', 'postgres']) {
		const name = new RegExp(`migrations/${engine}/999_later`);
		changeScript(build, name, (script) => script.replace(later(engine), ''));
	}
}

/** Rewrites the script of the worker that has the database. */
export function changeCore(build: Build, rewrite: (script: string) => string): void {
	const core = readdirSync(join(build.folder, workers)).find((name) => name.startsWith('core.worker'));
	build.change(`${workers}/${core}`, rewrite);
}

/** Rewrites the script in which something stands. */
function changeScript(build: Build, what: RegExp, rewrite: (script: string) => string): void {
	const [script] = scriptsWith(build, what);
	build.change(`${workers}/${script}`, rewrite);
}

/** Names a kind of command in another way, wherever the workers name it: so it is a version with other commands. */
export function renameKind(build: Build, from: string, to: string): void {
	for (const script of scriptsWith(build, new RegExp(from.replaceAll('.', '\\.'))))
		build.change(`${workers}/${script}`, (text) => text.replaceAll(from, to));
}

function scriptsWith(build: Build, what: RegExp): string[] {
	return readdirSync(join(build.folder, workers), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.js'))
		.filter((name) => what.test(readFileSync(join(build.folder, workers, name), 'utf8')));
}

/** Leaves the app; afterwards the browser has no file of its build any more, and all that was written. */
export async function forgetBuild(page: Page, origin: string): Promise<void> {
	await page.goto('about:blank');
	const session = await page.context().newCDPSession(page);
	const storageTypes = 'service_workers,cache_storage';
	await session.send('Storage.clearDataForOrigin', { origin, storageTypes });
	await session.send('Network.clearBrowserCache');
}

/** Publishes the next version over the one that is served: another page, and so another service worker. */
export function publish(build: Build, generation: string): void {
	const revision = () =>
		createHash('md5')
			.update(readFileSync(join(build.folder, 'index.html')))
			.digest('hex');
	const before = revision();
	build.change('index.html', (html) =>
		html.replace(/<html[^>]*>/, `<html lang="en" data-generation="${generation}">`)
	);
	build.change('service-worker.js', (script) => script.replace(before, revision()));
}

/** What the page says of the version that it is of; null of the first one. */
export function generation(page: Page): Promise<string | null> {
	return page.evaluate(() => document.documentElement.getAttribute('data-generation'));
}

/** A person comes back to the tab, which is when it looks for a newer version. */
export async function comeBack(page: Page): Promise<void> {
	await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}
