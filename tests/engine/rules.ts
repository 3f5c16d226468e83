import { MACHINE_RULES } from '#engine/constitution/rules.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import type { Rules } from '#engine/rulebook.ts';
import { loadRules } from '#engine/rulebook.ts';

/** The rules as shipped, or as changed by `change`. */
export function rulesWith(change: (data: typeof MACHINE_RULES) => void = () => {}): Rules {
	const data = structuredClone(MACHINE_RULES);
	change(data);
	const loaded = loadRules(data, CONSTITUTION_TEXTS);
	if (!loaded.ok) throw new Error(loaded.error.message);
	return loaded.value;
}

export const RULES = rulesWith();
