import type { ConsideredPolicy, Rule } from '#app/policy-trial.ts';
import { policy } from '#ui/texts/policy.ts';
import { ruleInWords } from '#ui/texts/policy-rule.ts';

/** One thing that changes from the policy in force to the edited one. */
export interface Change {
	readonly kind: 'added' | 'removed' | 'changed';
	readonly words: string;
}

/** All that changes, in words; empty where nothing does. What is gone stands first: it refuses what was allowed. */
export function changesOf(compared: ConsideredPolicy['comparison']): readonly Change[] {
	const texts = policy.comparison;
	const { actors, tools, states, required_fields, roles, rules, settings } = compared;
	const rule = (words: unknown) => texts.rule(ruleInWords(words as Rule));
	const changes = [
		...both(together(actors), texts.actor),
		...both(together(tools), texts.tool),
		...both(together(states), texts.state),
		...both(together(required_fields), texts.field),
		...both(together(roles), texts.role),
		...roles.changed.flatMap((role) => both(together(role), (names) => texts.roleActor(role.name, names))),
		...both(rules, rule),
		...settings.map(({ name, before, after }) =>
			change('changed', texts.setting(texts.settings[name], texts.value(before), texts.value(after)))
		),
		...(compared.are_rules_reordered ? [change('changed', texts.reordered)] : [])
	];
	const order = ['removed', 'added', 'changed'];
	return changes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** More names than these of one kind stand in one line. */
const few = 6;

type Sides<Item> = { readonly added: readonly Item[]; readonly removed: readonly Item[] };

function together({ added, removed }: Sides<string>): Sides<string> {
	const joined = (names: readonly string[]) => (names.length > few ? [names.join(', ')] : names);
	return { added: joined(added), removed: joined(removed) };
}

function both<Item>({ added, removed }: Sides<Item>, words: (item: Item) => string): Change[] {
	return [
		...removed.map((item) => change('removed', words(item))),
		...added.map((item) => change('added', words(item)))
	];
}

function change(kind: Change['kind'], words: string): Change {
	return { kind, words };
}
