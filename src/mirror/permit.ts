import { isoTime } from '#base/clock.ts';
import { ok } from '#base/result.ts';
import type { Permit } from '#domain/permit.ts';
import { kernelsSince } from '#domain/schema.ts';
import { isApplied } from '#records/applied.ts';
import { insertPermit, permitPage, revokePermit, type KeptPermit } from '#records/permit.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';

export const permitHandlers: HandlerMap<'permit.issue' | 'permit.revoke'> = {
	'permit.issue': async ({ label, valid_until }, work) => {
		if (!(await isApplied(work.tx, kernelsSince)))
			return refuse(
				'refused',
				`The tables are held below version ${kernelsSince}, without which no leave can be given. Release the hold under System first.`
			);
		if (valid_until <= work.now)
			return refuse('invalid_data', 'This time is over. Choose one that is still to come.');
		const { permit } = work.prepared;
		if (permit === null)
			return refuse(
				'failed',
				'This browser made no key to sign with, so no leave was given. Nothing was changed.'
			);
		await insertPermit(work, permit, label);
		return ok({ permit_id: permit.permit_id });
	},
	'permit.revoke': async ({ permit_id }, work) =>
		(await isApplied(work.tx, kernelsSince)) && (await revokePermit(work, permit_id))
			? ok({ permit_id })
			: refuse('not_found', 'There is no such leave that could be taken away.')
};

export const permitViewMap: ViewMap<'permits.list'> = {
	'permits.list': async (db, page) => {
		const { rows, total } = await permitPage(db, page);
		return { rows: rows.map(toPermit), total };
	}
};

function toPermit({ token, ...permit }: KeptPermit): Permit {
	const { permit_id, subject, action, params, constraints, max_executions, valid_until_ms } = token;
	const open = constraints['open_params'];
	return {
		...{ ...permit, permit_id, subject, params, max_executions, token },
		tool: action,
		open_params: Array.isArray(open) ? open.filter((name) => typeof name === 'string') : [],
		valid_until: isoTime(valid_until_ms)
	};
}
