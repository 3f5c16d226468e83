/**
 * Crisis language as phrases (language of #engine/phrases.ts) over words without apostrophes ("dont", "im"), so that
 * missing ones do not matter. Narrow on purpose: first person, now, an intention or a danger; never a topic.
 */

export type CrisisIssue = 'suicide' | 'self_harm' | 'violence' | 'abuse';

/** Which words may follow, beyond the phrase: see `holds` in #engine/crisis.ts. */
export type Tail = 'any' | 'die' | 'kill' | 'hurt' | 'live' | 'person' | 'blow' | 'recent' | 'wake';

export interface CrisisRule {
	readonly issue: CrisisIssue;
	readonly tail: Tail;
	/** `then`: told in the past tense, so a word of the distant past ("years ago") takes it out of now. */
	readonly time: 'now' | 'then';
}

export const CRISIS_CLASSES = {
	adv: words(
		'really just so honestly still actually literally only always sometimes often even also truly seriously finally do ' +
			'fucking desperately kinda badly again now genuinely simply secretly pretty think started sort kind of very all ' +
			'constantly currently probably definitely already both'
	),
	want: words('want need wish plan intend long mean deserve'),
	going: words('going planning ready trying about determined prepared tempted'),
	own: words('own fucking damn stupid'),
	kin: words(
		'husband wife partner boyfriend girlfriend fiance fiancee father dad daddy stepdad stepfather mother mom mum stepmother ' +
			'stepmom brother uncle grandfather cousin boss coach teacher roommate flatmate ex parents sister son neighbour ' +
			'neighbor landlord bf gf'
	),
	others: words(
		'everyone everybody they family kids children world husband wife parents people friends mom mum mother'
	),
	pills: words('pills tablets meds medication tylenol paracetamol sleeping'),
	person: words('him her them someone somebody everyone everybody people myself')
};

const INTENT: readonly string[] = [
	'i @adv? @adv? @adv? @want to @adv?',
	'im|am @adv? @adv? @going to @adv?',
	'i @adv? will @adv?',
	'i @adv? might|should|must|gotta @adv?',
	'ill @adv?',
	'ive|i have? been? @adv? decided|wanting|planning|meaning|trying|deciding to @adv?',
	'i keep wanting|trying to',
	'i wish i could @adv?',
	'i|im|ive have|feel|feeling|had|get|having|got|fighting this|the|an|a|such? strong? urge|urges|desire|plan|plans|impulse to',
	'i @adv? dont know how to not',
	'i cant stop wanting to',
	'id @adv? like|rather|love to?'
];

const ATTEMPT: readonly string[] = [
	'i @adv? tried to',
	'i attempted to',
	'i @adv? almost|nearly tried? to?',
	'i @adv? wanted to'
];

const SUSPENDED: readonly string[] = [
	'im|am|ive|i|keep|been|stop @adv? thinking|fantasizing|fantasising|obsessing|daydreaming of|about',
	'im|am|ive|i|been @adv? considering|contemplating|planning|researching on?',
	'i @adv? @adv? think|fantasize|fantasise|obsess a? lot? of|about',
	'i|im|ive @adv? have|had|having|get|getting|keep having? @adv? intrusive? thoughts|thought|images of|about',
	'i @adv? feel like',
	'i can @adv? think about|of is'
];

const THOUGHT: readonly string[] = [
	'i @adv? @adv? thought|considered|contemplated seriously? of?',
	'i @adv? @adv? thought about|of'
];

const KILL_SELF: readonly string[] = [
	'kill|hang|shoot|drown|poison|suffocate|off myself',
	'commit|attempt suicide',
	'do away with myself'
];

const END_SELF: readonly string[] = [
	'end|take my @own? life',
	'end it all',
	'end my @own? suffering|pain|misery|existence',
	'die by suicide',
	'slit my @own? wrists|throat',
	'jump off|from a|the|this|that bridge|roof|building|balcony|cliff|window|overpass',
	'jump|throw|step|walk myself? in front of|off a|the|my? train|bus|truck|car|lorry|bridge',
	'swallow|take all my|the|these|of? my? @pills',
	'take|swallow a|the|this|whole bottle|handful of @pills',
	'drive off|into a|the bridge|cliff|wall|tree|river|ravine',
	'blow my @own? brains|head out|off',
	'overdose on my? @pills',
	'put a|the bullet|gun in|to my|through head|mouth',
	'fall|go? to? sleep|asleep and? never wake'
];

