import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { servedKernel, type ServedKernel } from '#app/served-kernel.ts';
import { formatJson } from '#base/json.ts';
import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import { readText } from '#base/text-file.ts';
import { longestBody, type KernelAnswer, type KernelMessage } from '#wire/kernel-messages.ts';
import { answer, type KernelSurface } from '#wire/surface.ts';
import { readBytes, unreadable, type CommandResult, type Words } from '#cli/command.ts';
import { KeptEvidence } from '#cli/kept-evidence.ts';
import { isOwnName, reachableAt } from '#cli/own-names.ts';
import type { Terminal } from '#cli/terminal.ts';

/**
 * A kernel as a `kernels.yaml` describes it, over HTTP with the JSON and the codes of KERNELS A9, until it is told to stop (SIGINT,
 * SIGTERM); then it is halted. `--port 0` takes any free port. With `--out` its evidence is in that file all the time: no
 * answer leaves before its entry is there; and what an earlier kernel left there is verified, put aside and followed.
 *
 * It is for programs: it names no other origin, so no web page reads an answer; and it answers nobody who came by another
 * name than its own, whatever that name leads to, nor with a body that a form could send.
 */
export async function serveKernel(words: Words, terminal: Terminal): Promise<CommandResult> {
	const { files, json, values } = words;
	const [file = ''] = files;
	const { out } = values;
	const fail = (error: Failure) =>
		unreadable(terminal, { file: ofEvidence.includes(error.code) ? (out ?? file) : file, json, error });
	const port = portOf(values['port']);
	if (!port.ok) return fail(port.error);
	const former = out === undefined ? ok(null) : await readFormer(out);
	if (!former.ok) return fail(former.error);
	const served = await readServed(file, former.value);
	if (!served.ok) return fail(served.error);
	const { kernel, server, surface, follows } = served.value;
	const evidence = out === undefined ? null : new KeptEvidence(out, served.value);
	// Nothing is put aside before the port is ours: another server of the same file may have it.
	let open: () => void = () => undefined;
	const isOpen = new Promise<void>((resolve) => (open = resolve));
	const door = { surface, evidence, host: server.host, isOpen };
	const listening = await listen(door, port.value ?? server.port);
	if (!listening.ok) return fail(listening.error);
	const begun = await begin(evidence, { follows, former: former.value });
	if (!begun.ok) {
		listening.value.closeAllConnections();
		await close(listening.value);
		return fail(begun.error);
	}
	const { port: taken } = listening.value.address() as AddressInfo;
	const url = `http://${reachableAt(server.host)}:${taken}`;
	const aside = begun.value;
	terminal.print(
		json
			? formatJson({ file, kernel_id: kernel.id, url, follows, former_evidence: aside })
			: [
					`Kernel ${kernel.id}: ${url}`,
					...(aside === null ? [] : [`It follows ${follows}, whose evidence is in ${aside}.`])
				].join('\n')
	);
	open();
	await stopped();
	await surface.halt('The server was stopped');
	await close(listening.value);
	const kept = await keep(evidence);
	return kept.ok ? 0 : fail(kept.error);
}

/** Failures that are about the file of the evidence and not about the configuration. */
const ofEvidence = ['bad_evidence', 'unwritable', 'unreadable_evidence'];

type Bytes = Uint8Array<ArrayBuffer>;

/** What stands in the file where the evidence is to be; null where there is none. */
async function readFormer(out: string): Promise<Result<Bytes | null, Failure<'unreadable_evidence'>>> {
	try {
		return ok(new Uint8Array(await readFile(out)));
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok(null);
		return err(failure('unreadable_evidence', whyOf(error)));
	}
}

async function readServed(file: string, former: Bytes | null): Promise<Result<ServedKernel>> {
	const bytes = await readBytes(file);
	if (!bytes.ok) return bytes;
	const text = await readText(bytes.value);
	if (!text.ok) return text;
	return servedKernel(text.value, {
		...{ environment: process.env, clock: Date.now, former },
		timer: (ms, run) => {
			const timeout = setTimeout(run, ms);
			return () => clearTimeout(timeout);
		}
	});
}

