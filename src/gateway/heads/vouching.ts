import type { Logger } from 'pino';
import type { SqliteJournal } from '../../buffer/journal.ts';
import type { KeyEvent } from '../../anchoring/key-proposer.ts';
import type { Beacon } from '../../evidence/block.ts';
import type { Input } from '../../intake/input.ts';
import type { Anchoring } from './anchoring.ts';
import { Cosigning } from './cosigning.ts';
import type { Ending } from '../keys/epoch-end.ts';
import { endingOf, ROLLED_BACK } from './epoch-start.ts';
import { epochOf } from '../keys/identity.ts';
import { policyKeysOf } from '../keys/key-list.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { LedgerKeys } from '../keys/ledger-key.ts';
import type { SiteConfiguration } from '../site/site.ts';

type VouchingParts = {
  readonly site: Pick<SiteConfiguration, 'witnesses' | 'ledger' | 'data'>;
  readonly origin: string;
  readonly journal: SqliteJournal;
  readonly keyring: Keyring;
  /** null without a ledger. */
  readonly ledgerKeys: LedgerKeys | null;
  /** null without a ledger: such a site has no use for its client, nor for the memory that takes. */
  readonly client: { readonly Anchoring: typeof Anchoring } | null;
  readonly log: Logger;
  /** The log is over: nothing more is signed under this origin. */
  readonly endEpoch: (ending: Ending) => void;
};

/** What it needs of a recording that has begun. */
type Begun = {
  /** The signed head of size 0. */
  readonly emptyHead: () => string;
  /** Takes what witnesses and the ledger said as records. */
  readonly add: (input: Input) => void;
  readonly onKey: (event: KeyEvent) => void;
  /** Evidence time, ms. */
  readonly now: () => number;
};

/** Who vouches for our heads before others: the witnesses that cosign them, and the ledger that fixes them. */
export class Vouching {
  readonly #parts: VouchingParts;
  /** null without witnesses. */
  cosigning: Cosigning | null = null;
  /** null without a ledger. */
  anchoring: Anchoring | null = null;

  constructor(parts: VouchingParts) {
    this.#parts = parts;
  }

  /** Nothing is signed before the witnesses, or without any the ledger, said that they hold no more of our log than we do. */
  maySign(): boolean {
    if (this.anchoring?.isRollback() === true) return false;
    if (this.#parts.site.witnesses !== null) return this.cosigning?.maySign() === true;
    return this.#parts.site.ledger === null || this.anchoring?.maySign() === true;
  }

  headSigned(): void {
    this.cosigning?.signed();
    this.anchoring?.signed();
  }

  beacons(): readonly Beacon[] {
    return this.cosigning?.beacons() ?? [];
  }

  /** Whether others hold a head of so many blocks. */
  isFixed(size: number): boolean {
    return this.#parts.journal.anchoredSize(size) !== null || (this.cosigning?.newest()?.size ?? 0) >= size;
  }

  /** Begins to ask witnesses and ledger; what it opens is closed with `opening`. */
  begin(opening: AsyncDisposableStack, { emptyHead, add, onKey, now }: Begun): void {
    const { site, origin, journal, keyring, ledgerKeys, client, log, endEpoch } = this.#parts;
    if (site.witnesses !== null) {
      this.cosigning = opening.use(
        new Cosigning({
          settings: site.witnesses,
          directory: site.data,
          origin,
          journal,
          emptyHead,
          ownKeys: () => policyKeysOf(keyring.entries),
          log,
          add,
          onRollback: (size) =>
            endEpoch({
              ...ROLLED_BACK,
              size,
              at: null,
              next: epochOf(origin) + 1,
              reason: 'witnesses hold a larger head',
            }),
          onQuorum: () => this.anchoring?.signed(),
          now,
        }),
      );
    }
    if (site.ledger !== null && ledgerKeys !== null && client !== null) {
      this.anchoring = opening.use(
        new client.Anchoring({
          settings: site.ledger,
          account: ledgerKeys.account,
          keyring,
          onKey,
          onEnd: (end) => endEpoch(endingOf(end)),
          origin,
          journal,
          newest: () => (this.cosigning === null ? journal.latestNote() : this.cosigning.newest()),
          log,
          add,
          now,
        }),
      );
    }
  }
}