const KILLING_SELF: readonly string[] = [
	'killing|hanging|shooting|drowning myself',
	'ending|taking my @own? life',
	'ending it all',
	'committing? suicide',
	'jumping off|from a|the|this|that bridge|roof|building|balcony|cliff',
	'jumping|stepping|throwing|walking myself? in front of',
	'slitting my wrists',
	'overdosing',
	'how|ways to? i? @adv? kill|end|would|could|can kill|my? myself|life'
];

const SELF_HARM: readonly string[] = [
	'cut|hurt|harm|burn|injure|stab myself',
	'self harm',
	'cut my arms|arm|wrists|wrist|thighs|thigh|legs|skin'
];

const VIOLENCE: readonly string[] = ['kill|murder|stab|shoot|strangle|poison'];

/** Phrases with what they are filed under. */
export const CRISIS_PHRASES: readonly { phrase: string; value: CrisisRule }[] = [
	...cross(INTENT, KILL_SELF, { issue: 'suicide', tail: 'kill', time: 'now' }),
	...cross(INTENT, END_SELF, { issue: 'suicide', tail: 'any', time: 'now' }),
	...cross(ATTEMPT, [...KILL_SELF, ...END_SELF], { issue: 'suicide', tail: 'recent', time: 'then' }),
	...cross(SUSPENDED, KILLING_SELF, { issue: 'suicide', tail: 'kill', time: 'now' }),
	...cross(THOUGHT, KILLING_SELF, { issue: 'suicide', tail: 'kill', time: 'then' }),
	...file({ issue: 'suicide', tail: 'die', time: 'now' }, [
		'i @adv? @adv? @adv? want|need|long|deserve to @adv? die',
		'i @adv? @adv? wish i could @adv? die',
		'im|am @adv? ready|planning|prepared|waiting to die',
		'i @adv? wish i was|were @adv? dead',
		'i @adv? @adv? want|wish to be dead',
		'id|would rather|better be dead',
		'i @adv? hope i @adv? die',
		'im|am|keep @adv? thinking about|of dying',
		'part of me @adv? wants to @adv? die'
	]),
	...file({ issue: 'suicide', tail: 'live', time: 'now' }, [
		'i @adv? @adv? dont @adv? want to @adv? live|exist',
		'i @adv? cant|dont want? to? @adv? go on living|anymore|any',
		'i @adv? @adv? dont want to be @adv? alive',
		'i @adv? @adv? dont want to be here|around anymore|any',
		'i @adv? @adv? want to stop living',
		'im|am @adv? @adv? tired|sick|done of|with living',
		'i @adv? dont see|find|have|know the|a|any|much point|reason|purpose in|to|of @adv? living|live',
		'i @adv? @adv? dont want to be on|in this earth|world|planet',
		'im|am not sure i|if i? @adv? want to @adv? live|exist',
		'i @adv? dont know if|whether i @adv? want|can to? @adv? live|exist|keep living?'
	]),
	...cross(INTENT, ['fall|go? to? sleep|asleep and? not ever? wake up?'], {
		issue: 'suicide',
		tail: 'live',
		time: 'now'
	}),
	...file({ issue: 'suicide', tail: 'wake', time: 'now' }, [
		'i @adv? @adv? dont want to @adv? wake up',
		'i @adv? wish i wouldnt|didnt|wont|never wake|woke up',
		'i @adv? hope i dont|never wake up',
		'i @adv? want to never wake up'
	]),
	...file({ issue: 'suicide', tail: 'any', time: 'now' }, [
		'i @adv? @adv? want to @adv? not exist',
		'i @adv? @adv? want to stop existing',
		'part of me @adv? wants to @adv? kill myself',
		'im|am @adv? ending my @own? life',
		'should i @adv? @adv? kill myself',
		'should i @adv? @adv? end my @own? life',
		'would|will|ill @adv? miss|notice|care|cry me? if i @adv? killed myself',
		'would|will @adv? miss|notice|care me? if i @adv? died|disappeared',
		'i @adv? wish i had|id|was|were never been? born|existed',
		'i wish i wasnt|werent alive',
		'no reason|point for|in? me? to|in @adv? live|living',
		'no reason|point for|in? me? to|in stay|staying|be|being alive',
		'point|reason in|for being alive',
		'im|am @adv? @adv? tired|sick of being alive',
		'nothing left? to live for',
		'my life isnt worth living',
		'life isnt worth living anymore|any|to',
		'@others would|will|are|is|be|d be? @adv? better off without me',
		'@others would|will|are|is|be|d be? @adv? better off if i was|were|am|died|killed|wasnt|werent dead|gone|myself|here|alive',
		'im|id|i am|would? be? better off dead',
		'im|am|feel|feeling @adv? @adv? suicidal',
		'ive|i been|felt|have been? @adv? suicidal',
		'i|im|ive|me @adv? have|having|had|get @adv? suicidal thoughts|ideation|feelings|urges',
		'suicidal thoughts are|keep back|coming|getting',
		'i|im|ive @adv? have? wrote|written|writing|write|finished a|my|the? suicide|goodbye note|notes|letter|letters',
		'my suicide note|plan|letter',
		'i @adv? wont be alive'
	]),
	...file({ issue: 'suicide', tail: 'any', time: 'then' }, [
		'i|ive @adv? took|swallowed|taken all of? my|the|these? @pills',
		'i|ive @adv? took|swallowed|taken too many @pills',
		'i|ive @adv? took|swallowed|taken a|the|my whole? bottle|handful|box|packet of @pills',
		'i|ive @adv? took|taken an overdose',
		'i attempted suicide'
	]),
	...file({ issue: 'suicide', tail: 'recent', time: 'then' }, [
		'i @adv? almost|nearly killed|hanged|shot|drowned myself'
	]),
	...cross(INTENT, SELF_HARM, { issue: 'self_harm', tail: 'hurt', time: 'now' }),
	...cross(
		SUSPENDED,
		['cutting|hurting|harming|burning myself', 'self harm|harming', 'cutting my arms|wrists|thighs|legs'],
		{ issue: 'self_harm', tail: 'hurt', time: 'now' }
	),
	...file({ issue: 'self_harm', tail: 'hurt', time: 'now' }, [
		'im|am|been|keep|started|cant|stop @adv? stop? cutting|harming|burning myself',
		'im|am|ive|been|keep|started|cant|stop @adv? stop? self harming',
		'im|am|ive|been|keep|cant|stop @adv? stop? hurting myself on|deliberately|intentionally',
		'im|am|started @adv? cutting again',
		'i @adv? self harm',
		'urge|urges to cut again|myself|tonight?',
		'urge|urges to @adv? cut$'
	]),
	...file({ issue: 'self_harm', tail: 'hurt', time: 'then' }, [
		'i|ive @adv? @adv? cut|burned|burnt|hurt|harmed|scratched myself until|again|deliberately|intentionally|tonight',
		'i|ive @adv? @adv? cut|burned|burnt|hurt|harmed|scratched myself on|to|last purpose|feel|cope|night',
		'i @adv? cut my arms|arm|wrists|wrist|thighs|thigh|legs again|on|last|tonight|to|because',
		'i @adv? cut|burned|burnt|scratched|hit my _ on purpose',
		'i @adv? cut|burned|burnt|scratched my _ deliberately|intentionally',
		'i relapsed and @adv? cut|hurt|harmed',
		'i|ive @adv? self harmed',
		'i @adv? cut again'
	]),
	...cross(
		INTENT,
		VIOLENCE.flatMap((verb) => [`${verb} @adv? @person`, `${verb} my|the|that @own? @kin`, `${verb} _`]),
		{ issue: 'violence', tail: 'person', time: 'now' }
	),
	...cross(
		['i @adv? @adv? @adv? @want to @adv?', 'im|am @adv? @adv? planning|determined to'],
		[
			'hurt @adv? someone|somebody|him|her|them|people|everyone',
			'hurt my @kin',
			'beat|bash him|her|them|my to|head|@kin death|in|to death?',
			'set fire to his|her|their|the house'
		],
		{ issue: 'violence', tail: 'person', time: 'now' }
	),
	...cross(
		INTENT,
		[
			'shoot up the|my school|office|place|church|mall',
			'bomb|blow up? the|my|this school|office|building|church|mall'
		],
		{
			issue: 'violence',
			tail: 'any',
			time: 'now'
		}
	),
	...cross(
		SUSPENDED.slice(0, 4),
		[
			'killing|hurting|stabbing|shooting|strangling|murdering @adv? @person',
			'killing|hurting|stabbing|shooting|strangling|murdering my @own? @kin'
		],
		{ issue: 'violence', tail: 'person', time: 'now' }
	),
	...cross(
		['he|she @adv?', 'my @own? @kin @adv?'],
		[
			'hits|beats|punches|kicks|slaps|chokes|strangles|rapes|molests|abuses me',
			'is|keeps|has been? @adv? hitting|beating|punching|kicking|slapping|choking|strangling|raping|molesting|abusing|assaulting me',
			'threatens to kill|hurt me',
			'says|said hell|he|shell|she will|would? kill me if',
			'wont let me leave the|our|my|him|her house|home|apartment|flat|room?',
			'wont let me out of the house',
			'locks|locked me in|up',
			'holds|held|puts|put|points|pointed a|the knife|gun to|at my|me',
			'forces|makes|forced me to have sex',
			'forces|forced himself on me',
			'touches me inappropriately|at|down|where|under|when|there',
			'hurts me when|every|physically|at|again'
		],
		{ issue: 'abuse', tail: 'blow', time: 'now' }
	),
	...cross(
		['hes|shes @adv?'],
		[
			'hitting|beating|punching|choking|strangling|raping|molesting|abusing me',
			'been @adv? hitting|beating|choking|raping|molesting|abusing me'
		],
		{
			issue: 'abuse',
			tail: 'blow',
			time: 'now'
		}
	),
	...cross(
		['he|she @adv?', 'my @own? @kin @adv?'],
		[
			'hit|beat|punched|kicked|slapped|choked|strangled|raped|molested|assaulted|burned me',
			'threatened to kill me',
			'threatened me with',
			'tried to kill|strangle|choke|rape me'
		],
		{ issue: 'abuse', tail: 'recent', time: 'then' }
	),
	...file({ issue: 'abuse', tail: 'blow', time: 'now' }, [
		'im|am being|getting @adv? abused|beaten|raped|molested|trafficked|assaulted|strangled',
		'im|am @adv? afraid|scared|terrified that? he|she will|is|might going? to? @adv? kill|hurt me',
		'im|am @adv? afraid|scared|terrified that? hell|shell|hes|shes going? to? kill|hurt me',
		'im|am @adv? afraid|scared|terrified that? my husband|wife|boyfriend|girlfriend|ex|partner|stepdad|stepfather will|is|might going? to? kill|hurt me',
		'im|am not safe at|with home|him|her|my'
	]),
	...cross(
		['he|she @adv?', 'my @own? @kin|parents @adv?'],
		['hit|beat|burn|hurt me every|whenever', 'hit|beat|burn me when he|she|they|i|im'],
		{ issue: 'abuse', tail: 'blow', time: 'then' }
	),
	...file({ issue: 'abuse', tail: 'recent', time: 'then' }, [
		'i was|got @adv? raped|assaulted|molested|beaten|strangled|abused'
	])
];

