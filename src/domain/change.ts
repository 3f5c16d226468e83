import * as v from 'valibot';
import { newId } from '#domain/common.ts';
import { command } from '#domain/define.ts';

export const changeCommands = {
	/**
	 * Puts every row back that a request of a short while ago wrote or removed, as it was before: as long as none of them
	 * was changed again since. What was erased for good stays so.
	 */
	'change.undo': command('Undo a change', v.strictObject({ request_id: newId }))
};
