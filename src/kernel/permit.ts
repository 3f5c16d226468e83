import { canonicalJson, isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { hmacSha256Hex, type TextDigest } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { isEvidence } from '#kernel/evidence-first.ts';
import type { AuditEntry } from '#kernel/ledger.ts';

/** Leave to have a tool run, signed by its issuer (KERNELS A8). */
export interface PermitToken {
	readonly permit_id: string;
	readonly issuer: string;
	readonly subject: string;
	readonly jurisdiction: string;
	readonly action: string;
	readonly params: JsonObject;
	readonly constraints: JsonObject;
	/** At least 1. */
	readonly max_executions: number;
	/** Milliseconds since 1970; the end is inclusive. */
	readonly valid_from_ms: number;
	readonly valid_until_ms: number;
	readonly evidence_hash: string;
	readonly proposal_hash: string;
	/** 32 characters or more. */
	readonly nonce: string;
	/** HMAC-SHA-256, 64 hex digits. */
	readonly signature: string;
	readonly key_id: string;
}

/** Keys that permits are signed with, by their ids. */
export type Keyring = ReadonlyMap<string, Uint8Array>;

/** How often each permit was used, by nonce, issuer and subject. */
export interface PermitUses {
	of(permit: PermitToken): number;
	add(permit: PermitToken): void;
}

/** Why a permit stands for nothing, whatever it says; null where it stands. */
export type PermitStanding = (
	permit: PermitToken
) => 'UNKNOWN_KEY_ID' | 'SIGNATURE_INVALID' | 'REVOKED' | null;

/** What a permit is held against. */
export interface PermitContext {
	readonly standing: PermitStanding;
	readonly uses: PermitUses;
	readonly now: number;
	readonly actor: Json;
	/** The tool that is to run. */
	readonly tool: Json;
	readonly params: JsonObject;
	readonly evidence: Json;
	readonly allowedTools: readonly string[];
	readonly digest: TextDigest;
}

/** A permit stands that was signed with one of these keys. */
export function signedWith(keyring: Keyring): PermitStanding {
	return (permit) => {
		const key = keyring.get(permit.key_id);
		if (key === undefined) return 'UNKNOWN_KEY_ID';
		return permitSignature(permit, key) === permit.signature ? null : 'SIGNATURE_INVALID';
	};
}

/** The jurisdiction of every kernel, as the reference has it. */
const ownJurisdiction = 'default';

/** Reads a permit that came from outside. `not_a_permit`: something is missing, or of the wrong kind or size. */
export function readPermit(given: Json): Result<PermitToken, Failure<'not_a_permit'>> {
	if (!isObject(given)) return err(failure('not_a_permit', 'A permit is an object.'));
	const { params, constraints, max_executions, valid_from_ms, valid_until_ms } = given;
	const strange: string[] = [];
	const text = (name: string): string => {
		const value = given[name];
		if (typeof value !== 'string') strange.push(name);
		return typeof value === 'string' ? value : '';
	};
	const named = {
		...{ permit_id: text('permit_id'), issuer: text('issuer'), subject: text('subject') },
		...{ jurisdiction: text('jurisdiction'), action: text('action'), evidence_hash: text('evidence_hash') },
		...{ proposal_hash: text('proposal_hash'), nonce: text('nonce') },
		...{ signature: text('signature'), key_id: text('key_id') }
	};
	if (strange.length > 0) return err(failure('not_a_permit', `A permit needs other ${strange.join(', ')}.`));
	if (!isObject(params) || !isObject(constraints))
		return err(failure('not_a_permit', 'Params and constraints of a permit are objects.'));
	if (
		!isWhole(max_executions, 1) ||
		!isWhole(valid_from_ms, 0) ||
		!isWhole(valid_until_ms, valid_from_ms + 1)
	)
		return err(failure('not_a_permit', 'A permit is for one use or more, and ends after it begins.'));
	if (named.nonce.length < 32 || named.proposal_hash === '')
		return err(failure('not_a_permit', 'A permit has a nonce of 32 characters or more, and a proposal.'));
	return ok({ ...named, params, constraints, max_executions, valid_from_ms, valid_until_ms });
}

function isWhole(value: Json | undefined, least: number): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

/** What a permit's id is: SHA-256 over all but itself and the signature. */
export function permitId(
	{ permit_id: _id, signature: _signature, ...signed }: PermitToken,
	digest: TextDigest
) {
	return digest(rawCanonical(signed));
}

/** What of a permit is signed: all but the signature. */
export function signedText({ signature: _signature, ...signed }: PermitToken): string {
	return rawCanonical(signed);
}

/** What a permit's signature is under a key: HMAC-SHA-256. */
export function permitSignature(permit: PermitToken, key: Uint8Array): string {
	return hmacSha256Hex(key, signedText(permit));
}

/** The canonical text of a permit keeps what is not ASCII as it is (A8); everything else is as in the ledger (A5). */
function rawCanonical(fields: object): string {
	return canonicalJson(fields as Json).replace(
		/\\(?:u([0-9a-f]{4})|.)/g,
		(escape, hex: string | undefined) => {
			const unit = Number.parseInt(hex ?? '0', 16);
			return unit >= 0x7f ? String.fromCharCode(unit) : escape;
		}
	);
}

/**
 * Why a permit does not allow a request; nothing where it does. By the reference's rules: a use is counted although other
 * checks fail, and which tool is called is not compared with the permit (A12, 3 and 4).
 */
export function referenceObjections(permit: PermitToken, context: PermitContext): string[] {
	const { uses, params, allowedTools } = context;
	const fallen = fallenPermit(permit, context);
	if (fallen !== null) return [fallen];
	const reasons = outOfPlace(permit, context);
	if (!allowedTools.includes(permit.action) && !allowedTools.includes('*'))
		reasons.push('ACTION_NOT_ALLOWED');
	if (permit.subject !== context.actor) reasons.push('SUBJECT_MISMATCH');
	if (!isWithin(params, permit.params)) reasons.push('PARAMS_MISMATCH');
	if (uses.of(permit) < permit.max_executions) uses.add(permit);
	else reasons.push('REPLAY_DETECTED');
	return [...reasons, ...forbidden(permit.constraints['forbidden_params'], params)];
}

/**
 * Why a permit does not allow a request; nothing where it does. It is for one tool and for the params that it names, with
 * the values that it gives; `open_params` among its constraints are those whose values are left to the caller, `*`: all.
 * Nothing is counted here: a use is one that came to run.
 */
export function permitObjections(permit: PermitToken, context: PermitContext): string[] {
	const { uses, params, tool, allowedTools } = context;
	const fallen = fallenPermit(permit, context);
	if (fallen !== null) return [fallen];
	const reasons = outOfPlace(permit, context);
	const isAllowed = allowedTools.includes('*') || allowedTools.includes(permit.action);
	if (permit.action !== tool || !isAllowed) reasons.push('ACTION_NOT_ALLOWED');
	if (permit.subject !== context.actor) reasons.push('SUBJECT_MISMATCH');
	if (!areTheSame(params, permit)) reasons.push('PARAMS_MISMATCH');
	if (uses.of(permit) >= permit.max_executions) reasons.push('REPLAY_DETECTED');
	return [...reasons, ...constraintObjections(permit, context)];
}

function fallenPermit(permit: PermitToken, { standing, digest }: PermitContext): string | null {
	return standing(permit) ?? (permitId(permit, digest) === permit.permit_id ? null : 'PERMIT_ID_MISMATCH');
}

function outOfPlace(permit: PermitToken, { now }: PermitContext): string[] {
	const reasons: string[] = [];
	if (now < permit.valid_from_ms) reasons.push('NOT_YET_VALID');
	if (now > permit.valid_until_ms) reasons.push('EXPIRED');
	if (permit.jurisdiction !== ownJurisdiction) reasons.push('JURISDICTION_MISMATCH');
	return reasons;
}

/** Whether what is asked for is what the permit names, but for the values that it leaves open. */
function areTheSame(asked: JsonObject, { params, constraints }: PermitToken): boolean {
	const open = constraints['open_params'];
	const isOpen = (name: string) => Array.isArray(open) && (open.includes('*') || open.includes(name));
	const bound = Object.keys(params).filter((name) => !isOpen(name));
	return (
		bound.every((name) => Object.hasOwn(asked, name)) &&
		isWithin(Object.fromEntries(Object.entries(asked).filter(([name]) => !isOpen(name))), params)
	);
}

/** What a constraint that nobody here understands would mean cannot be kept: so it allows nothing. */
function constraintObjections({ constraints }: PermitToken, { params, evidence }: PermitContext): string[] {
	const unknown = Object.keys(constraints).filter((name) => !knownConstraints.includes(name));
	const lacks = constraints['require_evidence'] === true && !isEvidence(evidence);
	return [
		...forbidden(constraints['forbidden_params'], params),
		...(lacks ? ['EVIDENCE_REQUIRED'] : []),
		...unknown.sort().map((name) => `CONSTRAINT_UNKNOWN:${name}`)
	];
}

const knownConstraints = ['forbidden_params', 'open_params', 'require_evidence'];

/** Whether everything that is asked for stands in the permit with the same value. */
function isWithin(asked: JsonObject, permitted: JsonObject): boolean {
	return Object.entries(asked).every(
		([name, value]) =>
			Object.hasOwn(permitted, name) && canonicalJson(permitted[name] ?? null) === canonicalJson(value)
	);
}

function forbidden(names: Json | undefined, params: JsonObject): string[] {
	if (names === undefined || names === null) return [];
	if (!Array.isArray(names)) return ['CONSTRAINT_MALFORMED_FORBIDDEN_PARAMS'];
	return names
		.filter((name) => typeof name === 'string' && Object.hasOwn(params, name))
		.map((name) => `FORBIDDEN_PARAM_DETECTED:${String(name)}`);
}

/** The uses that a ledger tells of, for a kernel that goes on from it: a permit that was only looked at has no nonce there. */
export function usesIn(entries: readonly AuditEntry<Json>[]): PermitUses {
	const counts = new Map<string, number>();
	const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
	for (const { permit_verification, permit_nonce: nonce, permit_issuer, permit_subject } of entries) {
		if (permit_verification === 'ALLOW' && nonce !== null)
			add(useOf({ nonce, issuer: permit_issuer, subject: permit_subject }));
	}
	return { of: (permit) => counts.get(useOf(permit)) ?? 0, add: (permit) => void add(useOf(permit)) };
}

function useOf({ nonce, issuer, subject }: Readonly<Record<'nonce' | 'issuer' | 'subject', string | null>>) {
	return JSON.stringify([nonce, issuer, subject]);
}
