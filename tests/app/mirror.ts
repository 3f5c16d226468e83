import { readdirSync, readFileSync } from 'node:fs';
import { bytesToHex } from '@noble/hashes/utils.js';
import { localDay } from '#base/clock.ts';
import { uuidv7 } from '#base/uuid.ts';
import type { ImportPreview } from '#domain/bundle.ts';
import type { Kind, Request } from '#domain/command.ts';
import type { ArchiveVerification } from '#domain/evidence.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Answer, ViewInput, ViewName } from '#domain/view.ts';
import { checkArchive } from '#app/archive-check.ts';
import { checkEvidence } from '#app/check-evidence.ts';
import { readImport } from '#app/read-import.ts';
import { onlyEngine } from '#app/engines.ts';
import { openCore } from '#app/open-core.ts';
import { loadKernel } from '#app/kernels.ts';
import { generateKey, generatePermitKey, permitKeyOf, signingKeyOf, type SigningKey } from '#app/signing.ts';
import type { OwnedCore } from '#app/tab.ts';
import type { Database, Dialect, OpenResult } from '#storage/database.ts';
import type { MigrationFile } from '#storage/migration.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { openPlace, postgresPlace, type PostgresPlace } from '../storage/postgres.ts';
import { openSlots, sql } from '../storage/sql.ts';
import { HandTimer } from '../wire/timer.ts';

