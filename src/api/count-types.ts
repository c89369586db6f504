import type { CountReply } from '../domain/goods/documents.ts';
import type { SignedStatement } from '../evidence/statement.ts';

export type CountKind = 'rfid-count' | 'snapshot' | 'weigh';

/** What somebody who may asks to be counted now. */
export type CountOrder = {
  /** Given by the asker, unique for the receipt: the same one twice is one execution. */
  readonly challengeId: string;
  /** At least 128 bits, in hexadecimal digits. */
  readonly nonce: string;
  readonly kind: CountKind;
  /** Evidence time, ms: what is not there by then makes the reply incomplete. */
  readonly deadline: number;
};

/** EPCs by name, and the salt of the reply's epcSetHash. */
export type CountLists = {
  readonly salt: string;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
};

/** A challenge, and once it is done its reply as it is on record and signed. */
export type Count = CountOrder & {
  readonly receipt: string;
  readonly state: 'running' | 'done';
  /** When the order was on record, evidence time, ms, and who gave it. */
  readonly receivedAt: number;
  readonly by: string;
  readonly reply: CountReply | null;
  /** SHA-256 of the reply's document, small hexadecimal digits; it stands in the log (statement 5). */
  readonly document: string | null;
  /** Signed by the log's key: the document's hash, the reply, the state of control after it, and how far the clock is known. */
  readonly statement: SignedStatement | null;
  /** null for who is not entitled to them, and where no tags were counted. */
  readonly lists: CountLists | null;
};
