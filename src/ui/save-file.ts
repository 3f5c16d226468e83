/** Gives a file to the browser to keep where it keeps downloads. */
export function saveFile(file: Blob, name: string): void {
	const url = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	// The download has its own hold on the file by the next minute.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
