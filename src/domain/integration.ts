import * as v from 'valibot';
import { newId, rowId, wellFormed } from '#domain/common.ts';
import { command } from '#domain/define.ts';

export const integrationTypes = [
	'calendar',
	'notes',
	'email',
	'health',
	'journal',
	'tasks',
	'music',
	'location',
	'custom'
] as const;
export const integrationStatuses = ['active', 'paused', 'disconnected', 'error'] as const;
export type IntegrationType = (typeof integrationTypes)[number];
export type IntegrationStatus = (typeof integrationStatuses)[number];

/** A record of what is connected with this mirror (specification, section 13). Never leaves the device. */
export interface Integration {
	readonly id: string;
	readonly identity_id: string | null;
	readonly integration_type: IntegrationType;
	readonly status: IntegrationStatus;
	/** Without tokens and passwords: of those only the names. */
	readonly config: Readonly<Record<string, string>>;
	readonly secrets: readonly string[];
	readonly connected_at: string;
	readonly last_sync: string | null;
}

const field = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be a name like calendar_id'));
const config = v.pipe(
	v.record(field, v.pipe(wellFormed, v.maxLength(5000))),
	v.check((fields) => Object.keys(fields).length <= 50, 'must have at most 50 fields'),
	v.check(({ provider = '' }) => provider.trim() !== '', 'must name a provider')
);

/** Whether a config has what its type needs beside its provider (C3-32). */
export function isComplete(data: {
	readonly integration_type: IntegrationType;
	readonly config: Readonly<Record<string, string>>;
}): boolean {
	return data.integration_type !== 'custom' || URL.canParse(data.config['url'] ?? '');
}

export const integrationCommands = {
	'integration.create': command(
		'Note an integration',
		v.pipe(
			v.strictObject({
				id: newId,
				identity_id: v.nullable(rowId),
				integration_type: v.picklist(integrationTypes),
				status: v.optional(v.picklist(integrationStatuses), 'paused'),
				config
			}),
			v.forward(
				v.check((data) => isComplete(data), 'must hold the url of a custom integration'),
				['config']
			)
		)
	),
	/** A secret that is not named in the new config stays as it is. */
	'integration.edit': command(
		'Change an integration',
		v.strictObject({
			id: rowId,
			status: v.optional(v.picklist(integrationStatuses)),
			config: v.optional(config)
		})
	),
	'integration.delete': command('Remove an integration', v.strictObject({ id: rowId }))
};

export const integrationViews = {
	'integrations.list': { params: v.strictObject({}), topics: ['integrations'] }
} as const;

export interface IntegrationRows {
	'integrations.list': Integration;
}
