import type { Logger } from 'pino';
import type { KeyEvent } from '../../anchoring/key-proposer.ts';
import { EVENTS_SLOT, RecordType, type ActBody, type Value } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Enclosed } from '../../intake/intake.ts';
import type { InputRecord } from '../../intake/input.ts';
import type { Blocks } from '../recording/blocks.ts';
import { eraseKeys } from '../keys/key-files.ts';
import {
  erasable,
  keptNoteKey,
  keysNote,
  stateOf,
  withAccepted,
  withAnnounced,
  withCancelled,
  withErased,
  type KeyEntry,
} from '../keys/key-list.ts';
import { clearRequest, waitingRequest, type KeyRequest } from '../keys/key-requests.ts';
import type { Keyring } from '../keys/keyring.ts';

export type RotationParts = {
  /** Where requests are left. */
  readonly directory: string;
  /** Folder of the key files. */
  readonly keyDirectory: string;
  readonly keyring: Keyring;
  readonly blocks: Pick<Blocks, 'changeKeys' | 'record'>;
  /** Size of the log. */
  readonly size: () => number;
  /** Evidence time, ms. */
  readonly now: () => number;
  /** With a ledger its contract fixes the size at which a key is accepted, else the operator does. */
  readonly ledgered: boolean;
  /** Whether the configuration names a log key, or keys are in a token: files made here would be weaker. */
  readonly keptElsewhere: boolean;
  /** Takes a request that is about the epoch, not about a key. */
  readonly onEpoch: (request: KeyRequest) => void;
  readonly log: Pick<Logger, 'info' | 'warn'>;
};

const OWNER = 'owner';
const GATEWAY = 'gateway';

/**
 * Changes the keys of the log (evidence section 10). Each step is one commit that carries the record
 * and the list of keys that goes with it: after a crash the list says how far the rotation came.
 */
export class Rotation {
  readonly #parts: RotationParts;

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  /** Once a second: does what was asked for, and erases keys that sign nothing any more. @throws StorageError */
  look(): void {
    const { directory, keyDirectory, keyring, size } = this.#parts;
    const request = waitingRequest(directory);
    if (request !== null) {
      if (typeof request === 'string') this.#parts.log.warn(request);
      else this.#serve(request);
      // If we die before this line the next start finds it again, and its key already there.
      clearRequest(directory);
    }
    for (const { no } of erasable(keyring.entries, size())) {
      // Gone first: what the record says is then true, whenever we die.
      eraseKeys(keyDirectory, no);
      const left = no === 0 ? 'its log key; the configured ledger-key is for its owner to erase' : '';
      this.#record('key-erased', no, GATEWAY, left, withErased(keyring.entries, no));
    }
  }

  /** What the ledger says of the key that is announced. @throws StorageError */
  take(event: KeyEvent): void {
    const { keyring, log } = this.#parts;
    const { no } = event;
    if (keyring.announced?.entry.no !== no) return;
    if (event.kind === 'accepted') {
      this.#accept(no, event.fromSize, GATEWAY, 'the ledger took a head signed by it');
    } else if (event.kind === 'cancelled') {
      const make = () => ({ keys: withCancelled(keyring.entries) });
      this.#change('key-cancelled', no, GATEWAY, 'its proposal is no longer on the ledger', make);
    } else log.warn(event, 'the ledger refuses the proposed key; both keys go on signing');
  }

  #serve(request: KeyRequest): void {
    const { act, no, reason } = request;
    if (act !== 'rotate' && act !== 'accept') {
      this.#parts.onEpoch(request);
      return;
    }
    const { keyring, ledgered, keptElsewhere, log } = this.#parts;
    const announced = keyring.announced?.entry.no ?? null;
    if (act === 'accept' && announced === no && !ledgered) {
      this.#accept(no, null, OWNER, reason);
    } else if (act === 'rotate' && keptElsewhere) {
      log.warn(
        { act, no },
        'keys are in a token or a credential: they are changed by opening a new epoch with others',
      );
    } else if (act === 'rotate' && announced === null && keyring.entries.length === no) {
      this.#announce(no, reason);
    } else {
      log.warn({ act, no, announced, keys: keyring.entries.length }, 'a request for keys does not fit them');
    }
  }

  #announce(no: number, reason: string): void {
    const { keyring } = this.#parts;
    const { log, ledger } = keyring.makeNext();
    // If we die before the commit, the key files are found and used at the next asking.
    this.#change('key-announced', no, OWNER, reason, (block) => {
      const bodies = [log, ledger].map((key) => (key === null ? null : keptNoteKey(key).publicKey));
      const event = [no, bodies[0] ?? null, bodies[1] ?? null];
      return { keys: withAnnounced(keyring.entries, { log, ledger }, block), event };
    });
  }

  /** @param size null for the size that the log has then: the heads up to it are the old key's */
  #accept(no: number, size: number | null, role: string, reason: string): void {
    const { keyring } = this.#parts;
    if (keyring.announced?.entry.no !== no) return;
    // Tails change hands with the next block, whose first row is signed when this one is sealed.
    this.#change('key-accepted', no, role, reason, (block) => ({
      keys: withAccepted(keyring.entries, size ?? block, block + 1),
    }));
  }

  #change(
    verb: string,
    no: number,
    role: string,
    reason: string,
    make: (block: number) => { readonly keys: KeyEntry[]; readonly event?: readonly Value[] },
  ): void {
    const { keyring, blocks, now, log } = this.#parts;
    const { size } = blocks.changeKeys((block) => {
      const { keys, event } = make(block);
      const records = [this.#act(verb, no, role, reason)];
      if (event !== undefined)
        records.push({ slot: EVENTS_SLOT, t: now(), type: RecordType.key, body: event });
      const enclosed: Enclosed = { meta: [keysNote(keys)] };
      return { input: { records, committed: () => keyring.replace(keys) }, enclosed };
    });
    log.info({ verb, no, size, states: keyring.entries.map(stateOf) }, 'keys of the log changed');
  }

  #record(verb: string, no: number, role: string, reason: string, keys: KeyEntry[]): void {
    const { blocks, keyring, log } = this.#parts;
    const records = [this.#act(verb, no, role, reason)];
    blocks.record({ records, committed: () => keyring.replace(keys) }, { meta: [keysNote(keys)] });
    log.info({ verb, no }, 'a key of the log is gone');
  }

  #act(verb: string, no: number, role: string, reason: string): InputRecord {
    const body: ActBody = [0, role, verb, `key-${no}`, null, null, recordText(reason), 0];
    return { slot: EVENTS_SLOT, t: this.#parts.now(), type: RecordType.act, body };
  }
}
