import * as v from 'valibot';
import { err, failure, type Failure, ok, type Result } from '#base/result.ts';
import { isoTimestamp, newId, rowId } from '#domain/common.ts';
import { command } from '#domain/define.ts';

/** What a person notes of all that the ledger held at a time: nothing before it can change unseen by whoever has it. */
const checkpointFields = {
	/** Entries over all kernels. */
	size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
	/** Root of the tree over their hashes (RFC 6962, 2.1). */
	root: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case')),
	/** When it was noted. */
	time: isoTimestamp
};

/** A checkpoint that every verification compares with the ledger. */
export interface PinnedCheckpoint {
	readonly id: string;
	readonly size: number;
	readonly root: string;
	readonly time: string;
	readonly pinned_at: string;
}

export const checkpointCommands = {
	/** One of now, or one that was noted earlier. One that does not fit is pinned too: it is evidence. */
	'checkpoint.pin': command('Pin a checkpoint', v.strictObject({ id: newId, ...checkpointFields })),
	'checkpoint.unpin': command('Unpin a checkpoint', v.strictObject({ id: rowId }))
};

export const checkpointViews = {
	/** Newest first; none where the schema is held below the version that keeps them. */
	'checkpoints.list': { params: v.strictObject({}), topics: ['checkpoints', 'schema'] }
} as const;

export interface CheckpointRows {
	'checkpoints.list': PinnedCheckpoint;
}

/** A checkpoint as it is noted: what its text and its QR code say. */
export type NotedCheckpoint = Pick<PinnedCheckpoint, 'size' | 'root' | 'time'>;

/** One line that says it all, and reads back. */
export function checkpointText({ size, root, time }: NotedCheckpoint): string {
	return `mirror checkpoint size=${size} root=${root} time=${time}`;
}

const line = /^mirror checkpoint size=([1-9]\d{0,15}) root=([0-9a-f]{64}) time=(\S{24})$/;
const notedSchema = v.strictObject(checkpointFields);

/** Reads that line, and nothing that is merely like it: a checkpoint with a mistake in it is another one. */
export function readCheckpoint(text: string): Result<NotedCheckpoint, Failure<'not_a_checkpoint'>> {
	const [, size, root, time] = line.exec(text.trim()) ?? [];
	const read = v.safeParse(notedSchema, { size: Number(size), root, time });
	return read.success ? ok(read.output) : err(failure('not_a_checkpoint', 'it is no checkpoint'));
}
