import type { GuidePart } from '#ui/texts/guide.ts';

/** The procedures with other programs (sections 7 and 8 of the guide). */
export const programParts = {
	server: {
		title: 'Server',
		about: 'How other programs reach a kernel.',
		purpose:
			'A server lets other programs ask a kernel. Your mirror has none: it listens at no port, and nobody reaches it over a network. What stands for it is the page that a permit link opens.',
		steps: [
			{ words: '“Create permit link” for one thing, as often and as long as you say.', to: 'permits' },
			{
				words:
					'Open the link in this browser. That page reaches the one thing, and nothing else of your mirror.'
			},
			{
				words:
					'In its console, permit.message(token, {method: "POST", path: "/submit", body}) answers with the JSON and the codes of the KERNELS server; so do GET / and /status, /health, /policy. /evidence and /halt are yours, and answered with 403. The token is what stands behind the # of the link, read as Base64 and then as JSON.'
			},
			{
				words:
					'The request_id of each submit is a UUIDv7 in small letters, a new one for each request. The default of the reference’s client, req- and eight characters, is answered with REJECTED, and uses nothing up.'
			},
			{
				words:
					'permit.mcp(token, text) takes the same permit as a tool of the Model Context Protocol. A call without a request_id in its _meta gets one.'
			}
		],
		checks: [
			{
				words: 'GET /health answers 200, and 503 once an answer told that the kernel is halted.'
			},
			{ words: 'Each submit is an entry of the ledger, also what was refused.', to: 'ledger' },
			{ words: 'The permit says how often it was used.', to: 'permits' }
		],
		differs: [
			[
				'KernelServer, FastAPI, Flask',
				'The same messages are one function in the source, answer() of src/wire/surface.ts. This app starts no server; on the command line npm run mirror -- kernel serve kernels.yaml serves a kernel of its own, with the tools echo and add, to programs on that machine.'
			],
			[
				'nginx',
				'It can serve the files of the app: build/nginx.conf.txt holds their headers. There is no load to balance: one tab has the mirror, and the others ask it.'
			],
			[
				'systemd',
				'Nothing has to be started. A restart goes on with the kernel that there was; a halted one stays halted. kernel serve ends when it is told to and halts its kernel; with --out FILE its evidence is kept after each request, and the next start follows it with a new kernel.'
			],
			[
				'curl …/health',
				'For you it is Health under System, and the state of each kernel under “Kernels” on the Ledger page.'
			]
		]
	},
	client: {
		title: 'Client',
		about: 'How a program asks, and what it gets.',
		purpose: 'A client is the program that asks. It gets a receipt for whatever it asks, also for a refusal.',
		steps: [
			{
				words:
					'Your own script, in the console of this page: mirror is the client that the app itself uses. Its dispatch takes {id, kind, data} and changes; its read and watch take a view and its params.'
			},
			{
				words:
					'Somebody else’s, in the page of a permit link: permit.byPermit(token, {id, kind, data, constraints}), or the messages and tools of the server.',
				to: 'permits'
			},
			{
				words:
					'A program that is built on this code: createKernelClient of src/wire/kernel-client.ts, with batches in order, time-outs and retries, over any way that brings a message there.'
			}
		],
		checks: [
			{ words: 'The receipt says accepted once the change is on disk, and where its entry stands.' },
			{
				words:
					'The same request sent again, under the same id, is done once; another one under that id is refused.'
			},
			{ words: 'Its entry stands in the ledger.', to: 'ledger' }
		],
		differs: [
			['One client waits, another does not.', 'Every question here is answered by a promise.'],
			[
				'A key in a header lets a client in.',
				'The permit itself does: it says who asks, for what, how often and until when, and it can be taken away.'
			],
			[
				'Settings for retries exist and do nothing.',
				'A retry sends the same id, so that nothing is done twice.'
			]
		]
	}
} as const satisfies Readonly<Record<string, GuidePart>>;
