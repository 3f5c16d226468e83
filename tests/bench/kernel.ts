import { loadKernel } from '#app/kernels.ts';
import { isoTime } from '#base/clock.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import type { CommandData, Kind } from '#domain/command.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { hashInput, type AuditEntry } from '#kernel/ledger.ts';
import { policyData } from '#kernel/policy-file.ts';
import { reflectionHandlers } from '#mirror/reflection.ts';
import { appendStep } from '#records/ledger.ts';
import { nothingPrepared, type Work } from '#records/work.ts';
import type { Database, Transaction } from '#storage/database.ts';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { openSlots } from '../storage/sql.ts';
import { median, ratio, rounded, type Figure } from './report.ts';
import { savedText } from './text.ts';

const rounds = 7;
/** Requests of each kind in a round. */
const together = 300;
/** Requests of one kind before the next one has its turn. */
const inARow = 20;
const characters = 600;

/**
 * What a kernel and its ledger cost, in Node, over databases in memory. Each deed saves a reflection, in turn with the
 * others and in a mirror of its own, so that all their tables grow alike.
 */
export async function kernelFigures(): Promise<Figure[]> {
	const [whole, submitting, denying, bare, complete] = await Promise.all([1, 2, 3, 4, 5].map(Side.open));
	if (!whole || !submitting || !denying || !bare || !complete) throw new Error('there are five sides');
	await denying.deny('reflection.create');
	return figuresOf(
		await inTurn({
			whole: (at) => whole.ask(at, 'accepted'),
			submitted: (at) => submitting.submit(at),
			denied: (at) => denying.ask(at, 'refused'),
			bare: (at) => bare.save(at, 'the entry'),
			complete: (at) => complete.save(at, 'all that is kept of it')
		})
	);
}

/** What is measured; each answers with the milliseconds that it took. */
type Deed = 'whole' | 'submitted' | 'denied' | 'bare' | 'complete';
type Deeds = Readonly<Record<Deed, (at: number) => Promise<number>>>;

/** The median of each deed in each round. The first round warms up. */
async function inTurn(deeds: Deeds): Promise<Record<Deed, number>[]> {
	const names = Object.keys(deeds) as Deed[];
	const medians: Record<Deed, number>[] = [];
	for (let at = 0; at < (rounds + 1) * together;) {
		const took: Record<Deed, number[]> = { whole: [], submitted: [], denied: [], bare: [], complete: [] };
		for (const end = at + together; at < end; at += inARow)
			for (const name of names)
				for (let more = 0; more < inARow; more++) took[name].push(await deeds[name](at + more));
		if (at === together) continue;
		const { whole, submitted, denied, bare, complete } = took;
		medians.push({
			...{ whole: median(whole), submitted: median(submitted), denied: median(denied) },
			...{ bare: median(bare), complete: median(complete) }
		});
	}
	return medians;
}

function figuresOf(took: readonly Record<Deed, number>[]): Figure[] {
	const pairs = (app: Deed, floor: Deed) => took.map((each) => ({ app: each[app], floor: each[floor] }));
	const times = (app: Deed, floor: Deed) => rounded(median(took.map((each) => each[app] / each[floor])));
	const detail = { requests: rounds * together, characters };
	return [
		ratio({
			name: 'submit with its ledger',
			floor: 'the same handler, the same insert of the entry, one SHA-256',
			bound: 1.5,
			rounds: pairs('submitted', 'bare'),
			detail: {
				...detail,
				// Beyond the kernel: envelope, commits under fresh salts, receipt, undo.
				'the whole way through the core, beside the same': times('whole', 'bare'),
				'and beside a floor that keeps as many rows': times('whole', 'complete')
			}
		}),
		ratio({
			name: 'a denied request',
			floor: 'the same request, allowed',
			bound: 1,
			rounds: pairs('denied', 'whole'),
			detail
		})
	];
}

const digest = textDigest(sha256Hex);
const kind = 'reflection.create';

/** A mirror, with its database and its kernel in hand. */
class Side {
	readonly #mirror: TestMirror;
	readonly #database: Database;
	readonly #kernel: Kernel;
	readonly #identity: string;
	/** What every entry of this side is like, but for its place, time and request. */
	readonly #entry: AuditEntry;
	#position = 1_000_000;
	#hash = '0'.repeat(64);

