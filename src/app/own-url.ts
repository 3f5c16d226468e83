/**
 * The whole address of a file of the app, by its path. A worker that began as a blob, where there is no service worker, has no
 * address of its own that a path could be resolved against.
 */
export function ownUrl(path: string): string {
	return new URL(path, location.origin).href;
}
