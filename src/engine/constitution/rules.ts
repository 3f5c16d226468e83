/**
 * The machine rules: what the guard reads, as data. Phrases are in the language of #engine/phrases.ts. A `hard` or
 * `critical` phrase refuses a mirrorback by itself; `soft` phrases of `prescription` count towards `thresholds.directive`,
 * other `soft` phrases are noted. Parsed by #engine/constitution/schema.ts before anything trusts them.
 */
export const MACHINE_RULES = {
	version: '1.0.0',
	thresholds: {
		/** Share of directive words in all words of the mirror's own, from which a text is refused. */
		directive: 0.15
	},
	classes: {
		adverb: words(
			'really just probably perhaps maybe also definitely always certainly still simply ' +
				'absolutely only first then now instead never not even actually possibly ideally ' +
				'obviously seriously'
		),
		modal: words("should must ought shouldn't mustn't oughtn't"),
		told: words(
			'you he she they we someone parents son daughter kid kids child partner boyfriend ' +
				'girlfriend husband wife mom dad mother father friend friends family'
		),
		verb: words(
			'accept act add address admit agree allow apologise apologize approach arrange ask assume ' +
				'avoid bear become begin block breathe bring build buy call cancel check choose clean ' +
				'communicate compare confront connect consider contact create cut date deal decide delete ' +
				'demand discuss distance ditch document drink drive drop eat embrace encourage end enjoy ' +
				'enroll establish expect explain explore express face figure file find finish fix focus ' +
				'follow forget forgive get give go google grab grow hang hire ignore include inform ' +
				'insist invest invite join journal keep learn leave let limit listen live look lower ' +
				'maintain make meet message monitor move notice offer open pack pay pick plan play ' +
				'practice practise prepare pretend prioritize promise protect provide pull push put quit ' +
				'raise reach read reconsider record reduce reflect reframe refuse relax remember remind ' +
				'remove repeat replace report request respect rest reward ride run save schedule search ' +
				'seek sell send separate set share show sign sit sleep slow spend stand start stay step ' +
				'stick stop study support surround take talk teach tell think throw thank track train ' +
				'treat trust try turn use visit volunteer wait walk wash watch wear weigh work write'
		),
		/** Verbs that at the start of an English clause are nearly always a command. */
		command: words(
			'accept acknowledge address allow apologise apologize ask avoid begin block breathe bring ' +
				'buy cancel check choose communicate confront consider contact create decide delete ' +
				"discuss ditch don't embrace encourage ensure establish explain explore express figure " +
				'find follow forgive get give go google grab hire ignore imagine include invest invite ' +
				'join keep learn leave listen make meet move notice offer pack pay pick prepare pretend ' +
				'prioritise prioritize pull push put quit read recognise recognize reconsider reduce ' +
				'reframe remind remove replace respect save say schedule search seek sell send separate ' +
				'set share sit spend start stay stick stop surround take teach tell throw treat try ' +
				'volunteer wait wash write'
		),
		/** Verbs that are as often nouns or statements without "I": a command only with a fitting word after them. */
		either: words(
			'talk visit use turn watch step speak act add bear build call change clean cook cut drink ' +
				'drop eat fake hold kick enjoy exercise face focus help hang hug journal let live look ' +
				'love plan play practice practise relax rest run show sign sleep slow stand study support ' +
				'track train walk work reach open record respond forget limit think see'
		),
		after: words(
			'a an the your yourself her him them it his their this that these those some any all ' +
				'every each more less on at to with up out into down away back about around off over for ' +
				'through together what how if who where without when something someone things another one ' +
				'as in of like elsewhere straight'
		),
		better: words(
			'better best good great wise smart healthy healthier helpful useful important essential ' +
				'crucial wiser ideal'
		),
		suggest: words('suggest recommend advise encourage urge propose'),
		disorder: words(
			'depression anxiety adhd add ptsd ocd bpd autism bipolar schizophrenia anorexia bulimia ' +
				'narcissism psychosis trauma burnout codependency insomnia addiction dysthymia ' +
				'dissociation'
		),
		/** What a person does with a thought: "you feel that you should" reports, it does not advise. */
		report: words(
			'feel felt feeling write wrote written say said saying tell told think thought thinking ' +
				'believe believed mention mentioned describe described note noted name named call called ' +
				'wonder wondered ask asked worry worried fear feared imagine imagined hear heard sense ' +
				'sensed decide decided seem seemed'
		),
		reported: words(
			'sense feeling thought idea belief voice worry fear pressure rule story sentence word ' +
				'line conviction suspicion'
		),
		/** Words that may stand between the report and what is reported. */
		link: words(
			'that like as if though how whether why to feel you yourself sometimes often still also ' +
				'me says saying'
		),
		label: words(
			'depressed bipolar narcissistic codependent traumatised traumatized psychotic borderline ' +
				'autistic neurotic paranoid delusional dissociating manic anorexic addicted'
		)
	},
	/** Directive words straight after one of these are the person's, not the mirror's. */
	reports: [
		"you|you're|you've|you'd @adverb? @adverb? @report",
		'the|a|that|this|your _? @reported',
		'part of you'
	],
	categories: [
		{
			name: 'prescription',
			severity: 'hard',
			phrases: [
				'you @adverb? @adverb? @modal',
				"you'd better|best",
				'you had better',
				"you|you'll|you'd @adverb? @adverb? need to",
				'you @adverb? need a|an|some|more|less|help|therapy|counseling|counselling|time|space',
				'you gotta',
				'you @adverb? have to',
				"you've got to",
				"you'll|you'd have|want to",
				'you will have|need|want to',
				"you don't|won't have|need to",
				'you do not have|need to',
				"you can't|cannot keep|just|let|expect|force|make|change|control|always",
				'you might|may|could @adverb? want|need|wish|like to',
				"you'd|you're @adverb? better off",
				'you would|might|may be better|wise',
				'you could|might|may|can @adverb? @adverb? try|consider|look',
				'you @adverb? could|might|may @adverb? @verb',
				'they|he|she|we|someone|everyone @adverb? should|must @adverb? @verb',
				'he|she|they|someone|anyone|who needs|need to @adverb? @verb',
				"i'd|i'll|i @adverb? would|could|can|must|strongly|highly? @suggest",
				"i|i'd|would @adverb? strongly|highly? @suggest",
				"i'd @adverb? @verb",
				'i would @adverb? @adverb? @verb',
				"i'd|i @adverb? would|wouldn't not? worry|let|go|do|bother|recommend|advise|try",
				"i wouldn't @adverb? @verb",
				'if i were|was you',
				'in your shoes|place|position|situation',
				'my @adverb? advice|suggestion|recommendation',
				'a|one|another piece? of? advice|suggestion|recommendation',
				'strongly|highly|definitely recommend|recommended|suggest|advise',
				"it|that|this would|might|could|may|'d be @adverb? @better to?",
				"it's|is|it'd|that'd|it'll @adverb? very|really? @better to",
				"it's|is @adverb? very|really? @better for you",
				'one|another option is|would',
				'would|might|could be the @adverb? right|best|wise|kind|healthy',
				'the @adverb? best|right|first|only|main|key|most thing|option|choice|way|bet|course|approach|advice|step _? to|is|would|you',
				'best|better|good bet|option|choice|course|approach',
				'best|better to|not',
				'^better @verb',
				'a good|great|better|smart idea|option|choice|place|start|way to|would|for|if|is',
				'your @adverb? best|safest only? bet|option|choice|chance',
				'worth a|your|it? try|trying|shot|considering|looking|asking|checking|exploring|talking|while',
				'^@adverb? make|be|making sure|certain|careful|honest|patient|kind|gentle|open|prepared|yourself|aware|proud|there|clear|upfront',
				'remember to|that',
				'feel free to',
				"^let's",
				'^let yourself|her|him|them|your|go|it|this|people',
				'^try|trying @adverb? to|and|not|a|the|your|some|out|_',
				'^stop|start|avoid|quit|keep|consider|begin|try *ing',
				"^don't|dont|never|not @adverb? @verb",
				"^don't|dont be|worry|feel|give|beat|lose|rush|push|force|do|have|blame|hold|settle|compare|hesitate|fall|even|ever|just|need",
				'^do not',
				'^never|please|always @verb',
				'^please',
				'^@command',
				'^@either @after',
				'^rest|relax|breathe|apologize|apologise|meditate|exercise|leave|communicate|journal|wait|listen|talk$',
				'^be @adverb? _',
				"^do a|the|your|some|it|what|this|that|things|something|whatever|research|not|yourself|n't",
				'^have a|an|the|your|some|them|him|her|fun|faith|patience|someone|another',
				'^love|help|be|ask|treat|forgive yourself',
				'^@either yourself',
				'^focus on',
				'^feel your',
				"it's|is @adverb? time to|for|you",
				'all you can|have|need to? do',
				'take it|things|one|a slow|easy|day|step|break|breath|time',
				'take care of|yourself',
				'seek a|some? professional|medical? help|therapy|therapist|counselling|counseling|treatment|support',
				'get professional help',
				'get into? therapy|counselling|counseling',
				'see a|your doctor|therapist|counsellor|counselor|psychologist|psychiatrist|lawyer',
				'talk|speak to|with a|your|someone|somebody|him|her|them',
				'change your',
				'take action'
			]
		},
		{
			name: 'prescription',
			severity: 'hard',
			questions: true,
			phrases: [
				'why not',
				"why don't you|just",
				'have you @adverb? @adverb? tried|considered',
				'have you @adverb? thought about|of *ing',
				'^what|how about *ing|a|the|your|some',
				'would it help|hurt if|to',
				"wouldn't it be|help"
			]
		},
		{
			name: 'prescription',
			severity: 'soft',
			phrases: [
				'you can @adverb? @adverb? @verb',
				'you can|could @adverb? do|be|have',
				'if you can|could|want|feel|decide|need',
				'it|that might|may|could|would|can|will @adverb? help',
				'should @adverb? be',
				'that|this|which|it will|can|should|may|might help you?',
				'so|then you can',
				'in order to',
				'helps to',
				'to achieve|improve|fix|solve|overcome|prevent',
				"you'll @adverb? notice|find|see|feel|learn",
				'most people find',
				'generally recommended',
				'would|might|could help',
				'try to',
				'focus on',
				'work|working on',
				'maybe|perhaps @verb|a|even|you|if|find|something|just|see|there',
				'instead of *ing',
				'the key|trick|goal is',
				'until you'
			]
		},
		{
			name: 'diagnosis',
			severity: 'critical',
			phrases: [
				"you|you've|you may|might|probably|clearly|likely? have|had|got|suffer|show|display a|an|some|severe|mild|from|signs|of? of? @disorder",
				'you suffer|suffering from',
				"you're|are|seem|sound|appear|look @adverb? clinically|very|so|quite|severely? @label",
				"you're|are a|an @adverb? narcissist|addict|alcoholic|psychopath|sociopath|hypochondriac",
				'your @disorder',
				'signs|symptoms|symptom of',
				'clinically',
				'personality|mood|anxiety|eating|attachment disorder',
				'requires|needs|warrants treatment|therapy|medication|diagnosis'
			]
		},
		{
			name: 'cross_identity',
			severity: 'hard',
			phrases: [
				'people|users|others|those|someone like you',
				'most|many|lots|other of? people|users|men|women|of us',
				'a lot of people',
				'we|they all go|feel|do|struggle|have|get|want|know|fear',
				'everyone|everybody|people @adverb? goes|feels|does|struggles|has|gets|wants|knows|fear|feel|go|struggle|have',
				'the typical|average person|user',
				'typical|average person|user',
				'this|that|it is @adverb? perfectly|completely|totally|quite|very|so? normal|natural|common',
				"it's|that's @adverb? perfectly|completely|totally|quite|very|so? normal|natural|common",
				"you're not alone",
				"you are|aren't not? alone"
			]
		},
		{
			name: 'coercion',
			severity: 'hard',
			phrases: [
				"you'll|will @adverb? ruin|lose|fail|regret|end|miss|never",
				"before it's|is too late",
				'before it is too late',
				"if you don't",
				'if you do not',
				'now or never',
				'no choice but',
				'last chance',
				'^act now',
				'immediately',
				'disappointing|disappointed in|with you?',
				'shame on you',
				'miss|missed you'
			]
		},
		{
			name: 'teleology',
			severity: 'hard',
			phrases: [
				'the meaning|purpose|point|goal of life|living|your|existence',
				'the only way',
				"your|the|one's true self|meaning|purpose|calling|path",
				'true meaning|purpose',
				"you're|are|were meant|destined|born to",
				'happens|happen for a reason',
				'the universe',
				'your journey|destiny|calling|higher'
			]
		},
		{
			name: 'masquerade',
			severity: 'hard',
			phrases: [
				'i @adverb? @adverb? understand|know|see|hear|get|feel|believe|think|care|hope|worry|love|remember|sense|wish|admire|want|am|was|have|like',
				"i'm|i've|i'd|i'll",
				"i can|could|do|don't|didn't @adverb? understand|imagine|tell|see|feel|hear|know|think|believe",
				'as your friend|therapist|coach|companion|guide',
				'trust me',
				'believe me'
			]
		},
		{
			name: 'optimisation',
			severity: 'hard',
			phrases: [
				'engagement|retention|productivity|gamification',
				'streak|streaks',
				'keep it up',
				'on track',
				'level up',
				'your|a|mood|wellness|happiness score|rating|grade|ranking|progress',
				'best version of yourself',
				'optimise|optimize|optimising|optimizing|maximise|maximize'
			]
		},
		{
			name: 'praise',
			severity: 'hard',
			phrases: [
				'well done',
				'^good|great|nice|amazing|excellent job|work|question|insight|entry',
				'proud of you',
				'congratulations|congrats|bravo',
				"that's|is|how|what|so @adverb? a? great|amazing|wonderful|brave|beautiful|courageous|insightful|impressive|honest|powerful",
				"you're|are @adverb? doing so|very? great|well|amazing",
				"you're|are @adverb? so|very|such brave|strong|wise|amazing|insightful|courageous|thoughtful",
				"you're|are such? a brave|strong|wise|good|great|amazing|wonderful _"
			]
		},
		{
			name: 'complicity',
			severity: 'critical',
			phrases: [
				'how to hurt|kill|stalk|poison|harm|blackmail|threaten @told|people|yourself|somebody|him|her|them',
				'^train|training a|the|this|our|your? model|models on|with'
			]
		}
	]
};

function words(list: string): string[] {
	return list.split(' ');
}
