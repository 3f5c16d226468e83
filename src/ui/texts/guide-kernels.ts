import type { GuidePart } from '#ui/texts/guide.ts';

/** The procedures with kernels and what they wrote (sections 3, 5, 6 and 10 of the guide). */
export const kernelParts = {
	variants: {
		title: 'Variants',
		about: 'What a request has to bring, beyond being allowed.',
		purpose:
			'A variant is the manner of a kernel: what it wants of every request before its policy is even of use. Three kernels stand side by side here, each of another variant.',
		steps: [
			{
				words: '“Your changes” is strict: it lets nothing pass that its policy does not name.',
				to: 'ledger'
			},
			{
				words:
					'“What leaves” is evidence-first: nothing leaves without the hash, the size and the destination of the very file.'
			},
			{
				words:
					'“Others by your leave” is dual-channel: whoever asks has to say how far it goes, what it leaves alone, and when it is done.'
			},
			{
				words:
					'To see what another variant would say, choose it on the policy page: “Decided on by a kernel that is”. The sample request and the dry run over your ledger are then decided as it would; nothing is sent.',
				to: 'policy'
			}
		],
		checks: [
			{
				words: 'Each kernel says under “Kernels” what it wants.',
				to: 'ledger'
			},
			{
				words:
					'Ask by a permit and leave out how far it goes: it is refused, the refusal names what is missing, and stands in the ledger.',
				to: 'permits'
			}
		],
		differs: [
			[
				'A kernel of one variant is replaced by one of another.',
				'The variant belongs to what the kernel decides on. Of a kernels.yaml with another one, only the policy is taken.'
			],
			[
				'A permissive kernel is for development.',
				'No kernel of a mirror is permissive. It can be tried on the policy page, and on the command line kernel run replays scenarios of all four.'
			],
			[
				'Evidence is a list of texts that the caller chooses.',
				'For each bundle that leaves it is the SHA-256, the size and the destination of that very file.'
			]
		]
	},
	evidence: {
		title: 'Evidence',
		about: 'Export, archive and verify what a kernel wrote.',
		purpose:
			'Evidence is the ledger of a kernel as a file. Whoever has it can check every entry without your mirror, and finds no word of yours in it.',
		steps: [
			{
				words:
					'Export: “Export evidence” saves evidence_KERNEL.json, indented, with the number of its entries.',
				to: 'ledger'
			},
			{
				words:
					'Archive: “Archive now” keeps KERNEL_TIME.json.gz in the mirror, verified as it is kept. The ledger of a kernel that was replaced is archived by itself at an idle moment.',
				to: 'evidence'
			},
			{
				words: 'Verify: “Verify” beside an archive, or “Check a file” for any file, also of another kernel.',
				to: 'evidence'
			}
		],
		checks: [
			{
				words:
					'The page says “Archive valid.” with the number of entries that were verified, or lists what is wrong.'
			},
			{
				words:
					'On any computer with this code, npm run --silent mirror -- verify FILE says the same: it ends with 0 where all is right, and with 1 where something is wrong.'
			},
			{
				words:
					'A chain that was cut off or written anew as a whole shows only against something noted before: pin one of the “Checkpoints”.',
				to: 'ledger'
			}
		],
		differs: [
			[
				'Archives lie in the folder evidence/archive, their time with colons.',
				'They lie in your mirror, and a hyphen stands for a colon, which many file systems do not take. Files of both kinds are read.'
			],
			[
				'Nothing says what becomes of old archives.',
				'You choose under “How long archives stay”. Bundles do not carry archives: download what is to outlast this browser.'
			],
			[
				'Its verifier leaves the fields of permits out of the hash.',
				'All fields are hashed, and what the original verifier would say stands beside it.'
			]
		]
	},
	replacement: {
		title: 'Replacement',
		about: 'Let a new kernel take over.',
		purpose:
			'A kernel is replaced, not restarted: because it is halted, for another policy, to begin a new chain, or for another version or configuration.',
		steps: [
			{ words: 'Take the lists along: they stay with the kernel that is replaced.', to: 'checklists' },
			{
				words:
					'Choose the kernel, press “Replace kernel”, and say why. For another policy press “Put this policy in force” instead; it does the same.',
				to: 'ledger'
			},
			{
				words:
					'What the kernel wrote is verified first. If anything is wrong, all of it is named, the kernel stays in charge, and nothing is changed. Whoever knows of the damage may press “Replace it all the same”.'
			},
			{
				words:
					'Old and new change places in one moment. What is asked meanwhile waits, has one receipt, and stands in one of the two ledgers.'
			}
		],
		checks: [
			{
				words:
					'The page says which kernel follows which. The first entry of the new one, kernel.succeed, commits to the id, the last hash and the number of entries of the old one, and to the new policy.',
				to: 'ledger'
			},
			{ words: '“Verify ledger” goes over the old and the new chain.', to: 'ledger' },
			{ words: 'The archive of the old ledger appears at an idle moment.', to: 'evidence' }
		],
		differs: [
			[
				'Evidence is written to a file, and then verified.',
				'It is verified first and packed afterwards: the old entries stay in the mirror in any case.'
			],
			[
				'A failure to archive in the background is lost.',
				'It is an entry of the ledger, and the kernel stands under “Replaced and not archived”.'
			],
			[
				'A program restarts with a new kernel.',
				'A restart goes on with the kernel that there was, and a halted one stays halted until you replace it.'
			],
			[
				'From 0.1 to 0.2: the package is upgraded.',
				'A version that brings other kinds lets a new kernel follow by itself, unless you chose the policy or halted the kernel.'
			]
		]
	},
	rollback: {
		title: 'Rollback',
		about: 'Return to what was in force before.',
		purpose: 'A change of rules that went wrong is taken back. What you wrote meanwhile stays.',
		steps: [
			{
				words:
					'Quick: “Roll back” lets a new kernel, rollback- and a number, take over under the policy of the kernel right before. What the present one wrote is verified first, and stays. The button is there once a kernel was replaced.',
				to: 'ledger'
			},
			{
				words:
					'Full: “Restore a saved file” compares a kernels.yaml that you saved with what is in force, lets a new kernel take over under it, and then looks after everything, line by line.',
				to: 'policy'
			},
			{
				words: 'The tables of your mirror go back by themselves, one migration at a time or several at once.',
				to: 'system'
			}
		],
		checks: [
			{ words: 'The policy stands under “In force now”.', to: 'policy' },
			{ words: 'What was refused works again.' },
			{
				words: 'Health says that the database is open, and what its last start had to mend.',
				to: 'system'
			}
		],
		differs: [
			[
				'The tools before are registered again.',
				'Tools belong to the version of the app; a rollback returns to the policy.'
			],
			[
				'The evidence is archived before, in a folder called rollback.',
				'It is verified before, and archived afterwards as in every replacement.'
			],
			[
				'The service is stopped, its file copied back, and started again.',
				'Nothing stops. Pressed twice, it returns to the policy that you came from.'
			]
		]
	}
} as const satisfies Readonly<Record<string, GuidePart>>;
