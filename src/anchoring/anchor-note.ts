import { type Checkpoint, parseCheckpoint } from '../evidence/checkpoint.ts';
import { utf8 } from '../evidence/encodings.ts';
import { parseNote } from '../evidence/note.ts';

/** A note as a ledger needs it: what it says, and the signatures a contract can check. */
export type AnchorNote = Checkpoint & {
  /** Ledger lines' signatures, r‖s‖v, in the note's order; two between proposal and switch of a key. */
  readonly ledgerSignatures: readonly Uint8Array[];
};

/** Key id and r‖s‖v: no other line named by the origin has this length. */
const LEDGER_LINE_BYTES = 4 + 65;

/** @throws TypeError for a note that is no checkpoint of a gateway: notes to anchor are our own */
export function anchorNote(note: string): AnchorNote {
  const parsed = parseNote(utf8(note));
  if (!parsed.ok) throw new TypeError(parsed.why);
  const checkpoint = parseCheckpoint(parsed.note.text);
  if (checkpoint === null) throw new TypeError(`not a checkpoint of a gateway: ${parsed.note.text}`);
  const lines = parsed.note.lines.filter(
    (l) => l.name === checkpoint.origin && l.decoded.length === LEDGER_LINE_BYTES,
  );
  return { ...checkpoint, ledgerSignatures: lines.map((l) => l.decoded.slice(4)) };
}
