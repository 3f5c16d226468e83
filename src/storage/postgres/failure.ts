import { storageFailure, storageFailureOf, type StorageFailure } from '#storage/database.ts';

export const full = storageFailure(
	'full',
	'There is no room left on this device, so nothing was changed. What was saved before is safe. Make room and try again.'
);

/**
 * The failure of the medium that an error of PostgreSQL or of its file system stands for; null where a statement was wrong
 * or the error is one of ours. SQLSTATE classes: 53 insufficient resources, 58 system error, XX internal error and damage
 * (PostgreSQL, appendix A).
 */
export function failureOf(error: unknown): StorageFailure | null {
	const known = storageFailureOf(error);
	if (known !== null) return known;
	if (!(error instanceof Error)) return null;
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	if (isPanic(error)) return closed(error);
	if (code.startsWith('53') || error.name === 'QuotaExceededError' || /no space left/i.test(error.message))
		return full;
	const isBroken = code.startsWith('58') || code.startsWith('XX') || isOfFiles(error);
	return isBroken ? closed(error) : null;
}

/** Whether PostgreSQL has given up: its session is of no use any more. */
export function isPanic(error: unknown): boolean {
	return error instanceof Error && 'severity' in error && error.severity === 'PANIC';
}

function closed({ message }: Error): StorageFailure {
	return storageFailure(
		'failed',
		`The database could not reach its files (${message}). What was saved before is safe. It is closed: open it again.`
	);
}

/** Errors of the file system below PostgreSQL: PGlite passes some of them on as they are, and its session is broken by them. */
function isOfFiles(error: Error): boolean {
	return (
		[
			'InvalidStateError',
			'NoModificationAllowedError',
			'NotFoundError',
			'ExitStatus',
			'RuntimeError'
		].includes(error.name) || /file handles|PGlite is clos|XLogBeginInsert|ErrnoError/i.test(error.message)
	);
}
