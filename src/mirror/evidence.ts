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
import { kernelEntries } from '#records/kernel-entries.ts';
import { storedKernels } from '#records/ledger.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, Queryable, ViewMap } from '#records/work.ts';
import { verifyArchive } from '#mirror/evidence-check.ts';
import { keep, keepForeign } from '#mirror/evidence-keeping.ts';
import { prunable } from '#mirror/evidence-policy.ts';
import type { OwnLedger } from '#mirror/own-evidence.ts';

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

type EvidenceViewName = 'evidence.list' | 'evidence.kernels' | 'evidence.file' | 'evidence.verify';

/** Of a mirror that has no place for archives they answer with nothing. */
export const evidenceViewMap: ViewMap<EvidenceViewName> = {
	'evidence.list': async (db, page) =>
		(await keepsEvidence(db)) ? evidencePage(db, page) : { rows: [], total: 0 },
	'evidence.kernels': async (db) => ({ rows: (await keepsEvidence(db)) ? await kernelArchives(db) : [] }),
	'evidence.file': async (db, { name }) => {
		const file = (await keepsEvidence(db)) ? await evidenceFile(db, name) : null;
		return { rows: file === null ? [] : [{ name, file }] };
	},
	'evidence.verify': async (db, { name }) => {
		if (!(await keepsEvidence(db))) return { rows: [] };
		const archive = await evidenceRow(db, name);
		if (archive === null || archive.deleted_at !== null) return { rows: [] };
		return { rows: [await verifyArchive(archive, await evidenceFile(db, name), ownLedger(db))] };
	}
};

function ownLedger(db: Queryable): (kernelId: string) => Promise<OwnLedger | null> {
	return async (kernel_id) => {
		const kernel = (await storedKernels(db)).find((stored) => stored.kernel_id === kernel_id);
		if (kernel === undefined) return null;
		return { entries: kernel.head.next_seq, read: (from) => kernelEntries(db, { kernel_id, from }) };
	};
}

const noPlace = refuse(
	'refused',
	`Version ${kernelsSince} of the tables, which keeps archives of evidence, is not applied here. Nothing was changed. Apply it in System, or export the evidence and keep the file elsewhere.`
);
