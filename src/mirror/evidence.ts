import { ok } from '#base/result.ts';
import type { EvidenceArchive } from '#domain/evidence.ts';
import { kernelsSince } from '#domain/schema.ts';
import {
	deleteEvidence,
	evidenceFile,
	evidencePage,
	evidenceRow,
	keepsEvidence,
	kernelArchives
} from '#records/evidence-archive.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { keep, keepForeign } from '#mirror/evidence-keeping.ts';
import { prunable } from '#mirror/evidence-policy.ts';

type EvidenceKind = 'evidence.archive' | 'evidence.keep' | 'evidence.delete' | 'evidence.prune';

export const evidenceHandlers: HandlerMap<EvidenceKind> = {
	'evidence.archive': async (_data, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const { evidence } = work.prepared;
		if (evidence === null)
			return refuse('not_found', 'There is no such kernel in this mirror. Nothing was archived.');
		return evidence.ok ? ok(await keep(work, evidence.value)) : evidence;
	},

	'evidence.keep': async (_data, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const { evidence } = work.prepared;
		if (evidence === null) return refuse('failed', 'The file was not read. Nothing was changed.');
		return evidence.ok ? ok(await keepForeign(work, evidence.value)) : evidence;
	},

	'evidence.delete': async ({ names }, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const archives: EvidenceArchive[] = [];
		for (const name of new Set(names)) {
			const archive = await evidenceRow(work.tx, name);
			if (archive === null || archive.deleted_at !== null)
				return refuse('not_found', 'One of these archives is no longer there. Nothing was deleted.');
			archives.push(archive);
		}
		await deleteEvidence(work, archives);
		return ok({ deleted: archives.length });
	},

	'evidence.prune': async (_nothing, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const archives = await prunable(work.tx, work.clock());
		await deleteEvidence(work, archives);
		return ok({ deleted: archives.length });
	}
};

type EvidenceViewName = 'evidence.list' | 'evidence.kernels' | 'evidence.file';

/** Of a mirror that has no place for archives they answer with nothing. */
export const evidenceViewMap: ViewMap<EvidenceViewName> = {
	'evidence.list': async (db, page) =>
		(await keepsEvidence(db)) ? evidencePage(db, page) : { rows: [], total: 0 },
	'evidence.kernels': async (db) => ({ rows: (await keepsEvidence(db)) ? await kernelArchives(db) : [] }),
	'evidence.file': async (db, { name }) => {
		if (!(await keepsEvidence(db))) return { rows: [] };
		const archive = await evidenceRow(db, name);
		if (archive === null || archive.deleted_at !== null) return { rows: [] };
		return { rows: [{ archive, file: await evidenceFile(db, name) }] };
	}
};

const noPlace = refuse(
	'refused',
	`Version ${kernelsSince} of the tables, which keeps archives of evidence, is not applied here. Nothing was changed. Apply it in System, or export the evidence and keep the file elsewhere.`
);
