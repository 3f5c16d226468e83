import type { Json } from '#base/canonical.ts';

/** The actors of each role, by its name. */
export type Roles = Readonly<Record<string, readonly string[]>>;

const mark = 'role:';

/**
 * Whether a list admits a name: `*` admits everyone and everything, `role:NAME` the actors of a role, every other entry the
 * one that is called so, exactly. An entry whose role is not defined is a name like any other, as the reference reads it.
 */
export function admits(list: readonly string[], name: Json | undefined, roles: Roles = {}): boolean {
	return list.some((entry) => {
		if (entry === '*') return true;
		const role = entry.startsWith(mark) ? entry.slice(mark.length) : null;
		// An actor that calls itself `role:family` is not of the family.
		if (role !== null && Object.hasOwn(roles, role)) return admits(roles[role] ?? [], name);
		return entry === name;
	});
}
