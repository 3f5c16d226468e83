import { offsetIn } from '#ui/zones.ts';

/** How numbers, days and times are written: by the browser's own English, else plain English, for all texts are English. */
const locale = globalThis.navigator?.languages.find((tag) => /^en\b/i.test(tag)) ?? 'en';

const numbers = new Intl.NumberFormat(locale);
const percents = new Intl.NumberFormat(locale, { style: 'percent' });
const plurals = new Intl.PluralRules(locale);
const longDay = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const months = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const monthNames = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
const clocks = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

export function number(value: number): string {
	return numbers.format(value);
}

/** A share of 1 in whole percents. */
export function percent(share: number): string {
	return percents.format(share);
}

/** The form of a sentence for a count; `#` in it stands for the count. */
export function plural(count: number, forms: { readonly one: string; readonly other: string }): string {
	const form = plurals.select(count) === 'one' ? forms.one : forms.other;
	return form.replace('#', number(count));
}

/** A day `YYYY-MM-DD` in words. It is a day of the calendar, not a moment: no time zone can move it. */
export function dayInWords(day: string, style: 'long' | 'short' = 'long'): string {
	return dayBy(style === 'long' ? longDay : shortDay, day);
}

/** The month of a day in words, with its year or alone. */
export function monthInWords(day: string, style: 'with year' | 'alone' = 'with year'): string {
	return dayBy(style === 'with year' ? months : monthNames, day);
}

export function weekdayOf(day: string): string {
	return dayBy(weekday, day);
}

/** Falls back to the text itself where another program stored something that is no day. */
function dayBy(format: Intl.DateTimeFormat, day: string): string {
	return momentBy(format, Date.parse(`${day}T12:00:00Z`), day);
}

/** Milliseconds by a format, else `otherwise`: formats throw over numbers that no clock shows. */
function momentBy(format: Intl.DateTimeFormat, ms: number, otherwise: string): string {
	const time = new Date(ms);
	return Number.isNaN(time.getTime()) ? otherwise : format.format(time);
}

/** The time of day that the clock in a zone showed at a moment. */
export function timeOfDay(iso: string, zone: string): string {
	const time = Date.parse(iso);
	return Number.isNaN(time) ? '' : momentBy(clocks, time + offsetIn(zone, time), '');
}

/** A moment in the zone of this device: for what the app did, not for what a person wrote. */
export function moment(time: number | string): string {
	return momentBy(moments, typeof time === 'string' ? Date.parse(time) : time, String(time));
}

export function hereZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function bytes(size: number): string {
	const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
	const step = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log10(size) / 3));
	return new Intl.NumberFormat(locale, {
		style: 'unit',
		unit: units[step] ?? 'byte',
		unitDisplay: step === 0 ? 'long' : 'short',
		maximumFractionDigits: step < 2 ? 0 : 1
	}).format(size / 1000 ** step);
}
