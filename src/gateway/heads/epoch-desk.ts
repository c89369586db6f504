import type { Logger } from 'pino';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { EVENTS_SLOT, RecordType, SystemCode, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Blocks } from '../recording/blocks.ts';
import { continuedBy, continuedNote, type Ending } from '../keys/epoch-end.ts';
import { epochOf } from '../keys/identity.ts';
import type { KeyRequest } from '../keys/key-requests.ts';

export type EpochDeskParts = {
  readonly origin: string;
  readonly journal: Pick<SqliteJournal, 'meta' | 'latestNote'>;
  readonly blocks: Pick<Blocks, 'record'>;
  /** Evidence time, ms. */
  readonly now: () => number;
  readonly endEpoch: (ending: Ending) => void;
  readonly log: Pick<Logger, 'warn'>;
};

/** What the owner of the data directory says of this epoch: that it is over, or that its begin was looked into. */
export class EpochDesk {
  readonly #parts: EpochDeskParts;

  constructor(parts: EpochDeskParts) {
    this.#parts = parts;
  }

  /** @throws StorageError; whatever `endEpoch` is told ends the recording */
  serve({ act, no, size, reason }: KeyRequest): void {
    const { origin, journal, endEpoch, log } = this.#parts;
    const epoch = epochOf(origin);
    const signed = journal.latestNote()?.size ?? 0;
    const next = { at: null, next: epoch + 1, reason: reason === '' ? 'its owner said so' : reason };
    if (no !== epoch) log.warn({ act, no, epoch }, 'a request is about another epoch');
    else if (act === 'acknowledge') this.#acknowledge(epoch, reason);
    else if (act === 'revoke') {
      endEpoch({ ...next, code: SystemCode.epochContinues, size: Math.min(size ?? signed, signed) });
    } else if (act === 'rollback') {
      endEpoch({ ...next, code: SystemCode.rollbackFound, size: Math.max(size ?? signed, signed) });
    }
  }

  #acknowledge(epoch: number, reason: string): void {
    const { journal, blocks, now, log } = this.#parts;
    const continued = continuedBy(journal);
    if (continued === null || continued.acknowledged) {
      log.warn({ epoch }, 'nothing of this epoch waits to be acknowledged');
      return;
    }
    const body: ActBody = [
      0,
      'owner',
      'acknowledge-epoch',
      `epoch-${epoch}`,
      null,
      null,
      recordText(reason),
      0,
    ];
    const records = [{ slot: EVENTS_SLOT, t: now(), type: RecordType.act, body }];
    blocks.record({ records }, { meta: [continuedNote({ ...continued, acknowledged: true })] });
  }
}
