import type { CrisisRule, Tail } from '#engine/lexicon/crisis.ts';
import { CRISIS_CLASSES } from '#engine/lexicon/crisis.ts';
import type { Matchable } from '#engine/phrases.ts';

/** A word as crisis phrases spell it (`norm`), with the word as written. */
export type Spoken = Matchable & { readonly text: string };

/** A match of a crisis phrase in its sentence, and that sentence with its neighbours. */
export interface CrisisMatch {
	readonly list: readonly Spoken[];
	readonly from: number;
	readonly to: number;
	readonly around: readonly Spoken[];
}

/** A match in words: what stands before it, in it, after it, and in the whole sentence. */
interface Context {
	readonly before: string;
	readonly matched: string;
	readonly after: string;
	readonly sentence: string;
	/** Whether the clause ends with the match. */
	readonly ends: boolean;
	readonly object: Spoken | undefined;
}

/** Whether a crisis phrase means what it says: not denied, supposed, reported, invented, joked, or long ago. */
export function holds(rule: CrisisRule, { list, from, to, around }: CrisisMatch): boolean {
	const context: Context = {
		before: said(list.slice(0, from)),
		matched: said(list.slice(from, to)),
		after: said(list.slice(to)),
		sentence: said(list),
		ends: list[to - 1]?.closes === true,
		object: list[to - 1]
	};
	if (hypothetical(context.before) || reported(context.before) || invented(context.before)) return false;
	if (rule.time === 'then' && DISTANT.test(said(around))) return false;
	if (rule.time === 'now' && DISTANT.test(context.before) && THINKING.test(context.before)) return false;
	return tailHolds(rule.tail, context);
}

function said(list: readonly Spoken[]): string {
	return list.map(({ norm }) => norm).join(' ');
}

/** A test for whole words: alternatives with no space around them. */
function has(alternatives: string): RegExp {
	return new RegExp(`(?:^| )(?:${alternatives})(?: |$)`);
}

/** A test for what a text begins with, in whole words. */
function begins(alternatives: string): RegExp {
	return new RegExp(`^(?:${alternatives})(?: |$)`);
}

/** A test for what a text ends in, in whole words. */
function ends(alternatives: string): RegExp {
	return new RegExp(`(?:^| )(?:${alternatives})$`);
}

const THINKING = ends('thinking|thought|feeling|felt|like|that');
const SUPPOSED = ends('if|unless|though|case|why would|never (?:say|said|think|thought)(?: that)?');
const UNSURE = ends('dont know if|not sure if');
const NOT_THAT = ends('(?:not|isnt|wasnt|never) (?:because|that|like|as|saying|thinking)(?: if| that)?');
const DOUBTED = ends('(?:dont|didnt|doesnt|not) (?:think|believe|mean|say|feel like|mean to say)(?: that)?');

/** "If I want to die", "it's not that I want to die", "I don't think I want to die". */
function hypothetical(before: string): boolean {
	return (SUPPOSED.test(before) && !UNSURE.test(before)) || NOT_THAT.test(before) || DOUBTED.test(before);
}

const HEARER = '(?: (?:me|us|her|him|them))?(?: (?:that|if|whether|oh|god|well|like))*';
const OFTEN = '(?:just |once |always |never |even |had |has |have )?';
const THEY_SAY = ends(
	`\\S+ ${OFTEN}(?:said|says|saying|tells|told|wrote|writes|texted|thinks|thought|asked|asks|claims|claimed|believes|believed|` +
		`screamed|yelled|sang|sings|whispered|joked|jokes|worries|worried|assumes|assumed|decided|goes)${HEARER}`
);
const I_SAY = ends(
	`(?:i|ive|im|and|just) ${OFTEN}(?:said|say|saying|told|wrote|thought|asked|believed|decided|screamed|whispered)${HEARER}`
);

/** "She said I want to die", "my therapist asked if …": the words or the guess of somebody else. */
function reported(before: string): boolean {
	const near = before.split(' ').slice(-7).join(' ');
	return THEY_SAY.test(near) && !I_SAY.test(near);
}

