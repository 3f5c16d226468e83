/** Markdown, as it stands in a bundle under `constitution/01_sovereignty.md`. */
export const SOVEREIGNTY = `# Sovereignty

The writer rules. Everything below follows from that.

**Local.** Entries, mirrorbacks, tensions, threads and settings live on the writer's device. Reading, writing, searching, mirroring
and exporting work with the network cable pulled. No account exists that could be closed.

**Nothing leaves unseen.** Nothing is sent anywhere unless the writer asked for that sending. Before bytes leave, the writer can see
those bytes and the name of the place they go to, and afterwards the ledger says that they went. A setting from last year is no
consent to something new. Silence is never consent, and the answer that changes nothing is always the one already chosen.

**Every change leaves a trace.** Each change passes one gate, is allowed or refused there, and is entered in a ledger that can only
grow. The ledger proves that something was written, without holding what was written. The writer can check it, export it, and
have others check it.

**Leaving is easy.** One file holds everything: the database, this constitution, the history of changes. It can be exported on any
day, without a reason and without a fee, and imported elsewhere. A fault in exporting comes before
every feature, because writing that cannot leave is captive.

**Forgetting is real.** What the writer erases for good is gone from the database, and the software says which older backups may still
hold it.

**Identities stay apart.** A person may write as several selves. What one of them wrote is not used to explain another, and no
person is ever explained by other people.
`;
