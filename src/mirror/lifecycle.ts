import type { CommandData, Kind } from '#domain/command.ts';
import type { Authenticity, EventType } from '#domain/evolution.ts';
import type { EventRow } from '#records/work.ts';
import { keyName, readSignature, signedBytes } from '#wire/lifecycle-event.ts';

/** What a command is in the life of a mirror. `event_data` names no word of the person's. */
export interface Happening {
	readonly event_type: EventType;
	readonly from_version: string | null;
	readonly to_version: string | null;
	readonly event_data: Readonly<Record<string, string>>;
}

type Cause<K extends Kind> = (data: CommandData<K>, actor: string) => Happening | null;
type Causes = { readonly [K in Kind]?: Cause<K> };

/** What each command that tells of a mirror's life is there; null where it is no event with this data. */
const causes: Causes = {
	// The app makes an identity by itself only where there is nobody yet.
	'identity.create': (_data, actor) =>
		actor === 'system' ? happening('installation', { what: 'mirror' }) : null,
	'bundle.export': () => happening('export', { format: 'mirror_bundle' }),
	'import.run': () => happening('import', {}),
	'settings.change': ({ key }) =>
		key === 'telemetry_sync_allowed' || key === 'sharing_limit' ? happening('config_change', { key }) : null,
	'storage.switch': () => happening('config_change', { key: 'storage_engine' }),
	'mirror.delete': () => happening('deletion', { what: 'mirror' }),
	'integration.create': ({ integration_type }) => happening('integration_add', { integration_type }),
	'integration.delete': () => happening('integration_remove', {}),
	'proposal.apply': ({ from_version, to_version }) =>
		happening('upgrade', { what: 'engine_config' }, { from_version, to_version }),
	'evolution.rollback': ({ from_version, to_version }) =>
		happening('downgrade', { what: 'engine_config' }, { from_version, to_version }),
	'evolution.fork': ({ from_version }) =>
		happening('fork', { what: 'mirror' }, { from_version, to_version: from_version }),
	'lifecycle.record': (data) =>
		data.event_type === 'regression'
			? happening('regression', { measure: data.measure })
			: happening(data.event_type, { what: 'schema' }, data)
};

/** Whether a command of this kind can be an event: then what it is has to be known before it is queued. */
export function isTold(kind: Kind): boolean {
	return Object.hasOwn(causes, kind);
}

/** What a command with this data is in the life of a mirror, if anything. */
export function happeningOf<K extends Kind>(kind: K, data: CommandData<K>, actor: string): Happening | null {
	const cause: Cause<K> | undefined = causes[kind];
	return cause?.(data, actor) ?? null;
}

function happening(
	event_type: EventType,
	event_data: Happening['event_data'],
	{ from_version, to_version }: Pick<Happening, 'from_version' | 'to_version'> = nowhere
): Happening {
	return { event_type, from_version, to_version, event_data };
}

const nowhere = { from_version: null, to_version: null };

/** Checks a signature with a public key (hex). */
export type Verify = (publicKey: string, signature: string, bytes: Uint8Array) => Promise<boolean>;

/** Whose signature an event bears, judged by the keys that this mirror has had. */
export async function authenticityOf(
	event: EventRow,
	keys: readonly string[],
	verify: Verify
): Promise<Authenticity> {
	if (event.mirror_signature === null) return 'unsigned';
	const signed = readSignature(event.mirror_signature);
	if (signed === null) return 'changed';
	const key = keys.find((each) => keyName(each) === signed.key);
	if (key === undefined) return 'foreign';
	return (await verify(key, signed.signature, signedBytes(event))) ? 'valid' : 'changed';
}
