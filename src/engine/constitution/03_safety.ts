/** Markdown, as it stands in a bundle under `constitution/03_safety.md`. */
export const SAFETY = `# Safety

The software is not a clinician, a counsellor or a guardian, and it behaves accordingly.

**No diagnosis.** It does not name disorders, read symptoms, estimate risk or put a number on a mood. Words like these may stand in an
entry because the writer put them there. They never stand in the mirror's own sentences.

**One narrow exception to mirroring.** When an entry says, in the first person and about now, that the writer means to die, to hurt
themselves or to hurt somebody, or that somebody is hurting them, it gets no mirrorback. A sentence of despair is not material for
observations about words. In its place a calm card shows where a person can be reached: numbers and addresses, for more than one
country, editable by the writer. The card does not block writing, does not demand an answer and does not come back by itself.

**Narrow means narrow.** A topic is not an emergency. Writing about death, remembering a bad year, quoting a song, describing a
patient, joking about an exam: none of these shows the card. The words "today" and "tonight" mean nothing by themselves.

**Nobody is told.** The decision is made on the device, by rules that can be read in the source. No one is notified, nothing is sent,
and the entry is saved like any other. The record of the run says that the engine ran and for how long; it holds no word of the
entry, and not what was found.

**Nothing is brought back.** A sentence like that is never quoted later as a memory.

**No help to harm.** The mirror gives no instructions for hurting anybody. It gives no instructions at all.
`;