	private constructor(mirror: TestMirror, database: Database, kernel: Kernel, identity: string) {
		this.#mirror = mirror;
		this.#database = database;
		this.#kernel = kernel;
		this.#identity = identity;
		const step = kernel.submit(this.#asked(mirror.id()), () => ({ ok: true }));
		if (!step.ok) throw new Error(step.error.message);
		this.#entry = step.value.entry;
	}

	static async open(this: void, seed: number): Promise<Side> {
		const world = createWorld(seed, 'sqlite');
		const opened = await openSlots(world.files);
		if (!opened.ok) throw new Error(opened.error.message);
		const mirror = await TestMirror.open(world, () => Promise.resolve(opened));
		const { rows } = await mirror.read('identities.list', {});
		const { database } = opened.value;
		const kernel = await loadKernel(database, () => world.now, 'owner');
		return new Side(mirror, database, kernel, rows[0]?.id ?? '');
	}

	/** From now on a policy with one tool less is in charge. */
	async deny(tool: Kind): Promise<void> {
		const { allowed_tools, ...rest } = this.#kernel.policy;
		const policy = policyData({ ...rest, allowed_tools: allowed_tools.filter((each) => each !== tool) });
		const asked = { port: 'owner', reason: 'policy', policy } as const;
		const { code, message } = await this.#mirror.dispatch('kernel.replace', asked);
		if (code !== 'accepted') throw new Error(message ?? code);
	}

	/** The whole way of a request through the app. */
	async ask(at: number, expected: 'accepted' | 'refused'): Promise<number> {
		// So far apart that no refusal is one too many for an entry of its own.
		this.#mirror.world.now += 2000;
		const request = { id: this.#mirror.id(), kind, data: this.#data(at) };
		const began = performance.now();
		const { code, message } = await this.#mirror.core.dispatch(request);
		const took = performance.now() - began;
		if (code !== expected) throw new Error(message ?? code);
		return took;
	}

	/** Only the kernel: it decides, the handler runs in its savepoint, and the ledger grows with its head and its tree. */
	submit(at: number): Promise<number> {
		const [request, data] = [this.#asked(this.#mirror.id()), this.#data(at)];
		return this.#timed(async (tx) => {
			const admission = this.#kernel.admit(request);
			if (!admission.ok || admission.value.kind !== 'admitted') throw new Error('it was not allowed');
			await tx.savepoint(() => this.#handle(tx, data));
			const step = this.#kernel.conclude(admission.value, { ok: true });
			await appendStep(tx, this.#kernel.config.kernel_id, step);
		});
	}

	/** What somebody would do who has no kernel, and writes down what was done. */
	save(at: number, kept: 'the entry' | 'all that is kept of it'): Promise<number> {
		const [request_id, data] = [this.#mirror.id(), this.#data(at)];
		return this.#timed(async (tx) => {
			const work = await this.#handle(tx, data);
			const entry = { ...this.#entry, request_id, ts_ms: this.#mirror.world.now };
			const text = hashInput(this.#hash, entry);
			const prev_hash = this.#hash;
			this.#hash = digest(text);
			const seq = ++this.#position;
			const fields = text.slice(prev_hash.length + 1);
			const { kernel_id } = this.#kernel.config;
			await tx.run(
				'INSERT INTO ledger (position, kernel_id, ledger_seq, prev_hash, entry_hash, fields) VALUES (?, ?, ?, ?, ?, ?)',
				[seq, kernel_id, seq, prev_hash, this.#hash, fields]
			);
			if (kept === 'all that is kept of it') await this.#keep(tx, work, request_id);
		});
	}

	/** As many rows as the app keeps beside an entry, as long as they are there. */
	async #keep(tx: Transaction, { changes }: Work, request_id: string): Promise<void> {
		const [hash, salt, seq] = [this.#hash, new Uint8Array(32).fill(7), this.#position];
		for (const [ordinal, { entity, id }] of changes.entries())
			await tx.run(
				'INSERT INTO commit_salts (request_id, ordinal, entity, row_id, hash, salt) VALUES (?, ?, ?, ?, ?, ?)',
				[request_id, ordinal, entity, id, hash, salt]
			);
		const tree = JSON.stringify({ size: seq, hashes: Array.from({ length: 6 }, () => hash) });
		await tx.run(
			'UPDATE kernels SET state = ?, next_seq = ?, last_hash = ?, ts_ms = ?, tree = ? WHERE kernel_id = ?',
			['IDLE', seq, hash, this.#mirror.world.now, tree, this.#kernel.config.kernel_id]
		);
		await tx.run(
			'INSERT INTO receipts (request_id, kind, hash, salt, position, receipt) VALUES (?, ?, ?, ?, ?, ?)',
			[request_id, kind, hash, salt, seq, JSON.stringify({ ...receipt, request_id, evidence_hash: hash })]
		);
	}

	async #timed(work: (tx: Transaction) => Promise<void>): Promise<number> {
		this.#mirror.world.now += 2000;
		const began = performance.now();
		await this.#database.transaction(work);
		return performance.now() - began;
	}

	async #handle(tx: Transaction, data: CommandData<typeof kind>): Promise<Work> {
		const { world } = this.#mirror;
		const work: Work = {
			...{ tx, clock: () => world.now, random: world.random, now: isoTime(world.now) },
			...{ baseVersion: undefined, changes: [], erased: [] },
			prepared: nothingPrepared
		};
		const outcome = await reflectionHandlers[kind](data, work);
		if (!outcome.ok) throw new Error(outcome.error.message);
		return work;
	}

	#asked(request_id: string) {
		const { now } = this.#mirror.world;
		const params = { commit: this.#hash };
		return {
			...{ request_id, ts_ms: now, actor: 'owner', intent: 'Save a reflection', params },
			tool_call: { name: kind, params }
		};
	}

	#data(at: number): CommandData<typeof kind> {
		const created_at = isoTime(this.#mirror.world.now);
		return {
			...{ id: this.#mirror.id(), identity_id: this.#identity, visibility: 'local_only' },
			...{ content: savedText(at, characters), content_type: 'text', created_at },
			...{ local_date: created_at.slice(0, 10), title: null, tags: [], time_zone: null }
		};
	}
}

/** As the app stores one. */
const receipt = {
	...{
		status: 'ACCEPTED',
		decision: 'ALLOW',
		state_from: 'IDLE',
		state_to: 'IDLE',
		ts_ms: 1_795_000_000_000
	},
	...{ error: null, tool_result: null, code: 'accepted', message: null, position: 1_000_000 },
	result: { id: '019ac000-0000-7000-8000-000000000000', version: 1 }
};
