import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { TrustedTypePolicyFactory } from 'trusted-types/lib';
import { contractCases } from '../storage/contract.ts';
import { addScripts } from './bundle.ts';
import { placeKinds, type Outcome, type Question } from './contract-kinds.ts';
import { Build, Host } from './host.ts';
import { Profile } from './profile.ts';

/** An empty page and the worker, under the app's own policy. */
let build: Build;
let host: Host;
/** Of each kind its own, on a disk: a browser without one keeps all files in memory. */
let profile: Profile;

test.beforeAll(async () => {
	build = new Build();
	await addScripts(build.folder, 'contract', { worker: new URL('./contract.worker.ts', import.meta.url) });
	writeFileSync(join(build.folder, 'contract/page.html'), '<!doctype html><title>Contract</title>');
	host = await Host.start(['--folder', build.folder]);
});

test.beforeEach(() => {
	profile = new Profile();
});

test.afterEach(() => profile.remove());

test.afterAll(async () => {
	await host.stop();
	build.remove();
});

for (const kind of placeKinds) {
	test(`a worker keeps the contract of a database: ${kind}`, async () => {
		const page = await (await profile.start()).newPage();
		await page.goto(`${host.origin}/contract/page.html`);
		const ask = await startWorker(page);
		for (const { name } of contractCases)
			await test.step(name, async () => expect.soft(await ask({ kind, name }), name).toBeNull());
	});
}

/** Answers with the way to ask a new worker. */
async function startWorker(page: Page): Promise<(question: Question) => Promise<Outcome>> {
	const worker = await page.evaluateHandle(() => {
		const { trustedTypes } = window as Window & { trustedTypes?: TrustedTypePolicyFactory };
		// A name that the policy knows; the app, which uses it, does not run in this page.
		const scripts = trustedTypes?.createPolicy('mirror-script', { createScriptURL: (script) => script });
		const url = '/contract/worker.js';
		const started = new Worker((scripts?.createScriptURL(url) ?? url) as string, { type: 'module' });
		return new Promise<Worker>((resolve, reject) => {
			started.onmessage = () => resolve(started);
			started.onerror = ({ message }) => reject(new Error(`the worker did not start: ${message}`));
		});
	});
	return (question) =>
		worker.evaluate(
			(asked, data) =>
				new Promise<Outcome>((resolve, reject) => {
					asked.onmessage = ({ data: outcome }: MessageEvent<Outcome>) => resolve(outcome);
					asked.onerror = ({ message }) => reject(new Error(message));
					asked.postMessage(data);
				}),
			question
		);
}