/**
 * The plainest sentences in six other languages: de, fr, es, it, pt, nl. The interface is English; people's words need not be.
 */
export const CRISIS_ELSEWHERE: readonly { phrase: string; value: CrisisRule }[] = [
	...file({ issue: 'suicide', tail: 'die', time: 'now' }, [
		'ich will|möchte|moechte nur|einfach? sterben',
		'je veux juste? mourir',
		'jai envie de mourir',
		'quiero morir|morirme',
		'me quiero morir',
		'voglio solo? morire',
		'quero morrer',
		'ik wil dood'
	]),
	...file({ issue: 'suicide', tail: 'live', time: 'now' }, [
		'ich will|möchte|moechte|kann nicht mehr leben',
		'je ne? veux plus vivre',
		'non voglio più|piu vivere',
		'não|nao quero mais viver',
		'ya no quiero vivir',
		'ik wil niet meer leven'
	]),
	...file({ issue: 'suicide', tail: 'any', time: 'now' }, [
		'ich will|möchte|werde mich umbringen|töten',
		'ich bringe mich um',
		'je veux|vais me tuer|suicider',
		'ya? no quiero seguir? vivir|viviendo más|mas',
		'quiero|voy a? matarme|suicidarme',
		'me quiero|voy a? matar|suicidar',
		'voglio uccidermi|ammazzarmi|suicidarmi|farla|finita finita?',
		'mi voglio|voglio? uccidere|ammazzare|suicidare',
		'quero|vou me matar|suicidar',
		'ik ga mezelf doden|ombrengen'
	])
];

function words(list: string): string[] {
	return list.split(' ');
}

function file(value: CrisisRule, phrases: readonly string[]): { phrase: string; value: CrisisRule }[] {
	return phrases.map((phrase) => ({ phrase, value }));
}

function cross(
	leads: readonly string[],
	acts: readonly string[],
	value: CrisisRule
): { phrase: string; value: CrisisRule }[] {
	return leads.flatMap((lead) => acts.map((act) => ({ phrase: `${lead} ${act}`, value })));
}
