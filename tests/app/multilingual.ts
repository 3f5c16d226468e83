/** Entries in many scripts, and what is asked of them: accents, phrases, prefixes, operators, words that nearly fit. */

interface Entry {
	readonly content: string;
	readonly title?: string;
	readonly tags?: readonly string[];
}

const lines: readonly Entry[] = [
	{ content: 'I could not sleep. The night was long and the rain did not stop.', tags: ['sleep', 'Night'] },
	{ content: 'Slept well, for once. Sleepless weeks are over, I think.', title: 'Sleep at last' },
	{ content: 'A well-known feeling: I want to go, and I want to stay.', tags: ['both'] },
	{ content: 'Le café était fermé. Déjà vu, naïveté, garçon.', title: 'Café' },
	{ content: 'Heute habe ich die Straße überquert, ohne zu fragen. Größe ist nicht alles.' },
	{ content: 'STRASSE und Strasse sind dasselbe wie Straße.', tags: ['straße'] },
	{ content: '今日は東京で友達に会いました。京都にはまだ行っていない。', tags: ['東京'] },
	{ content: '我今天研究生命的意义，心情很好。' },
	{ content: 'วันนี้ฉันรู้สึกดีมาก ฝันดี' },
	{ content: 'Сегодня я не спал всю ночь. Ёлка стояла в углу.', title: 'Ночь' },
	{ content: 'Łódź jest piękna. Zażółć gęślą jaźń.' },
	{ content: 'Tôi nhớ Việt Nam. Phở buổi sáng.' },
	{ content: 'שָׁלוֹם לכולם. היום היה יום ארוך.' },
	{ content: 'اليَوْم كان جميلاً. السلام عليكم' },
	{ content: 'Η μέρα ήταν καλή. Καλημέρα κόσμε.' },
	{ content: '🌿 Only a leaf and a word: patience. 🪞✨' },
	{ content: "Don’t forget: it’s Anna’s birthday. Don't.", tags: ['birthday'] },
	{ content: 'ﬁnally the ﬁre went out. Ｆｕｌｌｗｉｄｔｈ text.' },
	{ content: 'rain rain go away, come again another day', title: 'Rain' },
	{ content: 'x² + y² = z², said the teacher of 2024-03.' },
	{ content: '100 % sure, 50_50 at best, a\\b and % signs.' },
	{ content: `A very long word: ${'abcdefghij'.repeat(70)} ends here.` },
	{ content: `A word as long as a query can be: ${'abcdefghij'.repeat(49)} and no longer.` },
	{ content: `Another very long word: ${'abcdefghij'.repeat(70)}x ends here too.` }
];

/** Each line three times over, alone and beside others, so that there are places far into a text. */
export const sample: readonly Entry[] = [
	...lines,
	...lines.map(({ content, tags = [] }, at) => ({
		content: `${content} ${lines[(at + 5) % lines.length]?.content ?? ''}`,
		tags
	})),
	{ content: `${'and then the day went on '.repeat(4000)} until the quiet harbour came into sight` },
	{ content: `${'and then the day went on '.repeat(4000)} until the harbour quiet came into sight` }
];

export const queries: readonly string[] = [
	...['sleep', 'sleep*', 'slee', 'sleep ', 'SLEEP', '"not sleep"', '"sleep not"', 'night -sleep', '-sleep'],
	...['cafe', 'CAFÉ', 'deja vu', '"déjà vu"', 'naivete', 'strasse', 'STRASSE', 'straße', 'grosse'],
	...['東京', '京都', '東京で', '研究', '究生', '生命', 'ฝัน', '心情 研究', '友達 -京都'],
	...['ночь', 'елка', 'Ёлка', 'lodz', 'zazolc', 'viet', 'pho', 'שלום', 'اليوم', 'καλη', 'Καλημέρα'],
	...['🌿', '🌿 patience', "don't", 'dont', 'Anna’s', 'fire', 'fullwidth', 'x2', '2024', '2024-03'],
	...[
		'rain',
		'"rain rain"',
		'"rain rain rain"',
		'well-known',
		'known-well',
		'100',
		'%',
		'_',
		'50_50',
		'a\\b'
	],
	...[
		'tag:night',
		'#sleep',
		'-#sleep rain',
		'#東京',
		'tag:"straße"',
		'identity:Me rain',
		'identity:"Night self"'
	],
	...['-identity:Me sleep', 'before:2026-12', 'after:2026-12 rain', 'is:pinned', '-is:pinned rain'],
	...['"quiet harbour"', '"harbour quiet"', 'harbour quiet', '"came into sight"', '"went on until"'],
	...[
		'abcdefghij'.repeat(40),
		'abcdefghij'.repeat(50),
		`"${'abcdefghij'.repeat(49)}"`,
		'AND',
		'OR NOT "',
		'*'
	]
];
