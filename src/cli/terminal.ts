import { concatBytes } from '#base/bytes.ts';

/** Where a command reads and writes. */
export interface Terminal {
	/** A line of the answer. */
	print(line: string): void;
	/** Whether every answer is to be a line of JSON. */
	readonly json: boolean;
	/** A line about what went wrong. */
	complain(line: string): void;
	/** The lines of standard input, as bytes: whether they are text is for the command to say. */
	lines(): AsyncIterable<Uint8Array>;
}

export const terminal: Terminal = {
	json: process.argv.includes('--json'),
	print: (line) => void process.stdout.write(`${line}\n`),
	complain: (line) => void process.stderr.write(`${line}\n`),
	lines: () => splitLines(process.stdin)
};

const newline = 0x0a;

/** Only a newline ends a line. (node:readline also splits at U+2028, which may stand in the middle of JSON text.) */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
	let begun: Uint8Array[] = [];
	for await (const chunk of chunks) {
		let from = 0;
		for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
			yield concatBytes([...begun, chunk.subarray(from, at)]);
			begun = [];
			from = at + 1;
		}
		if (from < chunk.length) begun.push(chunk.subarray(from));
	}
	if (begun.length > 0) yield concatBytes(begun);
}