const WORK =
	'film|movie|novel|book|story|song|poem|play|episode|series|scene|show|game|opera|script|anime|video';
const FICTION = has(`${WORK}|characters?|lyrics?|line|role|monologue|podcast|chapter|hamlet`);
const INSIDE = has(`(?:in|on|from) (?:the|a|my|this|that|his|her|\\S+s) (?:\\S+ )?(?:${WORK})`);
const SPEAKS = has(
	'says|said|sings|sang|goes|called|titled|named|screams|shouts|whispers|where|about|is|was|reads'
);
const DREAM = has('dreamed|dreamt|dream|nightmare');
const TURNED_AWAY = ends('and|but|so|because|now');

/** A character's, singer's or player's words, or a dream. */
function invented(before: string): boolean {
	if (TURNED_AWAY.test(before)) return false;
	if (DREAM.test(before)) return true;
	return (
		FICTION.test(before) && !/ (?:that|me)$/.test(before) && (INSIDE.test(before) || SPEAKS.test(before))
	);
}

const AGE =
	'\\d+|kid|child|teen|teenager|teenaged|young|younger|little|small|student|girl|boy|five|six|seven|eight|nine|ten|eleven|' +
	'twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|school|high|college|university|middle|hospital';

const DISTANT = has(
	`used to|(?:years?|decades?|months|long time|ages|lifetime) ago|` +
		`when i was (?:a |in |an |at |still |much |very )?(?:${AGE})|i was (?:\\d+|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)|` +
		'back then|back in|as a (?:kid|child|teen|teenager|student|girl|boy)|in (?:19|20)\\d\\d|last year|' +
		'in (?:college|high school|middle school|my (?:teens|twenties|childhood|youth))|my childhood|growing up|' +
		'in (?:another|a past|a former) life|those days'
);

const RECENT = has(
	'again|tonight|today|yesterday|last (?:night|week|weekend|\\S+day)|this (?:morning|week|weekend|afternoon|evening|month)|' +
		'just|now|earlier|days ago|hours ago|an hour ago|a week ago|minutes ago|every (?:day|night|week|time)|so badly|for weeks|all week'
);

const JOKING = has(
	'lol|lmao|lmfao|rofl|haha\\S*|hehe\\S*|jk|kidding|joking|joke|embarrass\\S*|mortif\\S*|cringe\\S*|laughing|laughter|boredom|' +
		'adorable|cute|cuteness'
);
const SPORT = has(
	'chess|tennis|cards|scrabble|games?|race|racing|run|ping|pong|pool|darts|fifa|mario|squash|badminton|golf|monopoly|video|' +
		'football|soccer|match|sparring|karate|judo|boxing|training|practice|hockey|rugby|basketball|playing|played|player|level|' +
		'finals?|tournament|league|auction|election|zombies?|checkers|poker|uno|quiz|bet'
);
const PESTS = has(
	'ants?|weeds?|mosquito\\S*|bugs?|wasps?|fly|flies|cockroach\\S*|mice|mouse|rats?|bees|spiders?|slugs?|snails?|germs|bacteria|' +
		'aphids|moths?|plants?|roses|cells|time|dragon|orcs?|demons?|monsters?|enemy|enemies'
);
const MISHAP = has(
	'shaving|cooking|chopping|slicing|onions?|carrots?|bread|gym|workout|lifting|deadlift\\S*|running|paper|kitchen|stove|iron|' +
		'oven|accident|accidentally|knitting|gardening|pan|kettle|climbing|skiing|hiking|bike|fell|tripped|slipped'
);

