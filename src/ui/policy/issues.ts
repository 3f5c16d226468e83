import type { Consideration } from '#app/policy-trial.ts';
import { policy as texts } from '#ui/texts/policy.ts';

/** What is wrong with the field at a path, in words; null where nothing is. */
export function wrongAt(considered: Consideration | null, path: string): string | null {
	if (considered?.kind !== 'no policy') return null;
	const issue = considered.issues.find((one) => one.path === path || one.path.startsWith(`${path}.`));
	if (issue === undefined) return null;
	const name = path.split('.').at(-1) ?? path;
	return texts.wrong[name] ?? issue.message;
}
