import type { ConsideredPolicy, Rule } from '#app/policy-trial.ts';
import { policy } from '#ui/texts/policy.ts';

/** One thing that changes from the policy in force to the edited one. */
export interface Change {
	readonly kind: 'added' | 'removed' | 'changed';
	readonly words: string;
}

/** All that changes, in words; empty where nothing does. What is gone stands first: it refuses what was allowed. */
export function changesOf(compared: ConsideredPolicy['comparison']): readonly Change[] {
	const texts = policy.comparison;
	const { actors, tools, states, required_fields, roles, rules, settings } = compared;
	const rule = (words: unknown) => texts.rule(policy.rule(words as Rule));
	const changes = [
		...both(actors, (name) => texts.actor(name)),
		...both(tools, texts.tool),
		...both(states, texts.state),
		...both(required_fields, texts.field),
		...both(roles, texts.role),
		...roles.changed.flatMap((role) => both(role, (name) => texts.roleActor(role.name, name))),
		...both(rules, rule),
		...settings.map(({ name, before, after }) =>
			change('changed', texts.setting(texts.settings[name], texts.value(before), texts.value(after)))
		),
		...(compared.are_rules_reordered ? [change('changed', texts.reordered)] : [])
	];
	const order = ['removed', 'added', 'changed'];
	return changes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function both<Item>(
	{ added, removed }: { readonly added: readonly Item[]; readonly removed: readonly Item[] },
	words: (item: Item) => string
): Change[] {
	return [
		...removed.map((item) => change('removed', words(item))),
		...added.map((item) => change('added', words(item)))
	];
}

function change(kind: Change['kind'], words: string): Change {
	return { kind, words };
}
