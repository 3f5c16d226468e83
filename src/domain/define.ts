import type * as v from 'valibot';

/** What a kind of command is: the sentence that the ledger holds for it, and the shape of its data. */
export interface CommandDefinition<S extends v.GenericSchema = v.GenericSchema> {
	/** A fixed text: no word of the person's ever stands in the ledger. */
	readonly intent: string;
	readonly data: S;
}

export function command<S extends v.GenericSchema>(intent: string, data: S): CommandDefinition<S> {
	return { intent, data };
}
