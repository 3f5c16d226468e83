/** Markdown, as it stands in a bundle under `constitution/05_governance.md`. */
export const GOVERNANCE = `# Governance

These texts and the rules beside them can be changed, slowly and in the open.

**A change is a proposal.** It has a title, a description, the exact words before and after, and what it is expected to do. It starts as a
draft on one device and stays there until its author publishes it. From draft it goes to testing, to review, to voting; approved, it
may be applied; rejected or applied, it is closed. From testing and review it may return to draft; testing, review and
voting may end in rejection. No other step exists.

**Who decides.** A vote is for, against or abstaining, once per identity. A proposal is approved when at least 67 in 100 of the votes for
and against are for it. The count is taken when voting ends, whether or not another vote arrives.

**Amendments need more.** A change to this constitution or to its rules also needs four signatures of the seven guardians, and stays
open for at least thirty days of review. Guardians can stop an amendment. They cannot write one into force, and they see nobody's
entries.

**Every device decides for itself.** An approved change is offered, shown with before and after, and does nothing until the writer
accepts. Refusing it costs no function. Who disagrees may fork: take everything and go on under other rules, which are then plainly
named as other rules.

**Nothing is rewritten.** Each applied change is entered in the history with what stood there before, and can be rolled back. The history
only grows. The texts carry checksums, and a text that differs from its checksum is shown as changed.

**Small mends are free.** Spelling, translation and a clearer word for the same rule need no vote, and are entered all the same.
`;
