/**
 * A text as database, file and hash can all hold it: U+0000 and half characters become U+FFFD, a leading byte order mark
 * goes. The same text where nothing was wrong.
 */
export function cleanText(text: string): string {
	return text
		.toWellFormed()
		.replaceAll('\0', '\ufffd')
		.replace(/^\ufeff+/, '');
}

/** Whether `cleanText` puts a sign in the place of something: more than a byte order mark goes. */
export function isMended(text: string): boolean {
	return text.includes('\0') || !text.isWellFormed();
}
