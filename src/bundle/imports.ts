import { utf8 } from '#base/bytes.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import type { ImportPreview } from '#domain/bundle.ts';
import { isAsShipped } from '#domain/pattern-choices.ts';
import { bundleTables } from '#records/bundle-rows.ts';
import { readMetadata } from '#records/reflection.ts';
import { readSettings } from '#records/setting.ts';
import type { Queryable } from '#records/work.ts';
import { planImport } from '#bundle/plan.ts';
import type { StagedImport } from '#bundle/staged.ts';

/** A staged import with the name it goes by. */
export interface NamedImport {
	readonly token: string;
	/** Of the rows: what a person agreed to is what is imported. */
	readonly sha256: string;
	readonly staged: StagedImport;
}

/** The file that was read last and waits for the person's word; kept in memory only. */
export class StagedImports {
	#last: NamedImport | null = null;

	put(token: string, staged: StagedImport): NamedImport {
		this.#last = { token, sha256: hashOf(staged), staged };
		return this.#last;
	}

	get(token: string): NamedImport | null {
		return this.#last?.token === token ? this.#last : null;
	}

	/** Forgets it: it was imported. */
	drop(token: string): void {
		if (this.#last?.token === token) this.#last = null;
	}
}

/** SHA-256 of all that an import would bring, row by row. */
function hashOf({ rows, versions, crisis_card, patterns }: StagedImport): string {
	const digest = (value: Json) => sha256Hex(utf8(canonicalJson(value)));
	const lists = [...bundleTables.map((table) => rows[table]), versions];
	const digests = lists.map((list) => digest(list.map((row) => digest({ ...row }))));
	return digest([...digests, crisis_card, patterns === null ? null : JSON.stringify(patterns)]);
}

/** At most so many findings are shown; the counts say how many there are. */
const shown = 200;

/** What an import would do to the mirror as it is now, but for what comes of its ledgers, which are long. */
export async function previewImport(
	db: Queryable,
	{ token, sha256, staged }: NamedImport
): Promise<Omit<ImportPreview, 'ledger'>> {
	const plan = await planImport(db, staged);
	const settings = await readSettings(db);
	const { reflections } = staged.rows;
	const read = reflections.map(({ metadata, created_at }) => ({
		...readMetadata(typeof metadata === 'string' ? metadata : null),
		written: String(created_at).slice(0, 10)
	}));
	const days = read.map(({ local_date, written }) => local_date ?? written).sort();
	const tags = new Set(read.flatMap((metadata) => metadata.tags ?? []));
	return {
		token,
		sha256,
		format: staged.format,
		entries: reflections.length,
		from: days[0] ?? null,
		to: days.at(-1) ?? null,
		tags: tags.size,
		attachments: 0,
		tables: plan.counts.filter(({ rows }) => rows > 0),
		notices: staged.notices,
		quarantined: plan.quarantined.slice(0, shown),
		changed: [...staged.changed, ...plan.changed].slice(0, shown),
		conflicts: plan.conflicts.slice(0, shown),
		skipped: staged.skipped,
		questions: staged.questions,
		crisis_card: settings.crisis_card === null ? staged.crisis_card : null,
		patterns: isAsShipped(settings.patterns) ? staged.patterns : null
	};
}
