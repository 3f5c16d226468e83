import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A copy of the build that a test may change. */
export class Build {
	readonly folder = mkdtempSync(join(tmpdir(), 'mirror-build-'));

	constructor() {
		cpSync('build', this.folder, { recursive: true });
	}

	/** Rewrites a file; a change that changes nothing is a mistake of the test. */
	change(file: string, rewrite: (text: string) => string): void {
		const path = join(this.folder, file);
		const before = readFileSync(path, 'utf8');
		const after = rewrite(before);
		if (after === before) throw new Error(`${file} did not change`);
		writeFileSync(path, after);
	}

	remove(): void {
		rmSync(this.folder, { recursive: true });
	}
}

/** A server process of its own for the app, which a test may stop. */
export class Host {
	readonly origin: string;
	readonly #process: ChildProcess;

	private constructor(origin: string, child: ChildProcess) {
		this.origin = origin;
		this.#process = child;
	}

	/** `port`: 0 for one that is free. */
	static async start(args: readonly string[] = [], port = 0): Promise<Host> {
		const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/serve.ts', ...args], {
			env: { ...process.env, PORT: String(port) },
			stdio: ['ignore', 'pipe', 'inherit']
		});
		for await (const line of createInterface({ input: child.stdout })) {
			const origin = /http:\/\/\S+/.exec(line)?.[0];
			if (origin !== undefined) return new Host(origin, child);
		}
		throw new Error('the server ended before it listened');
	}

	/** Resolves when nothing answers there any more. */
	async stop(): Promise<void> {
		if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
		const ended = once(this.#process, 'exit');
		this.#process.kill();
		await ended;
	}
}

/**
 * A connection over which not one byte came: Chromium connects for a frame before it looks at frame-src, then lets it be.
 */
export const silent = '(connected, and said nothing)';

/** Another origin: notes every connection, whatever is spoken over it, by the first line that was said. */
export class Stranger {
	readonly heard: string[] = [];
	readonly #server: Server;
	readonly #open = new Set<Socket>();

	private constructor(server: Server) {
		this.#server = server;
		server.on('connection', (socket) => {
			const at = this.heard.push(silent) - 1;
			this.#open.add(socket);
			socket.on('error', () => undefined);
			socket.on('data', (bytes) => {
				this.heard[at] = String(bytes).split('\r\n', 1)[0] ?? '';
				socket.end('HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\n');
			});
			socket.on('close', () => this.#open.delete(socket));
		});
	}

	static async start(): Promise<Stranger> {
		const server = createServer();
		server.listen(0);
		await once(server, 'listening');
		return new Stranger(server);
	}

	/** Host and port, without a scheme. */
	get address(): string {
		return `localhost:${(this.#server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		for (const socket of this.#open) socket.destroy();
		this.#server.close();
		await once(this.#server, 'close');
	}
}
