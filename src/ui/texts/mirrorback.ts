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
		quiet: 'The mirror says nothing more to this.'
	},
	crisis: {
		title: 'Before anything else',
		card: 'What you wrote sounds heavy, and this app cannot help the way a person can. If you might be in danger, call your local emergency number, 112 in Europe or 911 in North America, or go to somebody near you.\n\nPeople who listen, at any hour: findahelpline.com lists them for every country. In the United States and Canada call or text 988; in the United Kingdom and Ireland call 116 123.\n\nYour words are saved here. Nobody was told.',
		edit: 'You can write your own card in Settings, with the people you would call.'
	}
} as const;
