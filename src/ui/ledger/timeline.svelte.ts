import type { LedgerFilter } from '#domain/ledger.ts';

/** What the timeline is narrowed to. It stands in no address: what somebody looks for is theirs. */
export class TimelineFilter {
	decision = $state<LedgerFilter['decision'] | null>(null);
	actor = $state<string | null>(null);
	tool = $state<string | null>(null);
	kernelId = $state<string | null>(null);
	/** Days here, `YYYY-MM-DD`, both of them among what is shown; empty where none is chosen. */
	from = $state('');
	to = $state('');

	where = $derived<LedgerFilter>({
		...(this.decision === null || this.decision === undefined ? {} : { decision: this.decision }),
		...(this.actor === null ? {} : { actor: this.actor }),
		...(this.tool === null ? {} : { tool: this.tool }),
		...(this.kernelId === null ? {} : { kernel_id: this.kernelId }),
		...dayBegins('from_ms', this.from, 0),
		...dayBegins('until_ms', this.to, 1)
	});
	isNarrowed = $derived(Object.keys(this.where).length > 0);

	clear(): void {
		this.decision = null;
		this.actor = null;
		this.tool = null;
		this.kernelId = null;
		this.from = '';
		this.to = '';
	}
}

/** When a day begins here, or the one so many days after it; nothing where no day is chosen. */
function dayBegins(name: 'from_ms' | 'until_ms', day: string, after: number): LedgerFilter {
	const [year = Number.NaN, month = 1, date = 1] = day.split('-').map(Number);
	// Some days of some zones have 23 hours: the calendar knows.
	const ms = new Date(year, month - 1, date + after).getTime();
	return day === '' || Number.isNaN(ms) ? {} : { [name]: ms };
}
