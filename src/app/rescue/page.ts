import { proxy, wrap, type Remote } from 'comlink';
import workerUrl from '#app/rescue.worker.ts?worker&url';
import type { Failure, Result } from '#base/result.ts';
import type { PlainReflection } from '#records/rescue.ts';
import { clearPage } from '#app/clear-page.ts';
import type { Reading } from '#app/rescue/read.ts';
import type { EngineChoice } from '#app/rescue/rescuer.ts';
import type { RescueRemote } from '#app/rescue/start.ts';

/** The page where the store does not open: it needs neither the app nor its database. */
const scripts = window.trustedTypes?.createPolicy('mirror-script', {
	createScriptURL: (url) => {
		if (url !== workerUrl) throw new TypeError('not a script of this page');
		return url;
	}
});
const trustedUrl = (scripts?.createScriptURL(workerUrl) ?? workerUrl) as string;
const rescuer = wrap<RescueRemote>(new Worker(trustedUrl, { type: 'module' })) as Remote<RescueRemote>;

let entries: readonly PlainReflection[] = [];

on('copy', async () => {
	const copy = await rescuer.copy();
	if (!copy.ok) return say(copy.error.message);
	download(new Blob([copy.value.file], { type: 'application/zip' }), `mirror_rescue_${stamp()}.zip`);
	const { without } = copy.value;
	say(
		`The rescue copy was handed to your browser as a download. It is not encrypted: keep it where only you look.${without === null ? '' : ` It holds your drafts and nothing else. ${without}`}`
	);
});
on('read', async () => list());
on('json', async () =>
	download(new Blob([json()], { type: 'application/json' }), `mirror_reflections_${stamp()}.json`)
);
on('copy-text', async () => {
	await navigator.clipboard.writeText(json());
	say(`${entries.length} reflections were copied as JSON.`);
});
on('diagnostics', async () => {
	const report = await rescuer.diagnostics();
	if (!report.ok) return say(report.error.message);
	const text = `${report.value}\n${navigator.userAgent}`;
	element('report').textContent = text;
	element('report').hidden = false;
	await navigator.clipboard.writeText(text);
	say('The diagnostics were copied. They are also shown below.');
});
on('go-sqlite', async () => change(await rescuer.goOnWith('sqlite')));
on('go-postgres', async () => change(await rescuer.goOnWith('postgres')));
onTwice('fresh', {
	again: 'Press again to start fresh',
	warning:
		'Mirror OS will be empty on this device. What is here now is kept aside. Press again if you want that.',
	press: async () => change(await rescuer.startFresh())
});
onTwice('delete', {
	again: 'Press again to delete everything',
	warning:
		'Everything that Mirror OS keeps on this device will be gone for good, and also what was kept aside. Nobody can bring it back. Press again if you want that.',
	press: async () => {
		say('Deleting everything…');
		const deleted = await rescuer.deleteEverything(proxy(async () => clearPage()));
		if (!deleted.ok) return say(deleted.error.message);
		const anew = document.createElement('a');
		anew.href = '/';
		anew.className = 'button';
		anew.textContent = 'Begin anew';
		const title = text('h1', 'Everything was deleted');
		title.tabIndex = -1;
		const nothing = text('p', 'Nothing of it is on this device any more. Only the app itself is kept.');
		document.querySelector('main')?.replaceChildren(title, nothing, anew);
		title.focus();
	}
});
element('restore').addEventListener('change', ({ target }) => {
	const [file] = (target as HTMLInputElement).files ?? [];
	if (file === undefined) return;
	say('Restoring…');
	void file
		.arrayBuffer()
		.then(async (bytes) => change(await rescuer.restore(new Uint8Array(bytes))))
		.catch(sayError);
});
void look().catch(
	(error: unknown) =>
		(element('reason').textContent =
			`What is stored here could not be looked at (${String(error)}). Nothing was changed. Restart the browser and look again.`)
);

