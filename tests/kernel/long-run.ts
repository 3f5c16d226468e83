import { sha256Hex } from '#base/hash.ts';
import { createKernel } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy } from '#kernel/policy.ts';
import type { KernelRequest } from '#kernel/request.ts';
import type { VariantName } from '#kernel/variants.ts';

/** The root that `longRun` ends with, whatever program, engine and day it is. */
export const longRunRoots: Readonly<Record<VariantName, string>> = {
	strict: '3cdcea74c7bf3c8013d2786a835ec70c9e28b69737f73fc459e29b6c2b3b0f0f',
	permissive: '3cdcea74c7bf3c8013d2786a835ec70c9e28b69737f73fc459e29b6c2b3b0f0f',
	'evidence-first': 'c04d33b7d14a49ca364e0cb60f1891c9a5a06ce82bd289a653b26cab97bc8bcb',
	'dual-channel': 'df4d9749e519a3bd657167e2e8ba0c57fba654f3516ef5b67410099aca125624'
};

const actors = ['owner', 'Åsa', '👩‍💻', 'stranger', ''];
const tools = ['echo', 'fail', 'break', 'forbidden'];
const intents = ['Say it', '\u2028 \u0085', '', 'q\ud800', 'In der STRASSE', 'σίσυφος', 'ÄÖÜ ß 漢字'];
const numbers = [0, -0, 1.5, 1e21, 2n ** 70n, -7];
const evidences = [null, 'a note', ['one', 'two'], '', ' '];

/** 120 requests of every kind by the mirror's rules, on a clock of their own: what they ask for hangs on their number alone. */
export function longRun(variant: VariantName): readonly AuditEntry[] {
	let now = 1_700_000_000_000;
	const kernel = createKernel({
		rules: 'mirror',
		config: { kernel_id: `kernel-${variant}`, variant },
		policy: createPolicy({
			allowed_actors: ['role:people'],
			allowed_tools: ['echo', 'fail', 'break'],
			allow_intent_only: true,
			roles: { people: ['owner', 'Åsa', '👩‍💻'] },
			rules: [
				{ kind: 'rate', limit: 2, window_ms: 600_000, per: 'actor_and_tool' },
				{ kind: 'words', words: ['straße', 'ΣΊΣΥΦΟΣ'], in: 'intent', deny: true },
				{ kind: 'hours', from: '23:10', to: '23:35', zone: 'Europe/Berlin' }
			]
		}),
		clock: () => now,
		sha256: sha256Hex
	});
	const entries = Array.from({ length: 120 }, (_, at) => {
		now += (at * 7919) % 30_000;
		const step = kernel.submit(asked(at), ({ name }) => {
			if (name === 'break') throw new Error(`it broke at ${at}`);
			return name === 'fail' ? { ok: false, error: 'não' } : { ok: true, result: at };
		});
		if (!step.ok) throw new Error(step.error.message);
		return step.value.entry;
	});
	const halted = kernel.halt('Enough — für heute');
	if (!halted.ok) throw new Error(halted.error.message);
	return [...entries, halted.value.entry];
}

function asked(at: number): KernelRequest {
	const scope = at % 11 === 0 ? '' : 'this';
	const constraints = at % 4 === 3 ? null : { scope, non_goals: [], success_criteria: { said: true } };
	const name = pick(tools, at * 3);
	return {
		request_id: `r-${at}`,
		ts_ms: at,
		actor: pick(actors, at),
		intent: at % 3 === 0 ? 'Say it' : pick(intents, at),
		params: { n: pick(numbers, at), [`ключ ${at % 5}`]: [null, true, { '\u007f': 'x' }] },
		tool_call: at % 6 === 5 ? null : { name },
		evidence: pick(evidences, at * 7 + 1),
		constraints
	};
}

function pick<T>(among: readonly T[], at: number): T {
	return among[at % among.length] as T;
}
