/**
 * The WebAssembly module of `#base/sha256.ts`, assembled from the description of SHA-256 in FIPS 180-4. It exports one
 * page of memory and `compress(from, to)`, which feeds the 64-byte blocks from address `from` to before `to` (at least
 * one) into the eight little-endian words of state at address 0.
 */
export function sha256Module(): Uint8Array<ArrayBuffer> {
	return Uint8Array.from([
		...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
		...section(1, [1, 0x60, 2, i32, i32, 0]),
		...section(3, [1, 0]),
		...section(5, [1, 0, 1]),
		...section(7, [2, ...name('memory'), 2, 0, ...name('compress'), 0, 0]),
		...section(10, [1, ...sized([1, temporary - to, i32, ...compress(), end])])
	]);
}

/** Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const constants = [
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2
] as const;

/** Locals: the two parameters, the working variables a to h, the sixteen latest words of the schedule, and one to spare. */
const from = 0;
const to = 1;
const working = 2;
const schedule = 10;
const temporary = 26;

/** Instructions of the WebAssembly core specification, section 5.4. */
const i32 = 0x7f;
const end = 0x0b;
const add = 0x6a;
const and = 0x71;
const or = 0x72;
const xor = 0x73;
const shiftRight = 0x76;
const rotateRight = 0x78;
const isLess = 0x49;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const load = (address: number): number[] => [0x28, 2, ...unsigned(address)];
const store = (address: number): number[] => [0x36, 2, ...unsigned(address)];
const constant = (value: number): number[] => [0x41, ...signed(value | 0)];
const loop = [0x03, 0x40];
const repeatIf = [0x0d, 0];

/** Section 6.2.2, for one block after the other. */
function compress(): number[] {
	const code = [...loop];
	for (let at = 0; at < 16; at++) code.push(...loadWord(at));
	for (let at = 0; at < 8; at++) code.push(...constant(0), ...load(at * 4), ...set(working + at));
	for (let at = 0; at < 64; at++) code.push(...(at < 16 ? [] : nextWord(at)), ...round(at));
	for (let at = 0; at < 8; at++)
		code.push(...constant(0), ...constant(0), ...load(at * 4), ...get(working + at), add, ...store(at * 4));
	return [...code, ...get(from), ...constant(64), add, ...tee(from), ...get(to), isLess, ...repeatIf, end];
}

/** A word of the block: it is big-endian, memory is not, so its bytes change places in pairs. */
function loadWord(at: number): number[] {
	const outer = [...constant(8), rotateRight, ...constant(0xff00ff00), and];
	const inner = [...constant(24), rotateRight, ...constant(0x00ff00ff), and];
	const word = [...get(from), ...load(at * 4), ...tee(temporary)];
	return [...word, ...outer, ...get(temporary), ...inner, or, ...set(schedule + at)];
}

/** W(t) = s1(W(t-2)) + W(t-7) + s0(W(t-15)) + W(t-16), in the place of the last. */
function nextWord(at: number): number[] {
	const w = (back: number): number => schedule + ((at - back) % 16);
	const small0 = [...rotated(w(15), 7), ...rotated(w(15), 18), xor, ...shifted(w(15), 3), xor];
	const small1 = [...rotated(w(2), 17), ...rotated(w(2), 19), xor, ...shifted(w(2), 10), xor];
	return [...get(w(16)), ...get(w(7)), add, ...small0, add, ...small1, add, ...set(w(16))];
}

/** Instead of moving the eight variables on by one place, each round calls them by the next names. */
function round(at: number): number[] {
	const variable = (place: number): number => working + ((place - at + 64) % 8);
	const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(variable) as Eight;
	const sum1 = [...rotated(e, 6), ...rotated(e, 11), xor, ...rotated(e, 25), xor];
	const choice = [...get(f), ...get(g), xor, ...get(e), and, ...get(g), xor];
	const word = [...constant(constants[at] ?? 0), ...get(schedule + (at % 16)), add];
	const first = [...get(h), ...sum1, add, ...choice, add, ...word, add, ...tee(temporary)];
	const sum0 = [...rotated(a, 2), ...rotated(a, 13), xor, ...rotated(a, 22), xor];
	const majority = [...get(a), ...get(b), xor, ...get(c), and, ...get(a), ...get(b), and, xor];
	return [...first, ...get(d), add, ...set(d), ...get(temporary), ...sum0, add, ...majority, add, ...set(h)];
}
type Eight = [number, number, number, number, number, number, number, number];

function rotated(local: number, bits: number): number[] {
	return [...get(local), ...constant(bits), rotateRight];
}

function shifted(local: number, bits: number): number[] {
	return [...get(local), ...constant(bits), shiftRight];
}

function section(id: number, content: readonly number[]): number[] {
	return [id, ...sized(content)];
}

function name(text: string): number[] {
	return sized([...text].map((character) => character.charCodeAt(0)));
}

function sized(content: readonly number[]): number[] {
	return [...unsigned(content.length), ...content];
}

/** LEB128: seven bits a byte, lowest first, the eighth says that more follow. */
function unsigned(value: number): number[] {
	return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
	const rest = value >> 7;
	const isLast = (rest === 0 && (value & 64) === 0) || (rest === -1 && (value & 64) !== 0);
	return isLast ? [value & 127] : [(value & 127) | 128, ...signed(rest)];
}
