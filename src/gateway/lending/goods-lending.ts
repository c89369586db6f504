import type { Counting } from '../../api/port.ts';
import type { Standings } from '../../api/standing-port.ts';
import type { ReceiptShowing } from '../../api/receipt-port.ts';
import type { AnchorStatus } from '../../api/types.ts';
import type { Logger } from 'pino';
import type { SqliteJournal } from '../../buffer/journal.ts';
import type { SecretStore } from '../../config/secret.ts';
import type { UniquenessSettings } from '../../config/uniqueness.ts';
import { signStatement } from '../../evidence/statement.ts';
import type { ForeignTags } from '../../intake/foreign-tags.ts';
import type { Committed } from '../../intake/intake.ts';
import type { Core } from '../recording/core.ts';
import type { Live } from '../recording/live.ts';
import type { DeviceRunner } from '../recording/device-runner.ts';
import type { Blocks } from '../recording/blocks.ts';
import type { DeviceHealth } from '../../intake/device-health.ts';
import { sha256 } from '../site/primitives.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { CountDesk } from './count-desk.ts';
import { countedReceipt } from './counted.ts';
import type { GrantBook } from './grant-book.ts';
import { StandingDesk } from './standing-desk.ts';
import { uniquenessClient } from './uniqueness-client.ts';
import { UniquenessDesk, type SharedIndex } from './uniqueness-desk.ts';

export type GoodsLendingParts = {
  readonly site: Pick<SiteConfiguration, 'connections' | 'zones' | 'evidence' | 'goods'>;
  readonly journal: SqliteJournal;
  readonly record: Blocks['record'];
  readonly core: Core;
  readonly live: Live;
  readonly origin: string;
  readonly health: DeviceHealth;
  readonly foreignTags: ForeignTags;
  readonly secrets: SecretStore;
  readonly log: Pick<Logger, 'warn'>;
  readonly devices: Pick<DeviceRunner, 'command'>;
  /** Names of staff by the number that stands in records. */
  readonly people: ReadonlyMap<number, string>;
  readonly granting: Pick<GrantBook, 'nameOf'>;
  readonly onCommit: (tell: (commit: Committed) => void) => void;
  /** null where no goods are kept. */
  readonly receipts: Pick<ReceiptShowing, 'status'> | null;
  readonly anchor: () => AnchorStatus;
  readonly onError: (error: unknown) => void;
};

/** What is said of receipts to parties outside, and counted for them. */
export type GoodsLending = Disposable & { readonly counting: Counting; readonly standings: Standings };

const SNAPSHOT = 'snapshot';

/** Opens it on a journal that is being recorded. @throws StorageError */
export function openGoodsLending(parts: GoodsLendingParts): GoodsLending {
  const { site, journal, record, core, origin, people, health, devices, onError } = parts;
  const { clock, deciding, streams } = core;
  const now = (): number => clock.now();
  const cameras = site.connections.flatMap(({ actuators }) =>
    [...actuators].filter(([, verbs]) => verbs.includes(SNAPSHOT)).map(([device]) => device),
  );
  const uniqueness = new UniquenessDesk({
    goods: deciding.goods,
    zones: site.zones.map(({ id }) => id),
    now,
    index: indexOf(site.goods?.index ?? null, parts.secrets),
    foreign: parts.foreignTags,
    onError,
    log: (message, why) => parts.log.warn({ why }, message),
  });
  const standings = new StandingDesk({
    goods: deciding.goods,
    streams,
    proof: () => {
      const { ledger, at } = parts.anchor();
      return { sealedUntil: parts.live.sealed?.t1 ?? null, anchoredAt: at, ledger: ledger?.network ?? null };
    },
    status: (receipt) => parts.receipts?.status(receipt) ?? null,
    uniqueness: (receipt) => uniqueness.of(receipt),
  });
  const counting = new CountDesk({
    journal,
    record,
    streams,
    now,
    receipt: (id) => countedReceipt(deciding.goods, id),
    isOnRecord: (epc) => (deciding.goods?.item(epc)?.lot ?? '') !== '',
    ill: () => {
      const well = health.states().filter((state) => state.health === 'healthy');
      const known = new Set(well.map(({ device }) => device));
      return new Set(streams.map(({ dev }) => dev).filter((dev) => !known.has(dev)));
    },
    cameras: new Set(cameras),
    command: (device, order, signal) => devices.command(device, order, signal),
    control: (receipt) => parts.receipts?.status(receipt)?.control ?? null,
    clock: () => ({ driftMs: clock.drift(), ...site.evidence.clock }),
    sign: (subject, document, asOf) => {
      const size = journal.size();
      const head = { kind: 'count-reply', origin, size, subject, asOf, validUntil: null } as const;
      return signStatement(head, document, core.settings.keys.noteSigners(size), sha256);
    },
    nameOf: (actor) => parts.granting.nameOf(actor) ?? people.get(actor) ?? 'operator',
    onError,
  });
  parts.onCommit(({ records }) => counting.noteCommit(records));
  return {
    counting,
    standings,
    [Symbol.dispose]: () => {
      uniqueness[Symbol.dispose]();
      counting[Symbol.dispose]();
    },
  };
}

/** Secrets are read now, so that a missing one ends the start. @throws ConfigError */
function indexOf(settings: UniquenessSettings | null, secrets: SecretStore): SharedIndex | null {
  if (settings === null) return null;
  const { url, token, key, everyMs } = settings;
  return {
    name: new URL(url).host,
    ask: uniquenessClient(url, secrets.read(token)),
    key: secrets.read(key),
    everyMs,
  };
}
