import type { Client } from '#app/client.ts';
import type { Standing } from '#app/protocol.ts';

/** How this tab stands to the database, as every component sees it. */
export class TabStanding {
	now = $state.raw<Standing>({ kind: 'starting' });

	constructor(client: Client) {
		client.standing((standing) => (this.now = standing));
	}
}
