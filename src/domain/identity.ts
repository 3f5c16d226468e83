import * as v from 'valibot';
import { newId, rowId, shortText } from '#domain/common.ts';
import { command } from '#domain/define.ts';

/** A self, role or context for reflection (specification, section 1). Never leaves the device. */
export interface Identity {
	readonly id: string;
	readonly name: string;
	readonly created_at: string;
	readonly updated_at: string;
}

/** The identity that a mirror begins with. */
export const firstIdentity = 'Me';

const name = v.pipe(shortText, v.trim(), v.minLength(1, 'must not be empty'), v.maxLength(80));

export const identityCommands = {
	'identity.create': command('Add an identity', v.strictObject({ id: newId, name })),
	'identity.edit': command('Rename an identity', v.strictObject({ id: rowId, name })),
	/**
	 * `all`: what was written under it goes to the trash, and its threads, tensions, axes and integrations go.
	 * `anonymous`: all of that stays, belongs to nobody, and so never leaves the device.
	 */
	'identity.delete': command(
		'Remove an identity',
		v.strictObject({ id: rowId, what: v.picklist(['all', 'anonymous']) })
	)
};

export const identityViews = {
	'identities.list': { params: v.strictObject({}), topics: ['identities'] }
} as const;

export interface IdentityRows {
	'identities.list': Identity;
}
