import { describe, expect, test } from 'vitest';
import type { feedbackFlags } from '#domain/mirrorback.ts';
import { TestMirror } from './mirror.ts';

const entry =
	'I want to go to the lake, but I feel I must stay with my mother. Maybe the boat is only a boat. ' +
	'I am afraid of the winter, and I never say so. What if nobody asks me again?';

/** Asks for a mirrorback, says something of it where there is something to say, and answers with it. */
async function asked(
	mirror: TestMirror,
	reflection_id: string,
	flag: (typeof feedbackFlags)[number] | null = null
) {
	const engine_run_id = mirror.id();
	const id = mirror.id();
	const { code, result } = await mirror.dispatch('mirrorback.create', { id, reflection_id, engine_run_id });
	expect(code).toBe('accepted');
	if (flag !== null)
		await mirror.dispatch('feedback.give', { id: mirror.id(), engine_run_id, flags: [flag] });
	const { rows } = await mirror.read('mirrorbacks.list', { reflection_id });
	return { kind: result?.['kind'], said: rows.find((row) => row.id === id) ?? null };
}

/** What a mirrorback shows of the entry. */
function shown(said: { readonly metadata: Readonly<Record<string, unknown>> } | null): string[] {
	const anchors = (said?.metadata['anchors'] ?? []) as readonly (readonly [number, number])[];
	return anchors.map(([start, end]) => entry.slice(start, end));
}

describe('what a person said of a mirrorback is remembered', () => {
	test('"Less": the next ones are a quotation and nothing else, until more is welcome', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write(entry);
		const paragraphs = async () => (await asked(mirror, id)).said?.content.split('\n\n').length ?? 0;
		const before = [];
		for (let at = 0; at < 8; at++) before.push(await paragraphs());
		expect(Math.max(...before)).toBeGreaterThan(1);
		await asked(mirror, id, 'too_long');
		for (let at = 0; at < 8; at++) expect(await paragraphs()).toBe(1);
		await asked(mirror, id, 'actually_helpful');
		const after = [];
		for (let at = 0; at < 8; at++) after.push(await paragraphs());
		expect(Math.max(...after)).toBeGreaterThan(1);
	});

	test('"Not it": what was shown is not shown again, and when nothing is left the mirror is silent', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write(entry);
		const refused = new Set<string>();
		for (;;) {
			const { kind, said } = await asked(mirror, id, 'off_topic');
			if (kind === 'silent') break;
			const [quote = ''] = shown(said);
			expect(refused).not.toContain(quote);
			for (const words of shown(said)) refused.add(words);
		}
		expect(refused.size).toBeGreaterThan(1);
	});

	test('"Say nothing": it is kept, and marked so that no page shows it', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write(entry);
		expect((await asked(mirror, id, 'actually_helpful')).said?.is_silenced).toBe(false);
		expect((await asked(mirror, id, 'unhelpful')).said?.is_silenced).toBe(true);
	});
});
