import { isoTime, localDay } from '#base/clock.ts';
import type { Draft, When } from '#app/drafts.ts';
import type { Request } from '#domain/command.ts';
import type { Reflection, Visibility } from '#domain/reflection.ts';
import { hereZone } from '#ui/format.ts';
import { request } from '#ui/request.ts';
import { momentOf } from '#ui/write/when.ts';

/** What a person wrote, as it stands in the fields. */
export interface Written {
	readonly id: string;
	readonly text: string;
	readonly title: string;
	/** When it is said to have been written; null: as it is. */
	readonly when: When | null;
}

export interface NewlyWritten extends Written {
	readonly identityId: string | null;
	readonly visibility: Visibility;
	/** When writing began, milliseconds: its day, here, is the day of the reflection. */
	readonly begunAt: number;
}

export function creationOf(written: NewlyWritten): Request<'reflection.create'> {
	const { id, identityId, visibility, begunAt } = written;
	return request('reflection.create', {
		...{ id, identity_id: identityId },
		visibility: identityId === null ? 'local_only' : visibility,
		...wordsOf(written),
		...placed(written.when, {
			created_at: isoTime(begunAt),
			local_date: localDay(begunAt),
			time_zone: hereZone()
		})
	});
}

/** Changes the words of a reflection; all else stays as it stood when the edit began. */
export function changeOf(base: Reflection, written: Written): Request<'reflection.edit'> {
	const { id, content_type, version } = base;
	const data = {
		...{ id, content_type },
		...wordsOf(written),
		tags: tagsBesides(base.content, base.metadata.tags),
		...placed(written.when, placeOf(base))
	};
	return request('reflection.edit', data, version);
}

/**
 * Whether a reflection holds all that was written: the words, the title, and the day and the time where some were chosen.
 * Only then nothing is lost when a draft of it is let go.
 */
export function isHeld(written: Pick<Draft, 'text' | 'title' | 'when'>, by: Reflection): boolean {
	const { content, title } = wordsOf({ text: written.text, title: written.title ?? '' });
	const [said, stands] = [placed(written.when, placeOf(by)), placeOf(by)];
	return (
		content === by.content &&
		title === (by.metadata.title ?? null) &&
		said.created_at === stands.created_at &&
		said.local_date === stands.local_date &&
		said.time_zone === stands.time_zone
	);
}

interface Place {
	readonly created_at: string;
	readonly local_date: string;
	readonly time_zone: string | null;
}

function placeOf({ created_at, metadata }: Reflection): Place {
	const { local_date, time_zone } = metadata;
	return {
		created_at,
		local_date: local_date ?? created_at.slice(0, 10),
		time_zone: time_zone ?? null
	};
}

/** The day is that of the calendar where the person says it was: no zone moves it afterwards. */
function placed(when: When | null, asItIs: Place): Place {
	const moment = when === null ? null : momentOf(when);
	if (when === null || moment === null) return asItIs;
	return { created_at: isoTime(moment), local_date: when.day, time_zone: when.zone };
}

/** Tags that do not stand in the text: those that do come and go with it. */
export function tagsBesides(content: string, tags: readonly string[] = []): string[] {
	return tags.filter((tag) => !content.includes(`#${tag}`));
}

function wordsOf({ text, title: typed }: Pick<Written, 'text' | 'title'>): {
	readonly content: string;
	readonly title: string | null;
} {
	const title = storable(typed.trim());
	return { content: storable(text), title: title === '' ? null : title };
}

/** What a database can hold: a byte order mark at the beginning goes, half a character and U+0000 become the sign for it. */
function storable(text: string): string {
	return text
		.replace(/^\ufeff+/, '')
		.replaceAll('\0', '\ufffd')
		.toWellFormed();
}
