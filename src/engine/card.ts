/** A place to turn to: who, how to reach them, and where it holds. Plain text; nothing here is a link that opens itself. */
interface CardPlace {
	readonly name: string;
	readonly reach: string;
	readonly where: string;
}

/** What is shown in place of a mirrorback when an entry speaks of a danger. The person can edit all of it in the settings. */
export interface CrisisCard {
	readonly title: string;
	readonly paragraphs: readonly string[];
	readonly places: readonly CardPlace[];
	readonly closing: string;
}

/** The card as shipped. Numbers are national or harmonised ones that have been in service for years. */
export const crisisCard: CrisisCard = {
	title: 'First, some places to turn to',
	paragraphs: [
		'What you wrote is saved on this device, and nobody has been told.',
		'There is no mirrorback to it. There are people who listen, many of them at any hour, and there may be someone you trust.'
	],
	places: [
		{
			name: 'Emergency number',
			reach: '112, 999, 911 or your local one',
			where: '112 in Europe, 999 in the UK, 911 in North America'
		},
		{
			name: 'findahelpline.com',
			reach: 'crisis lines by country, by phone, text or chat',
			where: 'worldwide'
		},
		{ name: 'Samaritans', reach: '116 123', where: 'UK and Ireland' },
		{
			name: 'Emotional support line',
			reach: '116 123',
			where: 'Germany, Poland and several other European countries'
		},
		{ name: '988 Lifeline', reach: '988, call or text', where: 'USA and Canada' },
		{ name: 'Lifeline', reach: '13 11 14', where: 'Australia' },
		{ name: 'Need to talk?', reach: '1737, call or text', where: 'New Zealand' },
		{ name: 'Helpline for children and young people', reach: '116 111', where: 'most countries of Europe' }
	],
	closing: 'You can go on writing, close this card, or change what it says in the settings.'
};
