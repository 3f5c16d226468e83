import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Build } from './host.ts';

/** Of the schema that the build below brings. */
export const newerSchema = '9.0.0';

/** A build as it may be some day: with one more migration. */
export function newerBuild(): Build {
	const build = new Build();
	const workers = '_app/immutable/workers';
	const core = readdirSync(join(build.folder, workers)).find((name) => name.startsWith('core.worker'));
	const later = [
		'-- Migration: 999_later.sql',
		`-- Version: ${newerSchema}`,
		'-- Date: 2030-01-01',
		'-- Description: Something of the future',
		'CREATE TABLE later (id TEXT);'
	].join('\n');
	build.change(`${workers}/${core}`, (script) =>
		script.replace(
			/"[^"]*001_core\.sql":\w+/,
			(first) => `${first},"../../migrations/sqlite/999_later.sql":${JSON.stringify(later)}`
		)
	);
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
