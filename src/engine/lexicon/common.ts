/** Words that carry no topic: skipped when two texts are compared or a word is called repeated. */
export const COMMON: ReadonlySet<string> = new Set(
	words(
		'a about above actually after again against ago all almost already also although always am an and another any anyone ' +
			"anything are aren't around as at away back be became because become been before began being below bit between both " +
			"but by came can can't cannot come comes coming could couldn't d day days did didn't do does doesn't doing don't " +
			'done down during each either else end enough even ever every everyone everything far feel feeling feels felt few ' +
			"first for from get gets getting give go goes going gone good got great had hadn't happened hard has hasn't have " +
			"haven't having he he'd he'll he's her here hers herself him himself his hour hours how however i i'd i'll i'm i've " +
			"if in into is isn't it it'd it'll it's its itself just keep kept kind knew know known last later least left less " +
			'let life like little ll long look looked lot made make makes making many maybe me mean might mine minute minutes ' +
			'moment month months more morning most much must my myself need needed needs never new next night no nobody none ' +
			'nor not nothing now o of off often oh ok okay old on once one ones only onto or other others our ours out over own ' +
			'part people perhaps person place put quite rather re really right s said same saw say saying says second see ' +
			"seem seemed seems seen several she she'd she'll she's should shouldn't since small so some someone something " +
			"sometimes somehow soon still such sure t take taken than that that's the their theirs them themselves then there " +
			"there's these they they'd they'll they're they've thing things third think thinking this those though thought three " +
			'through time times to today together told tomorrow tonight too took toward towards tried try trying two under ' +
			"until up upon us use used using usual usually ve very want wanted wants was wasn't way we we'd we'll we're we've " +
			"week weeks well went were weren't what what's whatever when where whether which while who whole whom whose why " +
			"will with within without won't word words work working would wouldn't write writing wrote year years yes " +
			"yesterday yet you you'd you'll you're you've your yours yourself"
	)
);

/** English words that few other languages share: their share tells whether a text is English. */
export const ENGLISH: ReadonlySet<string> = new Set(
	words(
		"the and to i my it's that with this she they them for but not have had has you your we our his her because when what " +
			"which would could should about there their been from just i'm i've i'd don't didn't can't isn't wasn't doesn't it " +
			'if how today again never always nothing something myself if who why very too than then after before feel felt ' +
			'know think want went got get make made only other some any more much still really being into out over up down of'
	)
);

function words(list: string): string[] {
	return list.split(' ');
}
