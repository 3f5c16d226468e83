import { isObject, type Json } from '#base/canonical.ts';

/** Names under which providers keep what opens an account, wherever they stand in a name: `accessToken`, `api_key`. */
const secretName =
	/token|secret|passw(?:or)?d|passphrase|credential|cookie|bearer|authorization|oauth|(?:^|[^a-z])(?:keys?|auth|pass|pin)(?:$|[^a-z])|api_?key/i;
const secretCamel = /[a-z](?:Keys?|Auth|Pass|Pin)(?:$|[^a-z])/;

/** Whether something under this name may open an account. */
export function isSecretName(name: string): boolean {
	return secretName.test(name) || secretCamel.test(name);
}

/** A value without everything that is stored under the name of a secret, at any depth. */
function withoutSecrets(value: Json): Json {
	if (Array.isArray(value)) return value.map((item: Json) => withoutSecrets(item));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => !isSecretName(name))
			.map(([name, member]) => [name, withoutSecrets(member)])
	);
}

/** JSON text without secrets; the very same text where it holds none. Text that is no JSON may hold anything: nothing stays. */
function textWithoutSecrets(text: string): string {
	let value: Json;
	try {
		value = JSON.parse(text) as Json;
	} catch {
		return '{}';
	}
	const clean = JSON.stringify(withoutSecrets(value));
	return clean === JSON.stringify(value) ? text : clean;
}

/** An integration as it may leave the device: nothing that opens an account, in its config or in its metadata. */
export function sanitizeIntegration<R extends { config: string; metadata: string | null }>(row: R): R {
	const metadata = row.metadata === null ? null : textWithoutSecrets(row.metadata);
	return { ...row, config: textWithoutSecrets(row.config), metadata };
}