interface Before {
	readonly follows: string | null;
	readonly former: Bytes | null;
}

/** Puts aside what was there before, and writes the first file; answers with where the former one is. */
async function begin(
	evidence: KeptEvidence | null,
	{ follows, former }: Before
): Promise<Result<string | null, Failure<'unwritable'>>> {
	if (evidence === null) return ok(null);
	const aside =
		former === null || follows === null
			? ok(null)
			: await evidence.putAside({ kernel_id: follows, bytes: former });
	if (!aside.ok) return aside;
	const kept = await evidence.keep();
	return kept.ok ? aside : kept;
}

async function keep(evidence: KeptEvidence | null): Promise<Result<null, Failure<'unwritable'>>> {
	return evidence === null ? ok(null) : evidence.keep();
}

function portOf(given: string | undefined): Result<number | null, Failure<'usage'>> {
	if (given === undefined) return ok(null);
	const port = Number(given);
	if (/^\d{1,5}$/.test(given) && port < 65_536) return ok(port);
	return err(failure('usage', `${given} is no port: a port is a whole number from 0 to 65535.`));
}

const forPrograms =
	'Nothing was done. Ask by an address or name that the kernel listens on, and send what you send as application/json.';

/** What a server answers by. */
interface Door {
	readonly surface: KernelSurface;
	readonly evidence: KeptEvidence | null;
	readonly host: string;
	/** Nobody is answered before. */
	readonly isOpen: Promise<void>;
}

function listen(door: Door, port: number): Promise<Result<Server, Failure<'not_listening'>>> {
	const server = createServer((request, response) => {
		respond(door, request, response).catch(() => response.destroy());
	});
	return new Promise((resolve) => {
		server.once('error', (error) => resolve(err(failure('not_listening', error.message))));
		server.listen(port, door.host, () => resolve(ok(server)));
	});
}

async function respond(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
	await door.isOpen;
	const { status, body } = isForUs(request, door.host)
		? await answerKept(door, await messageOf(request))
		: refusal(403, forPrograms);
	response.writeHead(status, {
		'Content-Type': 'application/json; charset=utf-8',
		'Cache-Control': 'no-store'
	});
	response.end(body);
}

/** What was decided is answered once it is written down: a crash loses nothing that anybody was told. */
async function answerKept({ surface, evidence }: Door, message: KernelMessage): Promise<KernelAnswer> {
	if (message.method !== 'POST') return answer(surface, message);
	// Nothing more is done while what was done cannot be written down; a halt is never too late.
	const before = message.path === '/halt' ? ok(null) : await keep(evidence);
	if (!before.ok)
		return refusal(500, `The evidence cannot be written: ${before.error.message}. Nothing was done.`);
	const said = await answer(surface, message);
	const kept = await keep(evidence);
	return kept.ok ? said : refusal(500, unkept(kept.error.message));
}

function unkept(why: string): string {
	return `It was decided, but the evidence cannot be written: ${why}. Nothing more is done until it can; then ask again under the same request_id for the answer.`;
}

function refusal(status: number, error: string): KernelAnswer {
	return { status, body: formatJson({ error }) };
}

/** A form of a page sends no JSON. */
function isForUs({ headers, method }: IncomingMessage, host: string): boolean {
	if (!isOwnName(headers.host ?? '', host)) return false;
	return method !== 'POST' || (headers['content-type'] ?? '').startsWith('application/json');
}

/** A body that is longer than any message is read to the limit and one byte more: it is refused as too long. */
async function messageOf(request: IncomingMessage): Promise<KernelMessage> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		if (length > longestBody * 4) continue;
		chunks.push(chunk);
		length += chunk.length;
	}
	const { pathname } = new URL(request.url ?? '/', 'http://kernel');
	const body = length === 0 ? null : Buffer.concat(chunks).toString('utf8');
	return { method: request.method ?? 'GET', path: pathname, body };
}

function stopped(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeIdleConnections();
	});
}
