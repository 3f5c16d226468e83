import { utf8 } from '#base/bytes.ts';
import { tryCanonical } from '#base/canonical.ts';
import { ok, type Result } from '#base/result.ts';
import { longestContent } from '#domain/common.ts';
import { tagsIn } from '#records/hashtags.ts';
import type { BundleRow } from '#records/bundle-rows.ts';
import { derivedId } from '#bundle/derived-id.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { importLimits } from '#wire/bundle-manifest.ts';
import { byTable, type StagedImport } from '#bundle/staged.ts';
import { cleanText, isMended } from '#bundle/text.ts';
import { placeOf, readEpoch, readTime, type ReadTime } from '#bundle/time.ts';

/**
 * Reads a list of `{date, text}` that a JSON file held. `date` is null, a day, an ISO 8601 time, or a number of seconds or milliseconds since
 * 1970. `today` (`YYYY-MM-DD`) is the day of what has none; whatever else stands there is counted in a notice and kept in
 * `metadata.original_date`. The id of an entry follows from the file alone, so that a second import adds nothing.
 */
export function readDiary(list: unknown, today: string): Result<StagedImport, ImportFailure> {
	if (!Array.isArray(list) || !list.some(isEntry)) {
		const why =
			'This JSON file is not a list of entries with "date" and "text", nor an export of the original Mirror OS.';
		return refuseFile('unknown_format', why);
	}
	if (list.length > importLimits.rowsPerTable)
		return refuseFile('too_many_rows', 'This file holds more than 100,000 entries.');
	return ok(stage(list, today));
}

function stage(list: readonly unknown[], today: string): StagedImport {
	const skipped = new Map<string, number>();
	const equals = new Map<string, number>();
	const reflections: BundleRow[] = [];
	let undated = 0;
	let unread = 0;
	let mended = 0;
	for (const item of list) {
		const reason = isEntry(item) ? unfit(item.text) : 'no text';
		if (!isEntry(item) || reason !== null) {
			skipped.set(reason ?? '', (skipped.get(reason ?? '') ?? 0) + 1);
			continue;
		}
		const date = readDate(item.date);
		if (date.said === null) undated++;
		else if (date.read === null) unread++;
		if (isMended(item.text)) mended++;
		reflections.push(toReflection(item.text, date, today, equals));
	}
	const notices: string[] = [];
	const notice = (count: number, what: string) => {
		if (count > 0) notices.push(`${count} ${count === 1 ? 'entry' : 'entries'}: ${what}`);
	};
	notice(undated, 'no date, so the day of the import stands for it.');
	notice(unread, 'a date that cannot be read, so the day of the import stands for it.');
	notice(mended, 'characters that no text may hold (half a character, or U+0000), replaced by \ufffd.');
	return {
		format: 'json_diary',
		rows: { ...byTable(() => []), reflections },
		versions: [],
		crisis_card: null,
		patterns: null,
		found: { ...byTable(() => 0), reflections: list.length },
		notices,
		quarantined: [],
		changed: [],
		skipped: [...skipped].map(([reason, count]) => ({ reason, count })),
		ledgers: [],
		questions: []
	};
}

function isEntry(item: unknown): item is { text: string; date?: unknown } {
	return typeof item === 'object' && item !== null && 'text' in item && typeof item.text === 'string';
}

function unfit(text: string): string | null {
	if (text.trim() === '') return 'empty';
	return utf8(text).length > longestContent ? 'longer than 1 MiB' : null;
}

interface DiaryDate {
	/** As it stood in the file; null where there was none. */
	readonly said: string | number | null;
	/** Null where it is no time that can be read. */
	readonly read: ReadTime | null;
}

function readDate(date: unknown): DiaryDate {
	if (date === null || date === undefined) return { said: null, read: null };
	if (typeof date === 'string') return { said: date, read: readTime(date) };
	if (typeof date === 'number') return { said: date, read: readEpoch(date) };
	const text = tryCanonical(date);
	return { said: text.ok ? text.value : 'too deep to be shown', read: null };
}

const undated = { time: '', known: false, offset: null };

function toReflection(
	text: string,
	{ said, read }: DiaryDate,
	today: string,
	equals: Map<string, number>
): BundleRow {
	const content = cleanText(text);
	const key = JSON.stringify([said, content]);
	const index = equals.get(key) ?? 0;
	equals.set(key, index + 1);
	const tags = tagsIn(content);
	const metadata = {
		...(tags.length > 0 ? { tags } : {}),
		...placeOf(read ?? { ...undated, day: today }),
		...(read === null && said !== null ? { original_date: String(said).slice(0, 200) } : {}),
		imported_from: 'json_diary'
	};
	return {
		id: derivedId(read?.time ?? null, ['json_diary', said, content, index]),
		identity_id: null,
		content,
		content_type: 'text',
		visibility: 'local_only',
		created_at: read?.time ?? `${today}T12:00:00.000Z`,
		source: 'import',
		metadata: JSON.stringify(metadata)
	};
}
