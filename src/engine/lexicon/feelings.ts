/** Words that name a feeling. Own list; a `STRONG` word counts as two mentions when intensity is judged. */
export const STRONG: ReadonlySet<string> = new Set(
	words(
		'terrified petrified devastated furious enraged livid despair despairing desperate heartbroken crushed shattered ' +
			'panicked panicking panic humiliated hopeless worthless anguished anguish grief grieving tormented ecstatic elated ' +
			'overjoyed hate hated loathe rage dread dreading horrified miserable hysterical unbearable'
	)
);

export const FEELINGS: ReadonlySet<string> = new Set([
	...STRONG,
	...words(
		'afraid aggravated agitated alarmed alone amazed angry anger annoyed anxious anxiety ashamed shame astonished awkward ' +
			'betrayed bitter blissful bored broken calm cheated cheerful comforted confused content cried crying curious ' +
			'defeated dejected delighted depressed disappointed disappointment discouraged disgusted disgust dismayed ' +
			'distressed disturbed doubtful drained eager embarrassed empty envious envy excited exhausted fear fearful feared ' +
			'frightened frustrated frustration fuming glad gloomy grateful gratitude guilt guilty happy happiness hope hopeful ' +
			'hurt impatient inadequate insecure insulted irritated isolated jealous jealousy joy joyful joyous lighter lonely ' +
			'loneliness longing lost love loved mad melancholy moved nervous nostalgic numb offended optimistic outraged ' +
			'overwhelmed overwhelming pained pain peaceful pleased powerless proud pride rattled regret regretful rejected ' +
			'relaxed relief relieved remorse resentful resentment restless sad sadness sadder satisfied scared serene shaken ' +
			'shocked sorrow sorry startled stressed stress stuck surprised tender tense thankful thrilled tired torn touched ' +
			'trapped troubled uncertain uncomfortable uneasy unhappy unloved unsettled unsure unwanted upset useless vulnerable ' +
			'weary weepy worried worry worrying wounded yearning'
	)
]);

/** Quiet feelings: named when they stand in a quotation, but no sign of intensity. */
export const QUIET: ReadonlySet<string> = new Set(
	words(
		'calm cheerful comforted content curious glad grateful gratitude happy happiness hopeful lighter optimistic peaceful ' +
			'pleased relaxed relief relieved satisfied serene tender thankful proud'
	)
);

/** Feeling words that are as often something else ("tired" of the day, "sorry I'm late"): never named as the feeling. */
export const FAINT: ReadonlySet<string> = new Set(
	words(
		'sorry love loved hope lost moved hurt content pain tired touched broken mad alone stress pride empty lighter curious'
	)
);

function words(list: string): string[] {
	return list.split(' ');
}
