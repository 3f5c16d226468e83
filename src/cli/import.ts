import type { OwnedCore } from '#app/tab.ts';
import type { Failure, Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { ImportPreview } from '#domain/bundle.ts';
import { eachFile, misused, readWords, type Command, type Finding, type Input } from '#cli/command.ts';
import { openMirror } from '#cli/open.ts';

const usage = 'import FILE… --dry-run [--json]';

/** Says what importing a file into an empty mirror would do. */
export const importFiles: Command = {
	usage,
	async run(words, terminal) {
		// There is no mirror of the person's here to import into; the flag says that the caller knows.
		if (!words.includes('--dry-run'))
			return misused(terminal, 'Only with --dry-run: the mirror itself is in the browser.', usage);
		const read = readWords(words.filter((word) => word !== '--dry-run'));
		if (!read.ok) return misused(terminal, read.error.message, usage);
		if (read.value.files.length === 0) return misused(terminal, 'Which file?', usage);
		return eachFile(read.value, terminal, report);
	}
};

/** Reads a file as the page does. */
export function stageFile(
	core: OwnedCore,
	bytes: Uint8Array<ArrayBuffer>
): Promise<Result<ImportPreview, Failure>> {
	return core.stageImport(new Blob([bytes]));
}

async function report({ file, bytes }: Input): Promise<Result<Finding>> {
	const opened = await openMirror();
	if (!opened.ok) return opened;
	const staged = await stageFile(opened.value, bytes);
	await opened.value.close();
	if (!staged.ok) return staged;
	const { format, entries, from, to, tags, attachments, notices, quarantined, changed } = staged.value;
	const { crisis_card, patterns } = staged.value;
	const left = quarantined.map(({ table, reason }) => ({ reason: `${table}: ${reason}`, count: 1 }));
	const skipped = [...staged.value.skipped, ...left].map(({ reason, count }) => ({ reason, count }));
	const json = {
		...{ file, format, entries, from, to, tags, attachments, skipped },
		questions: [...staged.value.questions],
		notices: [...notices],
		changed: changed.map(({ table, id, reason }) => ({ table, id, reason })),
		tables: staged.value.tables.map((table) => ({ ...table })),
		crisis_card,
		patterns: patterns === null ? null : { ...patterns }
	};
	const words = [
		`${file}: ${entries} entries${from === null ? '' : ` from ${from} to ${to}`} (${format})`,
		...notices.map((notice) => `  ${notice}`),
		...skipped.map(({ reason, count }) => `  skipped ${count}: ${reason}`),
		...(crisis_card === null
			? []
			: ['  brings a crisis card, which is taken only where the person agrees to it']),
		...(patterns === null
			? []
			: ['  brings names of patterns, which are taken only where the person agrees to them'])
	];
	return ok({ result: quarantined.length + changed.length > 0 ? 1 : 0, json, words });
}
