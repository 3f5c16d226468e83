import { ok } from '#base/result.ts';
import { isComplete } from '#domain/integration.ts';
import type { Integration, IntegrationStatus, IntegrationType } from '#domain/integration.ts';
import { integrationRows, type IntegrationRow } from '#records/integration.ts';
import { deleteRow, insertRow, rowById, updateRow } from '#records/row.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { isSecretName } from '#wire/secrets.ts';
import { withoutOwner } from '#mirror/owner.ts';
import { refuse } from '#records/refuse.ts';

export const integrationHandlers: HandlerMap<
	'integration.create' | 'integration.edit' | 'integration.delete'
> = {
	'integration.create': async ({ config, ...data }, work) => {
		if ((await rowById(work.tx, 'integrations', data.id)) !== null)
			return refuse('already_exists', 'This integration is noted already.');
		const missing = await withoutOwner(work, data.identity_id);
		if (missing !== null) return { ok: false, error: missing };
		await insertRow(work, 'integrations', {
			...data,
			config: JSON.stringify(config),
			...{ connected_at: work.now, last_sync: null, metadata: null }
		});
		return ok({ id: data.id });
	},

	'integration.edit': async ({ id, status, config }, work) => {
		const row = await rowById(work.tx, 'integrations', id);
		if (row === null) return gone;
		const after = config === undefined ? null : { ...secretsOf(row), ...config };
		const integration_type = row.integration_type as IntegrationType;
		if (after !== null && !isComplete({ integration_type, config: after }))
			return refuse('invalid_data', 'A custom integration needs its url. Nothing was changed.');
		await updateRow(work, 'integrations', {
			...row,
			status: status ?? row.status,
			config: after === null ? row.config : JSON.stringify(after)
		});
		return ok({ id });
	},

	'integration.delete': async ({ id }, work) => {
		if ((await rowById(work.tx, 'integrations', id)) === null) return gone;
		await deleteRow(work, 'integrations', id);
		return ok({ id });
	}
};

const gone = refuse('not_found', 'This integration is no longer there.');

/** What a config holds, as texts. Another program may have put anything in it. */
function fieldsOf({ config }: IntegrationRow): [string, string][] {
	const value: unknown = JSON.parse(config);
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).map(([name, field]) => [
		name,
		typeof field === 'string' ? field : JSON.stringify(field)
	]);
}

function secretsOf(row: IntegrationRow): Record<string, string> {
	return Object.fromEntries(fieldsOf(row).filter(([name]) => isSecretName(name)));
}

/** Nothing that opens an account comes into the page. */
function toIntegration(row: IntegrationRow): Integration {
	const fields = fieldsOf(row);
	const { id, identity_id, connected_at, last_sync } = row;
	return {
		...{ id, identity_id, connected_at, last_sync },
		integration_type: row.integration_type as IntegrationType,
		status: row.status as IntegrationStatus,
		config: Object.fromEntries(fields.filter(([name]) => !isSecretName(name))),
		secrets: fields.map(([name]) => name).filter(isSecretName)
	};
}

export const integrationViewMap: ViewMap<'integrations.list'> = {
	'integrations.list': async (db) => ({ rows: (await integrationRows(db)).map(toIntegration) })
};
