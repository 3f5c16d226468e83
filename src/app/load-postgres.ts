import { whyOf } from '#base/result.ts';
import { storageError, storageFailure } from '#storage/database.ts';

/** Loads some of PostgreSQL, which comes over the network the first time. @throws a `StorageFailure` where it does not come. */
export async function loadPostgres<T>(load: () => Promise<T>): Promise<T> {
	try {
		return await load();
	} catch (error) {
		const why = whyOf(error);
		throw storageError(
			storageFailure(
				'failed',
				`PostgreSQL could not be loaded (${why}). Nothing was changed. Look at the network connection, then reload the page.`
			)
		);
	}
}
