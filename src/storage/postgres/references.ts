import type { Connection } from '#storage/postgres/connection.ts';

/** Names of the tables in which a row refers to one that is not there. PostgreSQL does not look back by itself. */
export async function brokenReferences(connection: Connection): Promise<string[]> {
	const { rows } = await connection.query(
		`select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
			(select string_agg(format('child.%I = parent.%I', a.attname, b.attname), ' and ')
				from unnest(c.conkey, c.confkey) as keys (own, other)
				join pg_attribute a on a.attrelid = c.conrelid and a.attnum = own
				join pg_attribute b on b.attrelid = c.confrelid and b.attnum = other) as matches,
			(select string_agg(format('child.%I is not null', a.attname), ' and ')
				from unnest(c.conkey) as own join pg_attribute a on a.attrelid = c.conrelid and a.attnum = own) as given
		from pg_constraint c join pg_namespace n on n.oid = c.connamespace
		where c.contype = 'f' and n.nspname = current_schema() order by 1`,
		[]
	);
	const broken = new Set<string>();
	for (const { child, parent, matches, given } of rows) {
		const found = await connection.query(
			`select 1 from ${child} as child where ${given} and not exists (select 1 from ${parent} as parent where ${matches}) limit 1`,
			[]
		);
		if (found.rows.length > 0) broken.add(String(child));
	}
	return [...broken];
}
