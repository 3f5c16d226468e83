import type { Loss, Rule, TrialReport, Variant } from '#app/policy-trial.ts';
import type { KernelPort } from '#domain/kernel.ts';
import { number, plural } from '#ui/format.ts';

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** Words about what a kernel allows. */
export const policy = {
	title: 'Policy',
	explain:
		'A policy says who may do what in your mirror, and how much of it. A kernel enforces it: each request is asked all of its questions, and a no to one of them refuses it.',
	kernel: 'Kernel',
	held: 'Policies cannot be changed while the tables are held below version 1.3.0. Release the hold under System first. What you see here is in force, and you can try others out.',
	unreadable: 'The policy could not be read. It is in force as before; load the page again.',
	present: {
		title: 'In force now',
		byApp: (kernel: string) => `${kernel} enforces what the app brings. A new version of the app renews it.`,
		byOwner: (kernel: string) =>
			`${kernel} enforces a policy that you chose. No update of the app changes it.`,
		halted: 'This kernel is halted: nothing is changed through it until it is replaced.',
		since: (when: string) => `Since ${when}.`,
		appAgain: 'Return to what the app brings',
		appAgainDone: 'The form holds what the app brings. Look at what would change, and put it in force there.',
		all: 'All of them by name'
	},
	terms: { actors: 'Who may ask', tools: 'What may be done', limits: 'Limits', rules: 'Rules' },
	actor: (name: string) =>
		name === 'owner'
			? 'you'
			: name === 'system'
				? 'the app itself'
				: name === '*'
					? 'everyone'
					: name.startsWith('role:')
						? `whoever has the role “${name.slice(5)}”`
						: name,
	nobody: 'Nobody.',
	list: (items: readonly string[]) => `${sentence(items.join(', '))}.`,
	tools: {
		everything: 'Everything.',
		nothing: 'Nothing.',
		all: (count: number) => `All ${number(count)} kinds that the app brings.`,
		some: (count: number, of: number) => `${number(count)} of ${number(of)} kinds that the app brings.`,
		not: (names: string) => `Not: ${names}.`,
		also: (names: string) => `Also: ${names}.`
	},
	limits: (bytes: number, length: number) =>
		`Parameters of at most ${number(bytes)} bytes, and a purpose of at most ${number(length)} characters.`,
	callRequired: 'A request must name what is to be done.',
	intentAllowed: 'A request may also only say a purpose.',
	noRules: 'None.',
	edit: {
		title: 'Edit a copy',
		explain: 'Nothing here is in force before you say so at the end of the page.',
		reset: 'Begin again with what is in force',
		actors: 'Who may ask',
		owner: 'You (owner)',
		system: 'The app itself (system)',
		everyone: 'Everyone',
		otherActors: 'Others',
		otherActorsHint: 'One name in each line. role:NAME lets in everyone of a role.',
		roles: 'Roles',
		rolesHint: 'A role is a name for several actors; role:NAME among “Others” lets them in.',
		roleName: 'Name of the role',
		roleActors: 'Who has it',
		addRole: 'Add a role',
		removeRole: (name: string) => `Remove the role ${name}`,
		tools: 'What may be done',
		everything: 'Everything, also what later versions bring',
		findTools: 'Find a kind',
		all: 'Allow all',
		none: 'Allow none',
		toolCount: (count: number, of: number) => `${number(count)} of ${number(of)} allowed`,
		noneFound: 'No kind is called so.',
		otherTools: 'Other kinds',
		otherToolsHint: 'One name in each line, for tools that this app does not have.',
		limits: 'Limits',
		maxParams: 'Longest parameters, in bytes',
		maxIntent: 'Longest purpose, in characters',
		requireCall: 'A request must name what is to be done',
		intentOnly: 'A request may only say a purpose',
		more: 'Required fields and states',
		fields: 'A request must have',
		otherFields: 'Other fields',
		otherFieldsHint: 'Requests carry no field but these: another name here refuses everything.',
		states: 'States that a request may pass',
		statesHint: 'A request needs all of them. None ticked means all.',
		remove: 'Remove'
	},
	rules: {
		title: 'Rules',
		explain:
			'Rules are asked last, all of them, in this order. Each can only refuse: what one refuses no other allows.',
		empty: 'There is no rule yet.',
		add: 'Add a rule',
		full: 'There are 50 rules, which is the most.',
		kind: 'Kind of rule',
		kinds: {
			hours: 'Only at certain hours',
			rate: 'Only so often',
			params: 'Only with such parameters',
			words: 'Words',
			ask: 'Ask me first'
		} satisfies Record<Rule['kind'], string>,
		earlier: (at: number) => `Move rule ${at} up`,
		later: (at: number) => `Move rule ${at} down`,
		remove: (at: number) => `Remove rule ${at}`,
		edit: (at: number) => `Rule ${at}`,
		whom: 'Whom and what it concerns',
		everybody: 'Without names it concerns everyone and everything.',
		actors: 'Only these actors',
		tools: 'Only these kinds',
		linesHint: 'One name in each line.',
		reason: 'What it says when it refuses (optional)',
		reasonHint: 'It stands in the ledger: write nothing private here.',
		from: 'From',
		to: 'Until',
		zone: 'Time zone',
		zoneHint: 'A name such as Europe/Vienna or UTC.',
		days: 'On these days',
		dayNames: days,
		limit: 'At most (requests)',
		window: 'in',
		unit: 'Unit of time',
		units: { second: 'seconds', minute: 'minutes', hour: 'hours', day: 'days' },
		per: 'Counted for each',
		pers: { actor: 'actor', tool: 'kind', actor_and_tool: 'actor and kind' },
		path: 'Parameter',
		pathHint: 'Its name; with points for what stands in it, such as address.city.',
		pattern: 'must be',
		patterns: {
			values: 'one of these',
			prefix: 'text that begins with',
			glob: 'text like',
			length: 'at most so many characters',
			range: 'a number between'
		},
		deny: 'Turned round: it must not be so',
		values: 'Values',
		valuesHint: "One in each line. 5, true and false mean just that; '5' is a text.",
		prefix: 'Begins with',
		glob: 'Pattern',
		globHint: '* stands for any characters.',
		length: 'Characters',
		min: 'Least (optional)',
		max: 'Most (optional)',
		words: 'Words',
		wordsHint: 'One word or phrase in each line, whole and in whatever case.',
		in: 'Looked for in',
		ins: { intent: 'the purpose', params: 'the parameters' },
		wordsDeny: 'None of them may stand there',
		wordsAsk: 'One of them must stand there',
		ask: 'A request that it concerns is refused unless you agree to this very request.'
	},
	wrong: {
		max_param_bytes: 'A whole number of bytes, 0 or more.',
		max_intent_length: 'A whole number of characters, 0 or more.',
		from: 'A time such as 09:00.',
		to: 'A time such as 17:00, or 24:00, and another than “From”.',
		zone: 'This browser knows no such time zone. Write one such as Europe/Vienna.',
		days: 'Choose at least one day.',
		limit: 'A whole number from 1 to 10,000.',
		window_ms: 'A number more than 0, and at most 31 days.',
		path: 'Name the parameter, in 1 to 200 characters.',
		pattern: 'This pattern cannot be used: fill in what it asks for.',
		words: 'At least one word, and at most 200 of up to 100 characters.',
		actors: 'At most 200 names of up to 200 characters.',
		tools: 'At most 200 names of up to 200 characters.',
		reason: 'At most 200 characters.',
		roles:
			'A role is called in letters, digits, points and dashes, at most 50 of them, and no two are called the same.',
		rules: 'At most 50 rules.'
	} as Readonly<Record<string, string>>,
	variant: {
		title: 'Kind of kernel, for the trial',
		explain:
			'A kernel of another kind wants something else beside the same policy. The request that you try and the dry run are decided on as the kind that you choose here.',
		label: 'Decided on by a kernel that is',
		names: {
			strict: 'strict',
			permissive: 'permissive',
			'evidence-first': 'evidence-first',
			'dual-channel': 'dual-channel'
		} satisfies Record<Variant, string>,
		choices: {
			strict: 'Strict: wants nothing more',
			permissive: 'Permissive: takes longer purposes',
			'evidence-first': 'Evidence-first: wants evidence',
			'dual-channel': 'Dual-channel: wants constraints'
		} satisfies Record<Variant, string>,
		bound: {
			owner:
				'It is a trial only. The kernel of your changes stays strict: your own changes come without evidence and constraints, so one that wants them would refuse all you do.',
			egress:
				'It is a trial only. The kernel of what leaves stays evidence-first: without evidence nothing would say which file left.',
			agent:
				'It is a trial only. The kernel of what others ask stays dual-channel: without constraints nobody would have to say how far a request goes.'
		} satisfies Record<KernelPort, string>
	},
	sample: {
		title: 'Try a request',
		explain: 'Nobody sends it. The kernel’s own rules decide, while you edit.',
		permits: 'Whoever asks needs a permit of yours as well, which is not looked at here.',
		constraints: {
			scope: 'This one request',
			nonGoals: 'Everything else',
			success: 'It is saved'
		},
		actor: 'Asked by',
		tool: 'Kind',
		noTool: 'None: only a purpose',
		intent: 'Purpose',
		params: 'Parameters (JSON)',
		notJson: 'This is no JSON object. The rest is kept; write one such as {"title": "Rest"}.',
		evidence: 'Evidence',
		evidenceHint: 'One piece in each line.',
		scope: 'Scope',
		nonGoals: 'What it leaves alone',
		success: 'When it is done',
		time: 'At this time',
		wrongTime: 'Choose a day and a time.',
		before: 'Such requests allowed just before',
		wrongBefore: 'A whole number up to 10,000.',
		agreed: 'You agreed when asked first',
		otherVariant: (name: string) =>
			`The edited policy is tried on a kernel that is ${name}. The present one stays what it is.`,
		edited: 'Under the edited policy',
		present: 'Under the present one',
		allow: 'Allowed',
		deny: 'Refused',
		unknown: 'No answer: something above is not filled in.',
		considering: 'Asking…'
	},
	slow: 'This policy took too long to be asked and was stopped. Nothing was changed. Make its lists shorter.',
	broken: 'The policy could not be tried out. Nothing was changed. Change something, or load the page again.',
	comparison: {
		title: 'What would change',
		same: 'Nothing: the edited policy is the one in force.',
		notPolicy: 'The edited policy cannot be used yet. What is wrong stands beside each field:',
		added: 'New',
		removed: 'Gone',
		changed: 'Changed',
		actor: (name: string) => `Actor: ${name}`,
		tool: (name: string) => `Kind: ${name}`,
		state: (name: string) => `State: ${name}`,
		field: (name: string) => `Required field: ${name}`,
		role: (name: string) => `Role: ${name}`,
		roleActor: (role: string, name: string) => `Role ${role}: ${name}`,
		rule: (words: string) => `Rule: ${words}`,
		reordered: 'The rules stand in another order. They decide the same.',
		settings: {
			max_param_bytes: 'Longest parameters',
			max_intent_length: 'Longest purpose',
			allow_intent_only: 'A request may only say a purpose',
			require_tool_call: 'A request must name what is to be done'
		},
		setting: (name: string, before: string, after: string) => `${name}: ${before}, then ${after}`,
		value: (value: unknown) =>
			typeof value === 'number'
				? number(value)
				: value === true
					? 'yes'
					: value === false
						? 'no'
						: String(value)
	},
	losses: {
		writing:
			'You could save no reflection any more: this policy refuses your own writing. Reading, search, drafts and this page would still work.',
		upkeep:
			'The app could not look after the mirror by itself any more: old entries of the ledger would not be packed, and nothing would note that a new version began.',
		leaving: 'Nothing could leave this device any more: no bundle could be saved, also no backup.'
	} satisfies Record<Loss['what'], string>,
	lossesAtTimes: {
		writing:
			'At certain hours you could save no reflection: this policy refuses your own writing then. Drafts are kept.',
		upkeep: 'At certain hours the app could not look after the mirror by itself. It tries again later.',
		leaving: 'At certain hours nothing could leave this device: no bundle could be saved, also no backup.'
	} satisfies Record<Loss['what'], string>,
	missing: (names: readonly string[]) =>
		`It leaves out ${names.length > 6 ? plural(names.length, { one: '# kind', other: '# kinds' }) : names.join(', ')} that the app brings. What needs them will be refused until you allow them.`,
	dryRun: {
		title: 'Over what was asked before',
		explain:
			'Asks the edited policy, on the kind of kernel that you chose for the trial, about all that this kernel decided on. Nothing is changed, and nothing is asked again in earnest.',
		run: 'Dry run',
		stop: 'Stop',
		running: (done: number, of: number) => `${number(done)} of ${number(of)} entries…`,
		stopped: 'The dry run was stopped. Nothing was changed.',
		failed: 'The dry run did not come to its end. Nothing was changed; try again.',
		outdated: 'The policy was edited after this dry run, or another kind of kernel was chosen.',
		as: (name: string) => `Decided on as by a kernel that is ${name}.`,
		result: (entries: number, denied: number) =>
			`Of ${plural(entries, { one: '# request', other: '# requests' })} ${number(denied)} would now be denied.`,
		allowed: (count: number) =>
			plural(count, {
				one: '# that was refused would now be allowed.',
				other: '# that were refused would now be allowed.'
			}),
		same: (count: number) => plural(count, { one: '# stays as it is.', other: '# stay as they are.' }),
		unknown: (count: number) => `${number(count)} cannot be told, and none of them is guessed:`,
		lacking: {
			tool: 'a refused request does not name its kind',
			params: 'the ledger holds no parameters, only their hash',
			size: 'the ledger does not say how long the parameters were',
			agreement: 'the ledger does not say whether you would have agreed',
			evidence:
				'the ledger holds no evidence, only the hash of what was given with a request that was allowed',
			constraints: 'the ledger does not say whether constraints were given, nor which'
		} satisfies Record<keyof TrialReport['lacking'], string>,
		lackingCount: (count: number, why: string) => `${number(count)}: ${why}.`,
		passedOver: (count: number) =>
			plural(count, {
				one: '# was no policy’s to decide: a beginning or a halt of the kernel, or a request that was malformed or failed.',
				other:
					'# were no policy’s to decide: the beginning or a halt of the kernel, or requests that were malformed or failed.'
			}),
		damaged: 'Some entries are missing and were not asked about. Verify the ledger to see which.',
		changed: 'What would be decided otherwise',
		request: 'Request',
		now: 'Decision, and why',
		toDeny: 'Allowed then, refused now',
		toAllow: 'Refused then, allowed now',
		was: (why: string) => `It was refused by: ${why}`,
		noTool: 'kind unknown',
		by: (actor: string) => `by ${actor}`,
		more: (count: number) => `and ${number(count)} more`,
		entry: (position: number) => `Entry ${number(position)}`
	},
	force: {
		title: 'Put it in force',
		explain:
			'A new kernel takes over with this policy. The old one’s ledger is verified first, stays, and is what the new one follows.',
		submit: 'Put this policy in force',
		anyway: 'I have read what would stand still, and want it.',
		read: 'Tick that you have read the warning first.',
		back: 'To get back, press “Roll back” at the top of this page. That works under every policy.',
		nothing: 'There is nothing to put in force: the edited policy is the one that is in force.',
		notYet: 'It cannot be put in force: first mend what is named above.',
		done: 'The policy is in force.',
		damaged: 'Replace although its evidence does not verify'
	},
	text: {
		title: 'As text',
		explain:
			'The same policy as JSON, or as a whole kernels.yaml. What you take in goes into the form above; nothing is in force by that.',
		in: 'JSON or YAML',
		file: 'Policy file',
		take: 'Take it into the form',
		taken: 'The form holds this policy now.',
		ignored: (paths: string) => `These parts were not looked at: ${paths}.`,
		otherKind: 'It is a whole configuration. Only its policy was taken.',
		empty: 'Paste a policy or choose a file first.',
		wrong: (name: string, why: string) =>
			`${name} holds no policy that can be used: ${why.replace(/\.$/, '')}.`,
		asItWas: (why: string) => `${why} The form is as it was.`,
		pasted: 'The text',
		unreadable: (name: string) => `${name} could not be read. Choose it again.`,
		tooLarge: (name: string) => `${name} is larger than 1 MB and no policy.`,
		yaml: 'Download kernels.yaml',
		json: 'Download JSON',
		saved: (name: string) => `${name} is saved.`,
		notSaved: 'The edited policy cannot be used yet, so there is nothing to save.'
	}
} as const;

function sentence(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
