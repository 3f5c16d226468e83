import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where a server listens on every address of the machine. */
const everywhere = ['0.0.0.0', '::'];

/**
 * Whether a Host header names the machine as somebody does who means it. A web page can have a name of its own led here by its
 * name server (DNS rebinding), but no address: so, where a server listens on every address, each of the machine's own is
 * good, and of names `localhost` alone.
 */
export function isOwnName(header: string, host: string): boolean {
	const name = header
		.replace(/:\d+$/, '')
		.replace(/^\[|\]$/g, '')
		.toLowerCase();
	if (name === host.toLowerCase() || name === 'localhost') return true;
	return everywhere.includes(host) && isOwnAddress(name);
}

/** Looked up each time: addresses come and go with the networks. */
function isOwnAddress(name: string): boolean {
	const version = isIP(name);
	if (version === 0) return false;
	const own = new BlockList();
	own.addSubnet('127.0.0.0', 8);
	for (const addresses of Object.values(networkInterfaces()))
		for (const { address, family } of addresses ?? [])
			own.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
	own.addAddress('::1', 'ipv6');
	return own.check(name, version === 6 ? 'ipv6' : 'ipv4');
}

/** A host that programs on this machine can ask, as it stands in a URL. */
export function reachableAt(host: string): string {
	const [every4, every6] = everywhere;
	const named = host === every4 ? '127.0.0.1' : host === every6 ? '::1' : host;
	return named.includes(':') ? `[${named}]` : named;
}
