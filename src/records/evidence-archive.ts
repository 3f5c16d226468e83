import type { EvidenceArchive, KernelArchives } from '#domain/evidence.ts';
import { kernelsSince } from '#domain/schema.ts';
import type { ViewParams } from '#domain/view.ts';
import { isApplied } from '#records/applied.ts';
import { kernelStatus } from '#records/ledger.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Page, Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

type ArchiveRow = Tables['evidence_archives'];

/** A file of evidence on its way in: packed, verified, and what came of that. */
export interface PackedEvidence extends Pick<
	EvidenceArchive,
	'kernel_id' | 'origin' | 'reason' | 'entries' | 'root_hash' | 'is_valid' | 'sha256'
> {
	readonly file: Uint8Array<ArrayBuffer>;
	/** Of one from elsewhere, which is kept once: what it says unpacked. */
	readonly text: string | null;
	/** The time in its name, where that is not now. */
	readonly time: string | null;
}

/** Whether this database has a place for them: a mirror that is held below their version has none. */
export async function keepsEvidence(db: Queryable): Promise<boolean> {
	return isApplied(db, kernelsSince);
}

/** Keeps a file and what is known of it. */
export async function insertEvidence(
	work: Work,
	archive: Omit<EvidenceArchive, 'created_at' | 'deleted_at'>,
	file: Uint8Array
): Promise<void> {
	const row: ArchiveRow = {
		...archive,
		...{ is_valid: Number(archive.is_valid), created_at: work.now, deleted_at: null }
	};
	const { name } = row;
	await write(work.tx, sql.insertInto('evidence_archives').values(row));
	await write(work.tx, sql.insertInto('evidence_files').values({ name, file }));
	work.changes.push({ entity: 'evidence_archives', id: name, row: { ...row } });
}

/** Removes the files of archives that are there; their rows stay. */
export async function deleteEvidence(work: Work, archives: readonly EvidenceArchive[]): Promise<void> {
	for (const { name, is_valid, ...archive } of archives) {
		const row: ArchiveRow = { name, ...archive, is_valid: Number(is_valid), deleted_at: work.now };
		await write(work.tx, sql.deleteFrom('evidence_files').where('name', '=', name));
		await write(
			work.tx,
			sql.updateTable('evidence_archives').set({ deleted_at: work.now }).where('name', '=', name)
		);
		work.changes.push({ entity: 'evidence_archives', id: name, row: { ...row } });
	}
}

/** An archive by its name, deleted or not. */
export async function evidenceRow(db: Queryable, name: string): Promise<EvidenceArchive | null> {
	const query = sql.selectFrom('evidence_archives').selectAll().where('name', '=', name);
	const row = await firstOf(db, query);
	return row === null ? null : toArchive(row);
}

/** The packed file of an archive; null where it was deleted. */
export async function evidenceFile(db: Queryable, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
	const row = await firstOf(db, sql.selectFrom('evidence_files').select('file').where('name', '=', name));
	return row === null ? null : new Uint8Array(row.file);
}

/** Newest first, one page. */
export async function evidencePage(
	db: Queryable,
	{ after, limit }: ViewParams<'evidence.list'>
): Promise<Page<'evidence.list'>> {
	const newest = sql.selectFrom('evidence_archives').selectAll();
	const page =
		after === null
			? newest
			: newest.where(({ eb, and, or }) =>
					or([
						eb('created_at', '<', after.created_at),
						and([eb('created_at', '=', after.created_at), eb('name', '<', after.name)])
					])
				);
	const rows = await rowsOf(db, page.orderBy('created_at', 'desc').orderBy('name', 'desc').limit(limit));
	const counted = await firstOf(
		db,
		sql.selectFrom('evidence_archives').select(({ fn }) => fn.countAll<number>().as('archives'))
	);
	return { rows: rows.map(toArchive), total: Number(counted?.archives ?? 0) };
}

/** Those of this mirror's own kernels, deleted or not, newest first. */
export async function ownEvidence(db: Queryable): Promise<EvidenceArchive[]> {
	const query = sql.selectFrom('evidence_archives').selectAll().where('origin', '=', 'own');
	return (await rowsOf(db, query.orderBy('created_at', 'desc').orderBy('name', 'desc'))).map(toArchive);
}

/** Those whose files are there, newest first. */
export async function keptEvidence(
	db: Queryable,
	origin: EvidenceArchive['origin']
): Promise<EvidenceArchive[]> {
	const query = sql
		.selectFrom('evidence_archives')
		.selectAll()
		.where('origin', '=', origin)
		.where('deleted_at', 'is', null);
	return (await rowsOf(db, query.orderBy('created_at', 'desc').orderBy('name', 'desc'))).map(toArchive);
}

/** Those with the same last hash and as many entries whose files are there: one of them may be the same file. */
export async function likeEvidence(
	db: Queryable,
	{ root_hash, entries }: Pick<EvidenceArchive, 'root_hash' | 'entries'>
): Promise<EvidenceArchive[]> {
	const query = sql
		.selectFrom('evidence_archives')
		.selectAll()
		.where('root_hash', '=', root_hash)
		.where('entries', '=', entries)
		.where('deleted_at', 'is', null);
	return (await rowsOf(db, query)).map(toArchive);
}

/** All kernels of this mirror, newest first. */
export async function kernelArchives(db: Queryable): Promise<KernelArchives[]> {
	const query = sql
		.selectFrom('evidence_archives')
		.select(['kernel_id', 'name', 'entries', 'is_valid', 'deleted_at']);
	const newestFirst = query.orderBy('created_at', 'desc').orderBy('name', 'desc');
	const archives = await rowsOf(db, newestFirst.where('origin', '=', 'own'));
	const kernels = await kernelStatus(db);
	return kernels.map((kernel) => {
		const { kernel_id, entries, opened_at, closed_at } = kernel;
		const own = archives.filter((archive) => archive.kernel_id === kernel_id);
		const there = own.filter(({ deleted_at }) => deleted_at === null);
		const is_missing = closed_at !== null && !own.some((archive) => archive.entries === entries);
		const ofPort = kernels.filter(({ port }) => port === kernel.port);
		const next = ofPort[ofPort.indexOf(kernel) - 1];
		const gaveWay = next?.reason === 'rollback' ? 'rollback' : 'replacement';
		const gave_way = closed_at === null ? null : gaveWay;
		const newest = newestOf(there[0] ?? own[0]);
		return { kernel_id, entries, opened_at, closed_at, kept: there.length, is_missing, gave_way, newest };
	});
}

function newestOf(
	row: Pick<ArchiveRow, 'name' | 'is_valid' | 'deleted_at'> | undefined
): KernelArchives['newest'] {
	if (row === undefined) return null;
	const { name, is_valid, deleted_at } = row;
	return { name, is_valid: is_valid === 1, deleted_at };
}

function toArchive(row: ArchiveRow): EvidenceArchive {
	return {
		...row,
		origin: row.origin as EvidenceArchive['origin'],
		reason: row.reason as EvidenceArchive['reason'],
		is_valid: row.is_valid === 1
	};
}
