/** Removes what of this origin's storage only a page reaches, and no worker. */
export function clearPage(): void {
	try {
		localStorage.clear();
		sessionStorage.clear();
	} catch {
		// Forbidden: then there is nothing in it.
	}
}
