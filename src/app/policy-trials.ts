import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { Answer } from '#domain/view.ts';
import type { KernelSlice } from '#domain/kernel.ts';
import type { ReadOwn } from '#app/own-check.ts';
import type { Desk } from '#app/policy-desk.ts';
import type {
	AskedConsideration,
	AskedTrial,
	Consideration,
	Policy,
	ReadPolicy,
	TrialReport,
	Variant,
	WrittenPolicy
} from '#app/policy-trial.ts';

/** Every method of a desk as it is called across the border of a worker. */
export type RemoteDesk = {
	readonly [Name in keyof Desk]: (
		...given: Parameters<Desk[Name]>
	) => Promise<Awaited<ReturnType<Desk[Name]>>>;
};

/** A desk, and how to end it with whatever it is doing. */
export interface OpenDesk {
	readonly desk: RemoteDesk;
	readonly end: () => void;
}

export interface TrialDependencies {
	readonly open: () => Promise<OpenDesk>;
	/** Resolves after so many milliseconds. */
	readonly after: (ms: number) => Promise<void>;
	readonly read: ReadOwn;
}

export interface AskedRun extends AskedTrial {
	readonly kernel: AskedTrial['kernel'] & { readonly kernel_id: string };
	/** Told how many entries were asked about. */
	readonly tell: (done: number) => void;
	/** Ends the run, which then answers with `cancelled`. */
	readonly signal: AbortSignal;
}

/** `too_slow`: it was stopped before it came to an end; `cancelled`: by the person; `failed`: it broke. */
export type TrialFailure = Failure<'too_slow' | 'cancelled' | 'failed'>;

/** Tries policies out in workers of their own, so that none of them can hold up the page or the mirror. Changes nothing. */
export interface PolicyTrials {
	consider(asked: AskedConsideration): Promise<Result<Consideration, TrialFailure>>;
	take(text: string): Promise<Result<ReadPolicy, Failure>>;
	write(
		policy: Policy,
		kernel: { readonly id: string; readonly variant: Variant }
	): Promise<Result<WrittenPolicy, TrialFailure>>;
	/** Asks a kernel of a variant with a policy about all that one kernel decided on. */
	dryRun(asked: AskedRun): Promise<Result<TrialReport, TrialFailure>>;
	/** Ends what is open. Whoever asks afterwards opens it anew. */
	close(): void;
}

/** A consideration that takes longer than this, milliseconds, is stopped: it is asked again at each stroke of a key. */
const patience = 10_000;

export function createTrials({ open, after, read }: TrialDependencies): PolicyTrials {
	let opened: Promise<OpenDesk> | null = null;

	function close(): void {
		void opened?.then(({ end }) => end());
		opened = null;
	}

	async function within<T>(ask: (desk: RemoteDesk) => Promise<T>): Promise<Result<T, TrialFailure>> {
		opened ??= open();
		const mine = opened;
		try {
			const { desk } = await mine;
			const late = after(patience).then(() => null);
			const answer = await Promise.race([ask(desk).then((value) => ({ value })), late]);
			if (answer !== null) return ok(answer.value);
		} catch (error) {
			if (opened === mine) close();
			return err(failure('failed', String(error)));
		}
		if (opened === mine) close();
		return err(failure('too_slow', 'it took too long and was stopped'));
	}

	async function take(text: string): Promise<Result<ReadPolicy, Failure>> {
		const read = await within((desk) => desk.take(text));
		return read.ok ? read.value : read;
	}

	return {
		consider: (asked) => within((desk) => desk.consider(asked)),
		take,
		write: (policy, kernel) => within((desk) => desk.write(policy, kernel)),
		dryRun: (asked) => runOn(open, read, asked),
		close
	};
}

/** Runs in a worker of its own, which ends with it. */
async function runOn(
	open: TrialDependencies['open'],
	read: ReadOwn,
	{ policy, variant, kernel, tell, signal }: AskedRun
): Promise<Result<TrialReport, TrialFailure>> {
	const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
	const { desk, end } = await open();
	try {
		const report = await Promise.race([run(), stopped]);
		return report === null ? err(failure('cancelled', 'it was stopped')) : ok(report);
	} catch (error) {
		return err(failure('failed', String(error)));
	} finally {
		end();
	}

	async function run(): Promise<TrialReport | null> {
		const lookBack = await desk.begin({ policy, variant, kernel });
		if (lookBack > 0) {
			for (const before of await kernelsBefore(lookBack))
				for await (const slice of slicesOf(before)) await desk.follow(slice);
		}
		let done = 0;
		for await (const slice of slicesOf(kernel.kernel_id)) {
			await desk.push(slice);
			tell((done += slice.entries.length));
		}
		return signal.aborted ? null : desk.finish();
	}

	async function* slicesOf(kernel_id: string): AsyncGenerator<KernelSlice> {
		for (let from: number | null = 0; from !== null && !signal.aborted;) {
			const { rows }: Answer<'kernel.entries'> = await read('kernel.entries', { kernel_id, from });
			const slice: KernelSlice | undefined = rows[0];
			if (slice === undefined) return;
			yield slice;
			from = slice.next;
		}
	}

	/** Those in charge of the port before this one that were so within the time, oldest first. */
	async function kernelsBefore(lookBack: number): Promise<string[]> {
		const { rows } = await read('kernel.status', {});
		// The newest one stands first.
		const ofPort = rows.filter(({ port }) => port === kernel.port);
		const at = ofPort.findIndex(({ kernel_id }) => kernel_id === kernel.kernel_id);
		const after = Date.parse(ofPort[at]?.opened_at ?? '') - lookBack;
		const before = ofPort.slice(at + 1).filter(({ closed_at }) => Date.parse(closed_at ?? '') > after);
		return before.map(({ kernel_id }) => kernel_id).reverse();
	}
}
