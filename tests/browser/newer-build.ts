import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Build } from './host.ts';

/** Of the schema that the build below brings. */
export const newerSchema = '9.0.0';

/** A build as it may be some day: with one more migration. */
export function newerBuild(): Build {
	const build = new Build();
	const workers = '_app/immutable/workers';
	const later = [
		'-- Migration: 999_later.sql',
		`-- Version: ${newerSchema}`,
		'-- Date: 2030-01-01',
		'-- Description: Something of the future',
		'CREATE TABLE later (id TEXT);'
	].join('\n');
	for (const engine of ['sqlite', 'postgres']) {
		const first = new RegExp(`["'\`][^"'\`]*migrations/${engine}/001_core\\.sql["'\`]:\\w+`);
		const script = readdirSync(join(build.folder, workers), { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.js'))
			.find((name) => first.test(readFileSync(join(build.folder, workers, name), 'utf8')));
		build.change(`${workers}/${script}`, (text) =>
			text.replace(
				first,
				(found) => `${found},"../../migrations/${engine}/999_later.sql":${JSON.stringify(later)}`
			)
		);
	}
	return build;
}

/** Leaves the app; afterwards the browser has no file of its build any more, and all that was written. */
export async function forgetBuild(page: Page, origin: string): Promise<void> {
	await page.goto('about:blank');
	const session = await page.context().newCDPSession(page);
	const storageTypes = 'service_workers,cache_storage';
	await session.send('Storage.clearDataForOrigin', { origin, storageTypes });
	await session.send('Network.clearBrowserCache');
}
