import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { TrustedTypePolicyFactory } from 'trusted-types/lib';
import { longRunRoots } from '../kernel/long-run.ts';
import { run, type Ran, type ToRun } from '../kernel/run.ts';
import { addScripts } from './bundle.ts';
import { Build, Host } from './host.ts';

const folder = new URL('../vectors/kernels/scenarios/', import.meta.url);
const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

interface Scenario {
	readonly expected_root_hash: string;
	readonly resumed_from: string | null;
	readonly replayable_in_another_language: boolean;
}

/** What is run, with the root that it ends with by the vectors; null where they do not say. */
interface Asked {
	readonly name: string;
	readonly toRun: ToRun;
	readonly root: string | null;
}

function scenario(file: string): Asked {
	const told = JSON.parse(textOf(file)) as Scenario;
	const before = told.resumed_from === null ? [] : [textOf(`${told.resumed_from}.json`)];
	const root = told.replayable_in_another_language ? told.expected_root_hash : null;
	return { name: file, toRun: { texts: [...before, textOf(file)] }, root };
}

const variants = Object.keys(longRunRoots) as (keyof typeof longRunRoots)[];
const asked: readonly Asked[] = [
	...readdirSync(folder).map(scenario),
	...variants.map((variant) => ({ name: variant, toRun: { variant }, root: longRunRoots[variant] }))
];

let build: Build;
let host: Host;

test.beforeAll(async () => {
	build = new Build();
	await addScripts(build.folder, 'kernel', { worker: new URL('./kernel.worker.ts', import.meta.url) });
	writeFileSync(join(build.folder, 'kernel/page.html'), '<!doctype html><title>Kernel</title>');
	host = await Host.start(['--folder', build.folder]);
});

test.afterAll(async () => {
	await host.stop();
	build.remove();
});

test('a worker of this browser writes the entries that Node writes, byte for byte, and again', async ({
	page
}) => {
	await page.goto(`${host.origin}/kernel/page.html`);
	const inBrowser = await startWorker(page);
	for (const { name, toRun, root } of asked) {
		const here = run(toRun);
		expect.soft(await inBrowser(toRun), name).toEqual(here);
		expect.soft(await inBrowser(toRun), `${name}, again`).toEqual(here);
		if (root !== null) expect.soft(here.root, name).toBe(root);
	}
	expect(asked.filter(({ root }) => root !== null).length).toBeGreaterThan(variants.length + 20);
});

/** Under the app's own policy: answers with the way to ask a new worker. */
async function startWorker(page: Page): Promise<(toRun: ToRun) => Promise<Ran>> {
	const worker = await page.evaluateHandle(() => {
		const { trustedTypes } = window as Window & { trustedTypes?: TrustedTypePolicyFactory };
		const scripts = trustedTypes?.createPolicy('mirror-script', { createScriptURL: (script) => script });
		const url = '/kernel/worker.js';
		const started = new Worker((scripts?.createScriptURL(url) ?? url) as string, { type: 'module' });
		return new Promise<Worker>((resolve, reject) => {
			started.onmessage = () => resolve(started);
			started.onerror = ({ message }) => reject(new Error(`the worker did not start: ${message}`));
		});
	});
	return (toRun) =>
		worker.evaluate(
			(to, data) =>
				new Promise<Ran>((resolve, reject) => {
					to.onmessage = ({ data: ran }: MessageEvent<Ran>) => resolve(ran);
					to.onerror = ({ message }) => reject(new Error(message));
					to.postMessage(data);
				}),
			toRun
		);
}
