import type { GuidePart } from '#ui/texts/guide.ts';

const tryOut =
	'Look at “What would change”, ask in its name under “Try a request”, and press “Dry run” to see what the change would have meant for all that was asked before.';
const putInForce =
	'Press “Put this policy in force”. The ledger of the present kernel is verified first; then a new kernel takes over with this policy, and the old one’s entries stay.';
const tried = (words: string) => `Under “Try a request” ${words}`;

/** The procedures that change what is allowed (section 4 of the guide). */
export const policyParts = {
	actors: {
		title: 'Actors',
		about: 'Let somebody in, or no longer.',
		purpose:
			'An actor is whoever asks for something. A policy names those who may; whoever it does not name is refused.',
		steps: [
			{ words: 'Choose the kernel, and say under “Who may ask” whom it lets in.', to: 'policy' },
			{ words: tryOut },
			{ words: putInForce },
			{
				words:
					'Somebody else, or a program, needs a permit as well. It gives them their name in the ledger: agent: and twelve letters and digits.',
				to: 'permits'
			}
		],
		checks: [
			{
				words: tried(
					'the new actor is allowed, and a name that you made up is refused, because it is not in the allowed actors.'
				)
			},
			{ words: 'The new policy stands under “In force now”.', to: 'policy' }
		],
		differs: [
			[
				'A kernel believes the name that a request says of itself.',
				'The mirror says who asks: you (owner), the app (system), or the name in a permit. No request can take another.'
			],
			[
				'A new policy is code that somebody runs.',
				'Only you put one in force, on the page; and whatever it says, replacing, rolling back and halting a kernel stay yours.'
			]
		]
	},
	tools: {
		title: 'Tools',
		about: 'Allow a kind of thing that can be done.',
		purpose:
			'A tool is one kind of thing that can be asked for, such as reflection.create. A policy names those that are allowed.',
		steps: [
			{
				words:
					'The tools come with the app. Where you never chose a policy, a version that brings new ones lets a new kernel follow that allows them.'
			},
			{
				words:
					'A policy that you chose is not widened by an update: tick the new kind under “What may be done”.',
				to: 'policy'
			},
			{ words: tryOut },
			{ words: putInForce },
			{
				words:
					'What somebody else may ask for is a single kind for each permit, one of those that are listed there.',
				to: 'permits'
			}
		],
		checks: [
			{ words: tried('the kind is allowed.') },
			{
				words: 'What it is for works again, and its entry stands in the ledger as “Done”.',
				to: 'ledger'
			},
			{
				words:
					'On the command line, npm run --silent mirror -- commands prints every kind; with --json also the shape of what each takes.'
			}
		],
		differs: [
			[
				'A function is registered under a name.',
				'No script adds a tool. A kind that the app does not have is refused, even where a policy names it.'
			],
			[
				'The shape of what a tool takes is written down and not looked at.',
				'What does not fit the shape of its kind is refused, and nothing of it is done.'
			]
		]
	},
	permissions: {
		title: 'Permissions',
		about: 'Take away what is allowed too widely.',
		purpose: 'The fewer actors and kinds a policy names, the less can go wrong or be misused.',
		steps: [
			{
				words:
					'Untick what is no longer to be allowed under “Who may ask” and “What may be done”, or lower the “Limits”.',
				to: 'policy'
			},
			{
				words: 'Press “Dry run”: it lists what was done before and would be refused now.'
			},
			{ words: putInForce },
			{
				words: 'Leave that you gave to somebody else ends at once with “Take away”, without a new kernel.',
				to: 'permits'
			}
		],
		checks: [
			{
				words:
					'What is no longer allowed is refused beside the button that asked for it, with the reason, and nothing is changed.'
			},
			{
				words: 'Each refusal is an entry: choose “Refused” under “Filter entries”.',
				to: 'ledger'
			},
			{ words: 'If it was too much, roll back.', to: 'rollback' }
		],
		differs: [
			[
				'Nothing tells beforehand what a narrower policy would stop.',
				'The page says beforehand where your own writing, the app’s upkeep or your exports would stand still, and wants you to tick that you read it.'
			]
		]
	},
	rules: {
		title: 'Rules',
		about: 'Hours, rates, words, and what asks you first.',
		purpose:
			'Rules say under which circumstances something is allowed that actor and kind alone would pass. They are asked last, all of them, and each can only refuse.',
		steps: [
			{
				words:
					'Press “Add a rule” and choose its kind: “Only at certain hours”, “Only so often”, “Only with such parameters”, “Words”, “Ask me first”.',
				to: 'policy'
			},
			{ words: 'Say whom and what it concerns; without names it concerns everyone and everything.' },
			{ words: tried('choose a moment under “At this time”, and see what the rule says then.') },
			{ words: putInForce }
		],
		checks: [
			{
				words: tried(
					'a rule for 09:00 to 17:00 refuses at 08:59, allows from 09:00 to 16:59, and refuses again at 17:00.'
				)
			},
			{ words: 'A refusal names the rule that refused.' },
			{
				words:
					'What a rule of the kind “Ask me first” concerns waits beside its button until you allow it this once, and the ledger says that you did.'
			}
		],
		differs: [
			[
				'A rule is a function of Python, and can do anything.',
				'A rule is data of one of five kinds: it is kept, compared, saved in kernels.yaml, and decides the same everywhere.'
			],
			[
				'The business hours of the guide are in UTC.',
				'They are “Only at certain hours”, with the time zone and the days that you choose.'
			],
			['What a rule that breaks does is not said.', 'A rule that breaks refuses.']
		]
	}
} as const satisfies Readonly<Record<string, GuidePart>>;
