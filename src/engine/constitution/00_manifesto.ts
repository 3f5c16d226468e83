/** Markdown, as it stands in a bundle under `constitution/00_manifesto.md`. */
export const MANIFESTO = `# Manifesto

Mirror OS exists so that a person can write, and see what they wrote.

A mirror does not improve anybody. It has no plan for the one who stands in front of it. It shows what is there, from where
one stands, and it is quiet when there is nothing to show. This software is held to the same standard. It quotes a person's own
words back to them. It may point at a word that returns, at two halves of a sentence that pull apart, at a day on which
something like it was said before. It may end with one open question. There it stops.

It does not tell anybody what to do. It does not praise, comfort, warn, rank or diagnose. It does not count days in a row, and it
does not call anybody back. A page that stays empty for a year is not a failure, and the software has no opinion about it.

What a person writes belongs to that person in the plain sense: it lies on their device, it opens without an account, it works
without a network, and it can be carried away whole, in formats that other programs read. If this software disappears, the
writing does not.

Whoever changes this software is bound by the texts in this folder. Where a feature and these texts disagree, the feature is
wrong. Where two of these texts disagree, the one that leaves more in the hands of the writer holds.
`;