async function look(): Promise<void> {
	const looked = await rescuer.look();
	entries = looked.ok && 'entries' in looked.value ? looked.value.entries : [];
	element('reason').textContent = looked.ok ? summary(looked.value) : looked.error.message;
	const reasons = looked.ok && 'reasons' in looked.value ? looked.value.reasons : [];
	element('reasons').replaceChildren(...reasons.map((reason) => text('li', reason)));
	for (const id of ['read', 'json', 'copy-text'])
		(element(id) as HTMLButtonElement).disabled = entries.length === 0;
	element('entries').replaceChildren();
	const choice = await rescuer.engine();
	if (choice.ok) showEngine(choice.value);
}

/** Where SQLite is in charge there is nothing to choose. */
function showEngine({ engine, copied_at, has_postgres }: EngineChoice): void {
	element('engine').hidden = engine === 'sqlite';
	element('go-postgres').hidden = engine !== null || !has_postgres;
	(element('go-sqlite') as HTMLButtonElement).disabled = entries.length === 0;
	const copy = copied_at === null ? 'a copy' : `the copy of ${new Date(copied_at).toLocaleString()}`;
	element('engine-text').textContent =
		engine === null
			? 'This browser lost the note of which storage engine keeps your mirror, and both hold one. What is listed here is SQLite’s. Choose; what the other holds stays where it is.'
			: `PostgreSQL keeps your mirror, and this page does not read it. What is listed here is ${copy}, as SQLite keeps it. If PostgreSQL does not open again, go on with the copy; what PostgreSQL holds stays where it is.`;
}

function summary(reading: Reading): string {
	switch (reading.kind) {
		case 'empty':
			return 'Nothing is stored here: Mirror OS has not been used in this browser, or it was started fresh.';
		case 'whole':
			return `The store is whole: ${reading.entries.length} reflections can be read. Try again.`;
		case 'partial':
			return `The store is damaged. ${reading.entries.length} reflections can still be read.`;
		case 'unreadable':
			return `The store cannot be read. ${reading.failure.message}`;
	}
}

async function change(outcome: Result<string, Failure>): Promise<void> {
	say(outcome.ok ? outcome.value : outcome.error.message);
	if (outcome.ok) await look();
}

function list(): void {
	element('entries').replaceChildren(
		...entries.map(({ created_at, title, content }) => {
			const item = document.createElement('li');
			const time = text('time', new Date(created_at).toLocaleString());
			time.setAttribute('datetime', created_at);
			const body = text('p', content);
			body.dir = 'auto';
			item.append(time, ...(title === null ? [] : [text('h3', title)]), body);
			return item;
		})
	);
}

function json(): string {
	return JSON.stringify({ reflections: entries }, null, '\t');
}

function on(id: string, press: (button: HTMLElement) => Promise<void>): void {
	const button = element(id);
	button.addEventListener('click', () => void press(button).catch(sayError));
}

interface Grave {
	/** What the button says once it was pressed. */
	readonly again: string;
	readonly warning: string;
	readonly press: () => Promise<void>;
}

/** Does it when it is pressed a second time. */
function onTwice(id: string, { again, warning, press }: Grave): void {
	const usual = element(id).textContent;
	on(id, async (button) => {
		if (button.dataset['sure'] === undefined) {
			button.dataset['sure'] = 'yes';
			button.textContent = again;
			return say(warning);
		}
		delete button.dataset['sure'];
		button.textContent = usual;
		await press();
	});
}

function say(message: string): void {
	element('outcome').textContent = message;
}

function sayError(error: unknown): void {
	say(`That did not work (${String(error)}). Nothing more was done.`);
}

function download(blob: Blob, name: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function stamp(): string {
	return new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}

function text(name: string, content: string): HTMLElement {
	const made = document.createElement(name);
	made.textContent = content;
	return made;
}

function element(id: string): HTMLElement {
	const found = document.getElementById(id);
	if (found === null) throw new Error(`the page has no "${id}"`);
	return found;
}
