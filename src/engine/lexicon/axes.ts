interface Side {
	/** Words that name the pole itself. */
	readonly name: readonly string[];
	/** Words that belong to it. */
	readonly family: readonly string[];
}

/** A seed tension: `id` is what `engine_runs.tensions_surfaced` holds; phrases are in the language of #engine/phrases.ts. */
export interface SeedAxis {
	readonly id: string;
	readonly name: string;
	readonly a: Side;
	readonly b: Side;
}

/** The five seed tensions of the specification (C2, "Seed tensions"). Neither side is the good one. */
export const SEED_AXES: readonly SeedAxis[] = [
	{
		id: 'control_vs_surrender',
		name: 'Control/Surrender',
		a: {
			name: ['control|controls|controlled|controlling'],
			family: [
				'plan|plans|planned|planning',
				'manage|managing|managed',
				'grip|gripping|clinging|insist|insisted',
				'in charge',
				'hold|holding on',
				'make sure',
				'force|forcing|forced'
			]
		},
		b: {
			name: ['surrender|surrendered|surrendering'],
			family: [
				'let|letting go',
				'let|letting it|things be|happen|go',
				'accept|accepting|accepted|acceptance',
				'trust|trusting|trusted',
				'release|releasing|released|yield',
				'give|giving in|up',
				'allow|allowing|allowed'
			]
		}
	},
	{
		id: 'certainty_vs_openness',
		name: 'Certainty/Openness',
		a: {
			name: ['certainty|certain'],
			family: [
				'sure|convinced|definite|definitely',
				'know|knew for sure',
				'answer|answers',
				'obvious|clear|clearly',
				'decided|proof|guarantee|guaranteed'
			]
		},
		b: {
			name: ['openness|open'],
			family: [
				'maybe|perhaps|possibly|possibility|possibilities',
				'wonder|wondered|wondering|curious|curiosity',
				"don't|didn't know",
				'uncertain|uncertainty|unsure|unknown|doubt|doubts',
				'might|what if',
				'explore|exploring'
			]
		}
	},
	{
		id: 'connection_vs_solitude',
		name: 'Connection/Solitude',
		a: {
			name: ['connection|connected|connect'],
			family: [
				'together|close|closeness|company|belong|belonging|belonged',
				'friend|friends|family',
				'talked|talking with|to',
				'share|shared|sharing',
				'with people|others|everyone',
				'miss|missed him|her|them|you'
			]
		},
		b: {
			name: ['solitude'],
			family: [
				'alone|lonely|loneliness|isolated|isolation',
				'by myself',
				'on my own',
				'quiet|silence|withdraw|withdrew|withdrawn|hide|hiding',
				'my own space|room|company',
				'distance|away from everyone|people'
			]
		}
	},
	{
		id: 'action_vs_rest',
		name: 'Action/Rest',
		a: {
			name: ['action|act'],
			family: [
				'do|doing more|everything|something',
				'push|pushing|pushed|overtime|effort',
				'busy|rush|rushing|rushed|hurry|deadline|deadlines|productive',
				'move|moving|start|starting|build|building',
				'to-do|list|tasks'
			]
		},
		b: {
			name: ['rest|resting|rested'],
			family: [
				'slow|slowing down',
				'nap|stillness|pause|paused|stop|stopped|stopping',
				'relax|relaxed|break|breathe|breathing',
				'tired|exhausted|weary|drained',
				'do|doing nothing',
				'sit|sitting still'
			]
		}
	},
	{
		id: 'structure_vs_flow',
		name: 'Structure/Flow',
		a: {
			name: ['structure|structured|structures'],
			family: [
				'routine|routines|schedule|schedules|order|ordered|organised|organized|organise|organize|discipline',
				'rule|rules|system|systems|habit|habits|calendar',
				'plan|plans'
			]
		},
		b: {
			name: ['flow|flowing|flowed'],
			family: [
				'chaos|chaotic|mess|messy|spontaneous|spontaneity|improvise|improvised|drift|drifting|drifted',
				'loose|freedom|free|wander|wandering|wandered|play|playful',
				'go|going|went with it',
				'in the moment'
			]
		}
	}
];
