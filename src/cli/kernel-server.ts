import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { servedKernel } from '#app/served-kernel.ts';
import { formatJson } from '#base/json.ts';
import { err, failure, ok, whyOf, type Failure, type Result } from '#base/result.ts';
import { readText } from '#base/text-file.ts';
import { longestBody, type KernelMessage } from '#wire/kernel-messages.ts';
import { answer, type KernelSurface } from '#wire/surface.ts';
import { readBytes, unreadable, type CommandResult, type Words } from '#cli/command.ts';
import type { Terminal } from '#cli/terminal.ts';

/**
 * A kernel as a `kernels.yaml` describes it, over HTTP with the JSON and the codes of KERNELS A9, until it is told to stop (SIGINT,
 * SIGTERM); then it is halted, and with `--out` its evidence is written. `--port 0` takes any free port.
 *
 * It is for programs on this machine: it names no other origin, so no web page reads an answer; and it answers nobody who
 * came by another name than its own, whatever that name leads to, nor with a body that a form could send.
 */
export async function serveKernel(
	{ files, json, values }: Words,
	terminal: Terminal
): Promise<CommandResult> {
	const [file = ''] = files;
	const fail = (error: Failure) => unreadable(terminal, { file, json, error });
	const port = portOf(values['port']);
	if (!port.ok) return fail(port.error);
	const bytes = await readBytes(file);
	if (!bytes.ok) return fail(bytes.error);
	const text = await readText(bytes.value);
	if (!text.ok) return fail(text.error);
	const served = await servedKernel(text.value, {
		environment: process.env,
		clock: Date.now,
		timer: (ms, run) => {
			const timeout = setTimeout(run, ms);
			return () => clearTimeout(timeout);
		}
	});
	if (!served.ok) return fail(served.error);
	const { kernel, server, surface } = served.value;
	const listening = await listen(surface, { host: server.host, port: port.value ?? server.port });
	if (!listening.ok) return fail(listening.error);
	const { port: taken } = listening.value.address() as AddressInfo;
	const url = `http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${taken}`;
	terminal.print(json ? formatJson({ file, kernel_id: kernel.id, url }) : `Kernel ${kernel.id}: ${url}`);
	await stopped();
	await surface.halt('The server was stopped');
	await close(listening.value);
	const out = values['out'];
	return out === undefined ? 0 : writeEvidence(surface, out, fail);
}

function portOf(given: string | undefined): Result<number | null, Failure<'usage'>> {
	if (given === undefined) return ok(null);
	const port = Number(given);
	if (/^\d{1,5}$/.test(given) && port < 65_536) return ok(port);
	return err(failure('usage', `${given} is no port: a port is a whole number from 0 to 65535.`));
}

async function writeEvidence(
	surface: KernelSurface,
	out: string,
	fail: (error: Failure) => CommandResult
): Promise<CommandResult> {
	const evidence = await surface.evidence();
	if (!evidence.ok) return fail(evidence.error);
	try {
		await writeFile(out, `${formatJson(evidence.value)}\n`);
		return 0;
	} catch (error) {
		return fail(failure('unwritable', whyOf(error)));
	}
}

const forPrograms =
	'Nothing was done. Ask by the name that the kernel listens on, and send what you send as application/json.';

interface Address {
	readonly host: string;
	readonly port: number;
}

function listen(
	surface: KernelSurface,
	{ host, port }: Address
): Promise<Result<Server, Failure<'not_listening'>>> {
	const server = createServer((request, response) => {
		respond(surface, host, request, response).catch(() => response.destroy());
	});
	return new Promise((resolve) => {
		server.once('error', (error) => resolve(err(failure('not_listening', error.message))));
		server.listen(port, host, () => resolve(ok(server)));
	});
}

async function respond(
	surface: KernelSurface,
	host: string,
	request: IncomingMessage,
	response: ServerResponse
): Promise<void> {
	const { status, body } = isForUs(request, host)
		? await answer(surface, await messageOf(request))
		: {
				status: 403,
				body: formatJson({ error: forPrograms })
			};
	response.writeHead(status, {
		'Content-Type': 'application/json; charset=utf-8',
		'Cache-Control': 'no-store'
	});
	response.end(body);
}

/** Another name may have been led here by somebody else's name server; a form of a page sends no JSON. */
function isForUs({ headers, method }: IncomingMessage, host: string): boolean {
	const name = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
	if (name !== host && name !== 'localhost') return false;
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
