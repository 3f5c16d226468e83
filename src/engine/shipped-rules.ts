import { MACHINE_RULES } from '#engine/constitution/rules.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import { loadRules } from '#engine/rulebook.ts';

/** Parsed once: nothing is mirrored without a complete constitution. */
export const shippedRules = loadRules(MACHINE_RULES, CONSTITUTION_TEXTS);
