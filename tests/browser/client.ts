import type { Page } from '@playwright/test';
import type { Client } from '#app/client.ts';
import type { Kind, Request } from '#domain/command.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Answer, ViewInput, ViewName } from '#domain/view.ts';

declare global {
	var mirror: Client;
	/** Set when a loop of writing should come to its end. */
	var isWritten: boolean;
}

/** A UUIDv7 made in Node, so that the test knows it before the page does. */
export function newId(): string {
	const hex = (Date.now() * 0x10000 + Math.floor(Math.random() * 0x10000)).toString(16).padStart(16, '0');
	const random = crypto.randomUUID();
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${random.slice(15, 18)}-${random.slice(19)}`;
}

export async function ready(page: Page): Promise<void> {
	await page.waitForFunction(() => 'mirror' in globalThis);
	await page.evaluate(() => globalThis.mirror.ready);
}

export async function dispatch<K extends Kind>(
	page: Page,
	kind: K,
	data: Request<K>['data'],
	id = newId()
): Promise<Receipt> {
	const request: object = { id, kind, data };
	return page.evaluate((sent) => globalThis.mirror.dispatch(sent as Request), request);
}

export async function read<V extends ViewName>(
	page: Page,
	view: V,
	params: ViewInput<V>
): Promise<Answer<V>> {
	const asked: { view: string; params: object } = { view, params };
	const answer = await page.evaluate(
		async (sent): Promise<unknown> => globalThis.mirror.read(sent.view as ViewName, sent.params),
		asked
	);
	return answer as Answer<V>;
}

export interface Loop {
	/** Entries that every call writes, one after the other; without it, until `stopWriting`. */
	readonly count?: number;
	readonly text: string;
	/** Whether each entry waits until the test was told of the one before it. */
	readonly isTold?: boolean;
}

/** Saves entries one after the other in the page, and calls `acked` there with each id whose receipt said accepted. */
export function writeLoop(page: Page, loop: Loop): Promise<void> {
	return page.evaluate(async ({ count = Infinity, text, isTold = false }) => {
		const acked = (globalThis as unknown as { acked: (id: string) => Promise<void> }).acked;
		globalThis.isWritten = false;
		for (let n = 0; n < count && !globalThis.isWritten; n++) {
			const now = Date.now();
			const hex = now.toString(16).padStart(12, '0');
			const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7${crypto.randomUUID().slice(15)}`;
			const created_at = new Date(now).toISOString();
			const receipt = await globalThis.mirror.dispatch({
				id,
				kind: 'reflection.create',
				data: {
					id,
					identity_id: null,
					content: `${n} ${text}`,
					created_at,
					local_date: created_at.slice(0, 10)
				}
			});
			if (receipt.code !== 'accepted') continue;
			const telling = acked(id);
			if (isTold) await telling;
		}
	}, loop);
}

/** Ends a loop of writing after the entry that it is at. */
export function stopWriting(page: Page): Promise<void> {
	return page.evaluate(() => void (globalThis.isWritten = true));
}
