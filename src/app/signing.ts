import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { openDB, type DBSchema } from 'idb';
import { utf8 } from '#base/bytes.ts';
import { names } from '#app/names.ts';

/** A pair of P-256 whose private half never leaves the browser (ECDSA with SHA-256; Web Cryptography API, 23). */
export interface SigningKey {
	/** Uncompressed point (SEC 1, 2.3.3), hex. */
	readonly publicKey: string;
	/** r and s (IEEE P1363), hex. */
	sign(bytes: Uint8Array): Promise<string>;
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Whether a signature was made with the private half of a key under these bytes. Whatever is no key or signature was not. */
export async function verifySignature(
	publicKey: string,
	signature: string,
	bytes: Uint8Array
): Promise<boolean> {
	try {
		const key = await crypto.subtle.importKey('raw', owned(hexToBytes(publicKey)), curve, false, ['verify']);
		return await crypto.subtle.verify(algorithm, key, owned(hexToBytes(signature)), owned(bytes));
	} catch {
		return false;
	}
}

/** A new pair; nothing can read its private half, not even this app. */
export function generateKey(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(curve, false, ['sign', 'verify']);
}

export async function signingKeyOf({ privateKey, publicKey }: CryptoKeyPair): Promise<SigningKey> {
	const point = await crypto.subtle.exportKey('raw', publicKey);
	return {
		publicKey: bytesToHex(new Uint8Array(point)),
		sign: async (bytes) =>
			bytesToHex(new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, owned(bytes))))
	};
}

/** What permits are signed with (HMAC-SHA-256): it never leaves the browser. */
export interface PermitKey {
	/** Tells it from any other key that there was. */
	readonly id: string;
	/** 64 hex digits. */
	sign(text: string): Promise<string>;
}

interface StoredPermitKey {
	readonly id: string;
	readonly key: CryptoKey;
}

/** A new key; nothing can read it, not even this app. */
export async function generatePermitKey(): Promise<StoredPermitKey> {
	const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, [
		'sign'
	]);
	return { id: bytesToHex(crypto.getRandomValues(new Uint8Array(8))), key };
}

export function permitKeyOf({ id, key }: StoredPermitKey): PermitKey {
	return {
		id,
		sign: async (text) => bytesToHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, owned(utf8(text)))))
	};
}

interface KeySchema extends DBSchema {
	keys: { key: 'mirror'; value: CryptoKeyPair };
	permit_keys: { key: 'permits'; value: StoredPermitKey };
}

/** The database of keys. Where it cannot be opened there are none. */
function openKeys(name: string) {
	return openDB<KeySchema>(name, 2, {
		upgrade: (db, version) => {
			if (version < 1) db.createObjectStore('keys');
			db.createObjectStore('permit_keys');
		}
	});
}

/** The key of this mirror's permits in this browser, made when there is none. */
export async function storedPermitKey(name = names.keys): Promise<PermitKey> {
	const database = await openKeys(name);
	try {
		const kept = await database.get('permit_keys', 'permits');
		if (kept !== undefined) return permitKeyOf(kept);
		const made = await generatePermitKey();
		await database.put('permit_keys', made, 'permits');
		return permitKeyOf(made);
	} finally {
		database.close();
	}
}

const own = 'mirror';

/** The key of this mirror in this browser, made when there is none. It is in no bundle: another device has its own. */
export async function storedSigningKey(name = names.keys): Promise<SigningKey> {
	const database = await openKeys(name);
	try {
		const kept = await database.get('keys', own);
		if (kept !== undefined) return await signingKeyOf(kept);
		const made = await generateKey();
		await database.put('keys', made, own);
		return await signingKeyOf(made);
	} finally {
		database.close();
	}
}

/** Bytes of their own buffer, which is what WebCrypto takes. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
	return new Uint8Array(bytes);
}
