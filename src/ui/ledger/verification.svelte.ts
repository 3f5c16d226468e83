import type { Client } from '#app/client.ts';
import type { LedgerVerification } from '#domain/ledger.ts';

type State =
	| { readonly kind: 'none' | 'stopped' | 'failed' }
	/** `of`: entries there are; 0 where they are not counted yet. */
	| { readonly kind: 'verifying'; readonly done: number; readonly of: number }
	| { readonly kind: 'done'; readonly found: LedgerVerification };

/** The verification that this page asks for, slice by slice, so that it can say how far it is and be stopped. */
export class LedgerCheck {
	readonly #client: Pick<Client, 'read'>;
	/** The name of the run that is asked to go on. */
	#run: string | null = null;
	state = $state.raw<State>({ kind: 'none' });

	constructor(client: Pick<Client, 'read'>) {
		this.#client = client;
	}

	async verify(): Promise<void> {
		if (this.#run !== null) return;
		const run = crypto.randomUUID();
		this.#run = run;
		this.state = { kind: 'verifying', done: 0, of: 0 };
		try {
			while (this.#run === run) {
				const { rows } = await this.#client.read('ledger.verifying', { run });
				const [step] = rows;
				if (this.#run !== run) return;
				if (step === undefined) throw new Error('the verification gave no answer');
				const { found, done, of } = step;
				if (found !== null) this.#run = null;
				this.state = found === null ? { kind: 'verifying', done, of } : { kind: 'done', found };
			}
		} catch {
			if (this.#run !== run) return;
			this.#run = null;
			this.state = { kind: 'failed' };
		}
	}

	/** Ends it; nothing happens where none goes on. */
	stop(): void {
		const run = this.#run;
		if (run === null) return;
		this.#run = null;
		this.state = { kind: 'stopped' };
		// Where no answer comes the run is forgotten by itself.
		this.#client.read('ledger.verifying', { run, then: 'stop' }).catch(() => undefined);
	}
}
