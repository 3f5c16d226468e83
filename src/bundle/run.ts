import * as v from 'valibot';
import { err, ok } from '#base/result.ts';
import { isAsShipped } from '#domain/pattern-choices.ts';
import {
	deleteBundleRow,
	insertBundleRow,
	updateBundleRow,
	type BundleRow,
	type BundleTable
} from '#records/bundle-rows.ts';
import { rowById } from '#records/row.ts';
import {
	currentVersion,
	insertReflection,
	insertVersion,
	reflectionRow,
	updateReflection,
	versionId,
	type ReflectionRow
} from '#records/reflection.ts';
import { putSetting, readSettings } from '#records/setting.ts';
import { insertThreadPlace } from '#records/trash-children.ts';
import type { HandlerMap, Work } from '#records/work.ts';
import type { StagedImports } from '#bundle/imports.ts';
import { rowSchemas } from '#bundle/rows.ts';
import { planImport, type ImportPlan, type PlannedWrite } from '#bundle/plan.ts';
import type { StagedImport } from '#bundle/staged.ts';

/** The handler of imports, over the files that were staged. */
export function importHandlers(imports: StagedImports): HandlerMap<'import.run'> {
	return {
		'import.run': async ({ token, sha256, identity_id, crisis_card, patterns }, work) => {
			const named = imports.get(token);
			if (named === null) {
				return err({
					code: 'not_found',
					message: 'This file is no longer open here. Nothing was imported; choose it again.'
				});
			}
			if (named.sha256 !== sha256)
				return err({
					code: 'invalid_data',
					message: 'This is not the file that was shown. Nothing was imported.'
				});
			if (identity_id !== null && (await rowById(work.tx, 'identities', identity_id)) === null)
				return err({ code: 'not_found', message: 'This identity is no longer there. Nothing was imported.' });
			const staged = named.staged.format === 'json_diary' ? ownedBy(named.staged, identity_id) : named.staged;
			const plan = await planImport(work.tx, staged);
			await carryOut(work, plan, {
				...staged,
				crisis_card: crisis_card ? staged.crisis_card : null,
				patterns: patterns ? staged.patterns : null
			});
			return ok({ token, ...countsOf(plan) });
		}
	};
}

function ownedBy(staged: StagedImport, identity_id: string | null): StagedImport {
	const reflections = staged.rows.reflections.map((row) => ({ ...row, identity_id }));
	return { ...staged, rows: { ...staged.rows, reflections } };
}

async function carryOut(work: Work, plan: ImportPlan, staged: StagedImport): Promise<void> {
	const settings = await readSettings(work.tx);
	if (plan.replaces !== null) {
		await deleteBundleRow(work, 'identities', plan.replaces);
		if (settings.last_identity === plan.replaces) await putSetting(work, 'last_identity', null);
	}
	for (const write of plan.writes) await carryOutWrite(work, write);
	const seen = new Set<string>();
	for (const version of staged.versions) {
		const id = versionId(version);
		if (!plan.inserted.has(version.reflection_id) || seen.has(id)) continue;
		seen.add(id);
		await insertVersion(work, version);
	}
	if (staged.crisis_card !== null && settings.crisis_card === null)
		await putSetting(work, 'crisis_card', staged.crisis_card);
	if (staged.patterns !== null && isAsShipped(settings.patterns))
		await putSetting(work, 'patterns', staged.patterns);
}

/** Rows are planned alike for every table; the schema that let a row in gives it its type again. */
async function carryOutWrite(work: Work, { kind, table, row }: PlannedWrite): Promise<void> {
	if (table === 'reflections') {
		const reflection = v.parse(rowSchemas.reflections, row);
		return kind === 'insert' ? insertReflection(work, reflection) : replaceReflection(work, reflection);
	}
	if (table === 'thread_reflections') {
		// At the end of the thread where another reflection has its place.
		await insertThreadPlace(work, v.parse(rowSchemas.thread_reflections, row));
		return;
	}
	const write: (work: Work, table: BundleTable, row: BundleRow) => Promise<void> =
		kind === 'insert' ? insertBundleRow : updateBundleRow;
	await write(work, table, row);
}

/** Replaced as by an edit: what stood here is one of its earlier states. */
async function replaceReflection(work: Work, row: ReflectionRow): Promise<void> {
	const before = await reflectionRow(work.tx, row.id);
	if (before === null) throw new Error('a reflection to replace is not there');
	const { content, content_type, created_at, metadata } = before;
	await updateReflection(work, row, {
		reflection_id: row.id,
		version: await currentVersion(work.tx, row.id),
		...{ content, content_type, created_at, metadata },
		replaced_at: work.now
	});
}

/** Counts over all tables, for the receipt. */
function countsOf({ writes, counts, replaces }: ImportPlan) {
	const sum = (of: 'same' | 'conflicts' | 'trashed' | 'quarantined') =>
		counts.reduce((total, table) => total + table[of], 0);
	const reflections = counts.find(({ table }) => table === 'reflections');
	return {
		written: writes.length,
		reflections: reflections?.new ?? 0,
		same: sum('same'),
		conflicts: sum('conflicts'),
		trashed: sum('trashed'),
		quarantined: sum('quarantined'),
		replaced_identity: replaces
	};
}
