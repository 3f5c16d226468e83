import { ok } from '#base/result.ts';
import type { CommandData } from '#domain/command.ts';
import type { ReflectionMetadata } from '#domain/reflection.ts';
import { rowById } from '#records/row.ts';
import {
	currentVersion,
	getReflection,
	insertReflection,
	readMetadata,
	reflectionRow,
	replaceReflection,
	toVersion,
	updateReflection,
	versionRows
} from '#records/reflection.ts';
import {
	listReflections,
	onThisDay,
	reflectionHits,
	searchReflections,
	tagCounts
} from '#records/reflection-list.ts';
import { trashRow } from '#records/trash.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { refuse } from '#records/refuse.ts';
import { tagsIn } from '#records/hashtags.ts';

type Written = Pick<
	CommandData<'reflection.create'>,
	'content' | 'title' | 'tags' | 'local_date' | 'time_zone'
>;

export const reflectionHandlers: HandlerMap<'reflection.create' | 'reflection.edit' | 'reflection.share'> = {
	'reflection.create': async (data, work) => {
		const { id, identity_id, visibility, content, content_type, created_at } = data;
		const known = (await reflectionRow(work.tx, id)) ?? (await trashRow(work.tx, id));
		if (known !== null) return refuse('already_exists', 'This reflection is saved already.');
		if (identity_id !== null && (await rowById(work.tx, 'identities', identity_id)) === null) {
			return refuse(
				'not_found',
				'The identity you chose is no longer there. Choose another one; your words are kept.'
			);
		}
		const metadata = JSON.stringify(metadataOf({}, data));
		await insertReflection(work, {
			id,
			identity_id,
			content,
			content_type,
			visibility,
			created_at,
			source: 'direct',
			metadata
		});
		return ok({ id, version: 1 });
	},
	'reflection.edit': async (data, work) => {
		const row = await reflectionRow(work.tx, data.id);
		if (row === null)
			return refuse('not_found', 'This reflection is no longer there. Your words are kept as a draft.');
		const version = await currentVersion(work.tx, data.id);
		if (work.baseVersion !== undefined && work.baseVersion !== version) {
			return refuse(
				'version_conflict',
				'This reflection was changed elsewhere since you opened it. Both texts are kept.'
			);
		}
		const { id, content, content_type, created_at, metadata } = row;
		const before = {
			reflection_id: id,
			version,
			content,
			content_type,
			created_at,
			metadata,
			replaced_at: work.now
		};
		const after: ReflectionMetadata = {
			...metadataOf(readMetadata(metadata), data),
			// A day without a time stays one until somebody sets the time.
			time_known: data.created_at !== created_at || readMetadata(metadata).time_known !== false,
			...(data.pinned === undefined ? {} : { pinned: data.pinned }),
			edited_at: work.now
		};
		await updateReflection(
			work,
			{
				...row,
				content: data.content,
				content_type: data.content_type,
				created_at: data.created_at,
				metadata: JSON.stringify(after)
			},
			before
		);
		return ok({ id, version: version + 1 });
	},
	'reflection.share': async ({ ids, visibility }, work) => {
		let shared = 0;
		for (const id of new Set(ids)) {
			const row = await reflectionRow(work.tx, id);
			if (row === null)
				return refuse('not_found', 'One of these reflections is no longer there. Nothing was changed.');
			if (row.identity_id === null && visibility !== 'local_only') {
				return refuse(
					'invalid_data',
					'What belongs to no identity stays on this device. Nothing was changed.'
				);
			}
			if (row.visibility === visibility) continue;
			await replaceReflection(work, { ...row, visibility });
			shared++;
		}
		return ok({ shared });
	}
};

/** What was written replaces what the app keeps in metadata; keys of other programs stay. */
function metadataOf(before: ReflectionMetadata, written: Written): ReflectionMetadata {
	const tags = [...new Set([...written.tags, ...tagsIn(written.content)])];
	const { title: _title, tags: _tags, time_zone: _zone, ...kept } = before;
	return {
		...kept,
		...(written.title === null || written.title === '' ? {} : { title: written.title }),
		...(tags.length === 0 ? {} : { tags }),
		...(written.time_zone === null ? {} : { time_zone: written.time_zone }),
		local_date: written.local_date,
		time_known: true
	};
}

export const reflectionViewMap: ViewMap<
	| 'reflections.list'
	| 'reflections.search'
	| 'reflections.get'
	| 'reflections.hits'
	| 'reflections.versions'
	| 'reflections.on_this_day'
	| 'reflections.tags'
> = {
	'reflections.list': listReflections,
	'reflections.search': searchReflections,
	'reflections.get': async (db, { id }) => {
		const reflection = await getReflection(db, id);
		return { rows: reflection === null ? [] : [reflection] };
	},
	'reflections.hits': reflectionHits,
	'reflections.versions': async (db, { id }) => ({ rows: (await versionRows(db, id)).map(toVersion) }),
	'reflections.on_this_day': onThisDay,
	'reflections.tags': tagCounts
};
