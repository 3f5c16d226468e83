import { expose } from 'comlink';
import { trialDesk } from '#app/policy-desk.ts';

// It is given policies, samples and entries of the ledger, which hold no words; never the person's database.
expose(trialDesk());