/** The engine that tests of records run on: the suite runs once on each (vitest.config.ts). */
const usual: Dialect = process.env['MIRROR_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite';

/** The migrations as they are shipped. */
export function shipped(dialect: Dialect): MigrationFile[] {
	const folder = new URL(`../../migrations/${dialect}/`, import.meta.url);
	return readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
}

/** Of the databases inside bundles, whatever engine runs. */
export const migrations = shipped('sqlite');

/** A clock that is set by hand, and randomness that is the same in every run. */
export interface World {
	now: number;
	/** Of tools that take too long: it goes as far as a test says. */
	readonly time: HandTimer;
	readonly engine: Dialect;
	/** What SQLite keeps of it. */
	readonly files: SlotFiles;
	/** What PostgreSQL keeps of it. */
	readonly place: PostgresPlace;
	readonly random: (length: number) => Uint8Array;
	/** What happens while a long reading lets others have their turn. */
	pause: () => Promise<void>;
	/** The migrations of the app that opens it next. */
	migrations: (dialect: Dialect) => readonly MigrationFile[];
}

export function createWorld(seed = 1, engine = usual): World {
	let state = seed;
	return {
		now: Date.UTC(2026, 10, 21, 8, 30),
		time: new HandTimer(),
		engine,
		files: memorySlots(),
		place: postgresPlace(),
		pause: () => Promise.resolve(),
		migrations: shipped,
		// Mulberry32: enough to tell ids apart.
		random: (length) =>
			Uint8Array.from({ length }, () => {
				state = (state + 0x6d2b79f5) | 0;
				let t = Math.imul(state ^ (state >>> 15), 1 | state);
				t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
				return ((t ^ (t >>> 14)) >>> 0) & 255;
			})
	};
}

/** Opens the database of a world. */
function openWorld({ engine, files, place }: World): Promise<OpenResult> {
	return engine === 'sqlite' ? openSlots(files) : openPlace(place);
}

/** The database of a world, behind the kernel's back. */
export async function databaseOf(world: World): Promise<Database> {
	const result = await openWorld(world);
	if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
	return result.value.database;
}

/** Starts as a version of the app that has other commands: another kernel begins. */
export async function asOtherVersion(world: World): Promise<void> {
	const database = await databaseOf(world);
	await loadKernel(database, () => world.now, 'owner', undefined, ['settings.alter']);
	await database.close();
}

/** The key of every mirror of a run: two of them that live the same life write the same rows. */
const keyOfAll = generateKey().then(signingKeyOf);
const signatures = new Map<string, Promise<string>>();

/** ECDSA draws a random number for each signature; the same bytes get the one that they got before. */
export async function testSigningKey(): Promise<SigningKey> {
	const { publicKey, sign } = await keyOfAll;
	return {
		publicKey,
		sign: (bytes) => {
			const key = bytesToHex(bytes);
			const signature = signatures.get(key) ?? sign(bytes);
			signatures.set(key, signature);
			return signature;
		}
	};
}

const permitKeyOfAll = generatePermitKey().then(permitKeyOf);

/** The key that the permits of every mirror of a run are signed with. */
export function testPermitKey() {
	return permitKeyOfAll;
}

/** A mirror over files in memory, as a page would use it. */
export class TestMirror {
	readonly world: World;
	readonly core: OwnedCore;

	private constructor(world: World, core: OwnedCore) {
		this.world = world;
		this.core = core;
	}

	static async open(
		world: World = createWorld(),
		database: () => Promise<OpenResult> = () => openWorld(world),
		signingKey = testSigningKey
	): Promise<TestMirror> {
		const opened = await openCore({
			engines: onlyEngine(world.engine, database, world.migrations),
			sql: async () => sql,
			readImport: async (file) => {
				const today = localDay(world.now);
				return readImport(new Uint8Array(await file.arrayBuffer()), { sql: async () => sql, today });
			},
			clock: () => world.now,
			random: world.random,
			signingKey,
			permitKey: testPermitKey,
			timer: world.time.timer,
			pause: () => world.pause(),
			backup: (database) => database.compact()
		});
		if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`);
		return new TestMirror(world, opened.value);
	}

	/** Over a core that was opened in another way. */
	static over(world: World, core: OwnedCore): TestMirror {
		return new TestMirror(world, core);
	}

	/** Closes and opens again over the same files. */
	async restart(): Promise<TestMirror> {
		await this.core.close();
		return TestMirror.open(this.world);
	}

	id(): string {
		return uuidv7(this.world.now++, this.world.random);
	}

	dispatch<K extends Kind>(
		kind: K,
		data: Request<K>['data'],
		more: Partial<Request<K>> = {}
	): Promise<Receipt> {
		return this.core.dispatch({ id: this.id(), kind, data, ...more });
	}

	async read<V extends ViewName>(view: V, params: ViewInput<V>): Promise<Answer<V>> {
		const answer = await this.core.read(view, params);
		if (!answer.ok) throw new Error(answer.error.message);
		return answer.value as Answer<V>;
	}

	/** Verifies an archive as a page does; null where there is no such file. */
	async checkArchive(name: string): Promise<ArchiveVerification | null> {
		const checked = await this.askedArchive(name, new AbortController().signal);
		if (!checked.ok) throw new Error(checked.error.message);
		return checked.value;
	}

	askedArchive(name: string, signal: AbortSignal) {
		return checkArchive(
			{ name, signal, tell: () => undefined },
			{
				read: (view, params) => this.read(view, params),
				check: async ({ file, root, tell }) =>
					checkEvidence(new Uint8Array(await file.arrayBuffer()), { root }, tell)
			}
		);
	}

	/** Exports a bundle and answers with its bytes. */
	async export(choice: Request<'bundle.export'>['data'] = {}): Promise<Uint8Array<ArrayBuffer>> {
		const { receipt, file } = await this.core.exportBundle({ id: this.id(), data: choice });
		if (file === null) throw new Error(`${receipt.code}: ${receipt.message}`);
		return new Uint8Array(await file.arrayBuffer());
	}

	/** Shows what an import would do; a file that is not read is an error of the test. */
	async stage(bytes: Uint8Array): Promise<ImportPreview> {
		const staged = await this.core.stageImport(new Blob([bytes as BlobPart]));
		if (!staged.ok) throw new Error(`${staged.error.code}: ${staged.error.message}`);
		return staged.value;
	}

	/** Imports a file and answers with the receipt. */
	async import(
		bytes: Uint8Array,
		more: { identity_id?: string; crisis_card?: boolean; patterns?: boolean } = {}
	): Promise<Receipt> {
		const { token, sha256 } = await this.stage(bytes);
		return this.dispatch('import.run', { token, sha256, ...more });
	}

	/** Saves a reflection and answers with its id. */
	async write(content: string, more: Partial<Request<'reflection.create'>['data']> = {}): Promise<string> {
		const id = this.id();
		const created_at = new Date(this.world.now).toISOString();
		const local_date = created_at.slice(0, 10);
		const receipt = await this.dispatch('reflection.create', {
			...{ id, identity_id: null, content, created_at, local_date },
			...more
		});
		if (receipt.code !== 'accepted') throw new Error(`${receipt.code}: ${receipt.message}`);
		return id;
	}
}
