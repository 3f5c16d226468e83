import { MANIFESTO } from '#engine/constitution/00_manifesto.ts';
import { SOVEREIGNTY } from '#engine/constitution/01_sovereignty.ts';
import { REFLECTION } from '#engine/constitution/02_reflection.ts';
import { SAFETY } from '#engine/constitution/03_safety.ts';
import { CORRUPTION } from '#engine/constitution/04_corruption.ts';
import { GOVERNANCE } from '#engine/constitution/05_governance.ts';

/** One text of the constitution: `name` is that of its file in a bundle, without `.md`; `text` is Markdown with LF line ends. */
export interface ConstitutionText {
	readonly name: string;
	readonly text: string;
}

/** The constitution this version of the app ships, in reading order. The texts bind; the rules carry out what a rule can. */
export const CONSTITUTION_TEXTS: readonly ConstitutionText[] = [
	{ name: '00_manifesto', text: MANIFESTO },
	{ name: '01_sovereignty', text: SOVEREIGNTY },
	{ name: '02_reflection', text: REFLECTION },
	{ name: '03_safety', text: SAFETY },
	{ name: '04_corruption', text: CORRUPTION },
	{ name: '05_governance', text: GOVERNANCE }
];