const DIE_TAIL = begins(
	'now|today|tonight|so|because|and|but|right|every|all|please|already|anymore|rn|again|just|really|i|my|this|that|it|' +
		'everything|or|badly|alone|here|sometimes|lately|most|at this point|in my sleep|since|soon|tomorrow|more|than (?:live|be|go on|keep)'
);
const LIVE_TAIL = begins(
	'anymore|any longer|and|but|because|so|if|through this|with (?:this|the) pain|right now|or|i|like this anymore'
);
const LIVE_SAID = ends('anymore|longer|any|living|world|earth|planet');
const PLACE = begins('at|with|in|on|than|for');
const WAKE_SAID = has('never|wish|hope');
const WAKE_TAIL = begins('anymore|tomorrow|again|ever|in the morning');
const WILL = has('ill|will');
const KILL_IDIOM = begins(
	'laughing|trying|working|training|running|studying|exercising|over|getting|doing|cleaning|just to|' +
		'for (?!(?:a |many |several )?(?:weeks?|days?|months?|years?|hours?|long|ages|good))\\S+|' +
		'by (?:working|overworking|training|studying)|at (?:the|this|that|work|my)|with (?:work|kindness|exercise|all this work)|' +
		'on (?:the|that|this|these|those) (?:stairs|ice|bike|steps|rug|toys?|lego|step|treadmill|court)|' +
		'to (?:get|finish|please|make|impress)'
);
const HURT_IDIOM = begins(
	'into|a|an|some|off|free|loose|short|out|in|another|too much slack|down|back|lifting|doing|while|by lifting|trying|at|playing|' +
		'if i (?:lift|run|keep (?:lifting|running|training))'
);
const BLOW_IDIOM = begins(
	'up|at|on|out|off|under|down|by (?:\\S+ )?(?:points?|seconds?|minutes?|goals?|a|one|two|three|four|far)|by the (?:smells?|noise|light|wind|cold|heat|sun|sounds?|sight|news)|as|like a|how|over|awake|away|into shape|hard how|' +
		'with (?:a|an|the) (?:question|pillow|snowball|idea|joke|bill|ball|look|smile)|in (?:the )?(?:chess|points|race|game)|' +
		'to (?:work|it|the|school|bed)'
);

/** What may and may not follow, by kind of phrase. */
function tailHolds(tail: Tail, context: Context): boolean {
	const { after, matched, sentence } = context;
	switch (tail) {
		case 'any':
			return true;
		case 'die':
			return !JOKING.test(sentence) && (context.ends || DIE_TAIL.test(after));
		case 'live':
			return context.ends || LIVE_TAIL.test(after) || (LIVE_SAID.test(matched) && !PLACE.test(after));
		case 'wake':
			return WAKE_SAID.test(matched) || WAKE_TAIL.test(after);
		case 'kill':
			return !KILL_IDIOM.test(after) && !(WILL.test(matched) && /^(?:if|when) /.test(after));
		case 'hurt':
			return !HURT_IDIOM.test(after) && !MISHAP.test(sentence);
		case 'person':
			return personHolds(context);
		case 'blow':
			return !SPORT.test(sentence) && !JOKING.test(sentence) && !BLOW_IDIOM.test(after);
		case 'recent':
			return (
				RECENT.test(sentence) &&
				[MISHAP, SPORT, JOKING].every((other) => !other.test(sentence)) &&
				[BLOW_IDIOM, KILL_IDIOM].every((idiom) => !idiom.test(after))
			);
	}
}

const HARMLESS_AFTER = begins('with kindness|for \\S+ing|if (?:he|she|they)|for (?:a|some|the|my|this|that)');

/** Said of a person, in earnest: not of weeds, a game, or a brother who ate the cake. */
function personHolds({ after, matched, sentence, object }: Context): boolean {
	if ([JOKING, SPORT, PESTS].some((other) => other.test(sentence)) || HARMLESS_AFTER.test(after))
		return false;
	if (object === undefined || (/\bshoot\b/.test(matched) && /^(?:an?|another|some|over) /.test(after)))
		return false;
	return (
		PERSONS.has(object.norm) || (/^\p{Lu}\p{Ll}{2,}$/u.test(object.text) && !NO_PERSON.test(object.norm))
	);
}

const PERSONS: ReadonlySet<string> = new Set(
	[...CRISIS_CLASSES.person, ...CRISIS_CLASSES.kin].filter((word) => word !== 'myself')
);
const NO_PERSON = /^(?:bill|time|\S+day|christmas|easter)$/;
