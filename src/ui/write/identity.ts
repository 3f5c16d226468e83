import type { Client } from '#app/client.ts';
import type { Identity } from '#domain/identity.ts';
import type { Settings } from '#domain/setting.ts';

/** The identity that writing begins with: the one used last, else the first there is. */
export function usualOf(identities: readonly Identity[], lastUsed: Settings['last_identity']): string | null {
	const last = identities.find(({ id }) => id === lastUsed);
	return (last ?? identities[0])?.id ?? null;
}

/** The same, asked of the database. */
export async function usualIdentity(client: Client): Promise<string | null> {
	const [identities, settings] = await Promise.all([
		client.read('identities.list', {}),
		client.read('settings.get', {})
	]);
	return usualOf(identities.rows, settings.rows[0]?.last_identity ?? null);
}
