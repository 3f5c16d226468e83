import { expect, test } from '@playwright/test';
import { ready } from './client.ts';
import { Stranger } from './host.ts';
import { bundleOf, diaryOf } from './make-files.ts';
import { goTo, importFile } from './steps.ts';

declare global {
	/** Set by a script that stood in somebody's words, if it ran. */
	var ran: boolean | undefined;
	/** What the page's policy had to stop: nothing should even try. */
	var violated: string[];
}

const time = '2026-01-01T00:00:00.000Z';

/** Markup that would run a script or fetch something, if any page took it for markup. */
function traps(address: string): string {
	const url = (name: string) => `http://${address}/${name}`;
	return [
		'Harmless words around it.',
		`<script>globalThis.ran = true; fetch('${url('script')}')</script>`,
		`<script src="${url('source')}"></script>`,
		`<img src="${url('image')}" onerror="globalThis.ran = true" onload="globalThis.ran = true">`,
		`<svg onload="globalThis.ran = true"><image href="${url('svg')}"/></svg>`,
		`<iframe src="${url('frame')}" srcdoc="<script>top.ran = true</script>"></iframe>`,
		`<object data="${url('object')}"></object><embed src="${url('embed')}">`,
		`<video autoplay poster="${url('poster')}" src="${url('video')}"></video>`,
		`<link rel="stylesheet" href="${url('sheet')}"><style>@import '${url('import')}';</style>`,
		`<p style="background: url(${url('background')})">styled</p>`,
		`<details open ontoggle="globalThis.ran = true">x</details>`,
		`<input autofocus onfocus="globalThis.ran = true">`,
		`<meta http-equiv="refresh" content="0; url=${url('refresh')}"><base href="${url('base')}">`,
		`![a picture](${url('markdown')}) ![data](data:image/svg+xml,<svg onload='globalThis.ran=true'/>)`,
		`[a trap](javascript:globalThis.ran=true) <javascript:globalThis.ran=true>`,
		`"><img src=x onerror="globalThis.ran = true">`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.ran=true&gt;">`
	].join('\n\n');
}

test('scripts in what is imported stay words on every page that shows them', async ({ page }) => {
	const stranger = await Stranger.start();
	await page.addInitScript(() => {
		globalThis.violated = [];
		addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) =>
			globalThis.violated.push(`${effectiveDirective} ${blockedURI}`)
		);
	});
	page.on('dialog', (dialog) => expect(dialog.message()).toBe('no dialog'));
	const trap = `<img src=http://${stranger.address}/short onerror=globalThis.ran=true>`;
	const bundle = await bundleOf({
		identities: [
			{ id: 'i', created_at: time, updated_at: time, metadata: JSON.stringify({ name: `Ana ${trap}` }) }
		],
		reflections: [
			{
				...{ id: 'r', identity_id: 'i', content: `# Head ${trap}`, content_type: 'markdown' },
				...{ visibility: 'local_only', created_at: time, source: 'direct' },
				metadata: JSON.stringify({ title: `Title ${trap}`, tags: [`tag${trap}`] })
			}
		],
		mirrorbacks: [
			{
				...{ id: 'm', reflection_id: 'r', content: `You said: > “${traps(stranger.address)}”` },
				...{ engine_version: trap, created_at: time, metadata: null }
			}
		]
	});
	await page.goto('/bundles');
	await ready(page);
	const untouched = async () => {
		await expect(
			page.locator('main :is(script, iframe, object, embed, video, link, style, base)')
		).toHaveCount(0);
		expect(await page.evaluate(() => [globalThis.ran, globalThis.violated])).toEqual([undefined, []]);
		expect(stranger.heard).toEqual([]);
	};
	await importFile(page, bundle, 1);
	await importFile(page, diaryOf([{ date: '2024-02-29', text: traps(stranger.address) }]), 1);
	await untouched();

	await goTo(page, 'Reflections');
	const items = page.getByRole('list', { name: 'Reflections' }).getByRole('link');
	await expect(items).toHaveCount(2);
	await expect(items.first()).toContainText(`Title ${trap}`);
	await untouched();

	await items.last().click();
	await expect(page.locator('.prose[aria-busy="false"]')).toContainText('Harmless words around it.');
	await expect(page.locator('.prose')).toContainText('<script>globalThis.ran = true;');
	await expect(
		page.locator('.prose :is(img, svg, input, details, [style], [href^="javascript:"])')
	).toHaveCount(0);
	await page.getByRole('button', { name: 'Mirror it' }).click();
	await expect(page.getByRole('region', { name: 'Mirrorback' }).locator('blockquote')).toBeVisible();
	await untouched();

	await page.goto('/reflections/r');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Title ${trap}`);
	await expect(page.getByText('Earlier mirrorbacks')).toBeVisible();
	await expect(page.locator('main')).toContainText('Harmless words around it.');
	await untouched();

	for (const path of ['/', '/settings', '/bundles', '/ledger', '/system']) {
		await page.goto(path);
		await ready(page);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		await untouched();
	}
	expect(stranger.heard).toEqual([]);
	await stranger.stop();
});
