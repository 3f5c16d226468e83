import type { ViewRows } from '#domain/view.ts';

/** Whether this mirror's tables are known to be held below a version; not while that is still being read. */
export function isHeldBelow(rows: readonly ViewRows['schema.state'][] | null, since: string): boolean {
	return (
		rows?.[0]?.migrations.some(({ version, state }) => version === since && state !== 'applied') ?? false
	);
}
