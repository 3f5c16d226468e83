export const mirrorback = {
	title: 'Mirrorback',
	empty: 'When you ask, the mirror answers here, with your own words.',
	asking: 'The mirror is reading…',
	silent: 'The mirror has nothing to say to this. That is an answer too.',
	unanswered: 'No answer came. Your reflection is safe; ask again when you like.',
	about: 'About',
	earlier: 'Earlier mirrorbacks',
	feedback: {
		label: 'How was this?',
		not_it: 'Not it',
		less: 'Less',
		helpful: 'Helpful',
		say_nothing: 'Say nothing',
		noted: 'Noted. The mirror will remember.',
		quiet: 'The mirror says nothing more to this.',
		more: {
			title: 'Say more',
			what: 'What about it?',
			flags: {
				too_directive: 'Told me what to do',
				felt_judged: 'Felt like a judgement',
				missed_tension: 'Missed what pulls two ways',
				too_generic: 'Could be said to anybody',
				over_explained: 'Explained too much',
				too_short: 'Too short'
			},
			rating: 'How well did it mirror you?',
			ratings: { 1: 'Not at all', 2: 'Hardly', 3: 'Partly', 4: 'Well', 5: 'Very well' },
			notes: 'In your words',
			nothing: 'Choose something, or write a word. Nothing was sent or kept.',
			keep: 'Keep this'
		}
	},
	crisis: {
		title: 'Before anything else',
		card: [
			'What you wrote is saved on this device, and nobody has been told. There is no mirrorback to it. There are people who listen, many of them at any hour, and there may be someone you trust.',
			[
				'• Emergency: 112 in Europe, 999 in the UK, 911 in North America, or your local number',
				'• findahelpline.com: crisis lines by country, by phone, text or chat',
				'• 988 Lifeline, USA and Canada: call or text 988',
				'• Samaritans, UK and Ireland: 116 123, as in several other European countries',
				'• Lifeline, Australia: 13 11 14',
				'• Need to talk?, New Zealand: call or text 1737',
				'• Children and young people, most of Europe: 116 111'
			].join('\n'),
			'You can go on writing.'
		].join('\n\n'),
		edit: 'You can write your own card in Settings, with the people you would call.'
	}
} as const;
