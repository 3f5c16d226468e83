import type { Client } from '#app/client.ts';
import type { ReadPolicy } from '#app/policy-trial.ts';
import { err, type Result } from '#base/result.ts';
import { policy } from '#ui/texts/policy.ts';

const texts = policy.text;
/** In bytes; what is larger is no policy. */
const largest = 1_000_000;

/** The policy in a file that a person chose, or in words why there is none. */
export async function readFile(client: Client, file: File): Promise<Result<ReadPolicy, string>> {
	if (file.size > largest) return err(texts.tooLarge(file.name));
	const text = await file.text().catch(() => null);
	return text === null ? err(texts.unreadable(file.name)) : readText(client, file.name, text);
}

/** The same of a text, by its name. */
export async function readText(
	client: Client,
	name: string,
	text: string
): Promise<Result<ReadPolicy, string>> {
	const taken = await client.trials.take(text);
	return taken.ok ? taken : err(texts.wrong(name, taken.error.message));
}
