import { localDay } from '#base/clock.ts';
import type { Thread } from '#domain/thread.ts';
import { dayInWords } from '#ui/format.ts';
import { threads } from '#ui/texts/threads.ts';

/** The day of a moment on this device's calendar, in few words. */
function day(iso: string): string {
	return dayInWords(localDay(Date.parse(iso)), 'short');
}

/** How much stands in a thread, since when, and when somebody was last at it: as short sentences, in the order of reading. */
export function factsOf(thread: Thread): readonly string[] {
	return [
		threads.reflections(thread.count),
		threads.began(day(thread.started_at)),
		threads.lastActive(day(thread.last_active))
	];
}

/** What a thread is called where it must be called something. */
export function nameOf(thread: Pick<Thread, 'title'>): string {
	return thread.title ?? threads.untitled;
}
