import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { JurisdictionPolicy } from '#kernel/policy.ts';
import { policyKeys, policyRecord, readPolicy } from '#kernel/policy-file.ts';
import { isVariantName, type VariantName } from '#kernel/variants.ts';

const logLevels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** The configuration of a kernel (KERNELS A10), as `kernels.yaml` holds it. */
export interface KernelsFile {
	readonly kernel: { readonly id: string; readonly variant: VariantName };
	readonly policy: JurisdictionPolicy;
	readonly server: { readonly host: string; readonly port: number };
	readonly logging: { readonly level: (typeof logLevels)[number] };
}

const sections = {
	kernel: v.object({
		id: v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/, 'an id is letters, digits, points and dashes')),
		variant: v.custom<VariantName>(
			(name) => typeof name === 'string' && isVariantName(name),
			'a variant that this version does not have'
		)
	}),
	server: v.object({
		host: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(253)), '127.0.0.1'),
		port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)), 8080)
	}),
	logging: v.object({ level: v.optional(v.picklist(logLevels), 'INFO') })
};

/** A section that is there and empty is null in YAML. */
const fileSchema = v.object({
	kernel: sections.kernel,
	server: v.nullish(sections.server, {}),
	logging: v.nullish(sections.logging, {})
});

export interface ReadKernelsFile {
	readonly file: KernelsFile;
	/** What stands in it and is not looked at, as paths: a setting that has no effect is not passed over in silence. */
	readonly ignored: readonly string[];
}

/** Whether a value is meant as a whole configuration and not as a policy alone. */
export function isKernelsFile(given: unknown): given is JsonObject {
	return isObject(given) && (Object.hasOwn(given, 'kernel') || Object.hasOwn(given, 'policy'));
}

/** Reads a configuration, or names what in it cannot be used. */
export function readKernelsFile(given: unknown): Result<ReadKernelsFile, Failure<'not_a_kernels_file'>> {
	const parsed = v.safeParse(fileSchema, given);
	const policy = readPolicy(isObject(given) ? given['policy'] : null);
	if (!parsed.success || !policy.ok) {
		const issues = (parsed.issues ?? []).map((issue) => `${v.getDotPath(issue) ?? 'file'}: ${issue.message}`);
		const wrong = policy.ok ? issues : [...issues, policy.error.message];
		return err(failure('not_a_kernels_file', wrong.join('; ')));
	}
	const { kernel, server, logging } = parsed.output;
	const ignored = isObject(given) ? unreadKeys(given) : [];
	return ok({ file: { kernel, policy: policy.value, server, logging }, ignored });
}

function unreadKeys(given: JsonObject): string[] {
	const read: Readonly<Record<string, readonly string[]>> = {
		policy: policyKeys,
		...Object.fromEntries(Object.entries(sections).map(([name, { entries }]) => [name, Object.keys(entries)]))
	};
	return Object.entries(given)
		.flatMap(([section, value]) => {
			const known = Object.hasOwn(read, section) ? read[section] : undefined;
			if (known === undefined) return [section];
			const keys = isObject(value) ? Object.keys(value) : [];
			return keys.filter((key) => !known.includes(key)).map((key) => `${section}.${key}`);
		})
		.sort();
}

/** The configuration as a file holds it. `readKernelsFile` reads the same one back. */
export function kernelsRecord({ kernel, policy, server, logging }: KernelsFile): JsonObject {
	return {
		kernel: { ...kernel },
		policy: policyRecord(policy),
		server: { ...server },
		logging: { ...logging }
	};
}

/** Where each variable of the environment belongs, and what its text stands for. */
const variables: Readonly<
	Record<string, readonly [section: string, key: string, read: (text: string) => Json]>
> = {
	KERNELS_KERNEL_ID: ['kernel', 'id', String],
	KERNELS_ALLOWED_ACTORS: ['policy', 'allowed_actors', listed],
	KERNELS_ALLOWED_TOOLS: ['policy', 'allowed_tools', listed],
	KERNELS_REQUIRE_TOOL_CALL: ['policy', 'require_tool_call', switched],
	KERNELS_MAX_INTENT_LENGTH: ['policy', 'max_intent_length', counted],
	KERNELS_SERVER_HOST: ['server', 'host', String],
	KERNELS_SERVER_PORT: ['server', 'port', counted],
	KERNELS_LOG_LEVEL: ['logging', 'level', String]
};

export interface Overridden {
	readonly given: JsonObject;
	/** The variables that were used. */
	readonly environment: readonly string[];
}

/** A configuration with what the environment says instead. A text that says nothing usable is left for the reader to refuse. */
export function withEnvironment(
	given: JsonObject,
	environment: Readonly<Record<string, string | undefined>>
): Overridden {
	const used: string[] = [];
	const result: Record<string, Json> = { ...given };
	for (const [name, [section, key, read]] of Object.entries(variables)) {
		const text = environment[name];
		if (text === undefined) continue;
		used.push(name);
		const before = result[section];
		result[section] = { ...(isObject(before) ? before : {}), [key]: read(text) };
	}
	return { given: result, environment: used };
}

function listed(text: string): string[] {
	return text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

function switched(text: string): boolean | string {
	if (text === 'true') return true;
	return text === 'false' ? false : text;
}

function counted(text: string): number | string {
	return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
