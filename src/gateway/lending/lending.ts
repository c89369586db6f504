import type { Counting, Granting } from '../../api/port.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { signNote } from '../../evidence/note.ts';
import type { Committed } from '../../intake/intake.ts';
import type { Core } from '../recording/core.ts';
import type { DeviceRunner } from '../recording/device-runner.ts';
import type { Blocks } from '../recording/blocks.ts';
import type { DeviceHealth } from '../../intake/device-health.ts';
import { sha256 } from '../site/primitives.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { CountDesk } from './count-desk.ts';
import { countedReceipt } from './counted.ts';
import { GrantBook } from './grant-book.ts';

export type LendingParts = {
  readonly site: Pick<SiteConfiguration, 'connections' | 'zones' | 'evidence'>;
  readonly journal: SqliteJournal;
  readonly record: Blocks['record'];
  readonly core: Core;
  readonly origin: string;
  readonly health: DeviceHealth;
  readonly devices: Pick<DeviceRunner, 'command'>;
  /** Names of staff by the number that stands in records. */
  readonly people: ReadonlyMap<number, string>;
  readonly onCommit: (tell: (commit: Committed) => void) => void;
  readonly onError: (error: unknown) => void;
};

/** What parties outside the warehouse may see and ask for. */
export type Lending = Disposable & { readonly granting: Granting; readonly counting: Counting };

const SNAPSHOT = 'snapshot';

/** Opens it on a journal that is being recorded. @throws StorageError */
export function openLending(parts: LendingParts): Lending {
  const { site, journal, record, core, origin, people, health, devices, onError } = parts;
  const { clock, deciding, streams } = core;
  const now = (): number => clock.now();
  const granting = new GrantBook({ journal, record, now, people });
  const zones = site.zones.map(({ id }) => id);
  const cameras = site.connections.flatMap(({ actuators }) =>
    [...actuators].filter(([, verbs]) => verbs.includes(SNAPSHOT)).map(([device]) => device),
  );
  const counting = new CountDesk({
    journal,
    record,
    origin,
    streams,
    now,
    receipt: (id) => countedReceipt(deciding.goods, zones, id),
    isOnRecord: (epc) => (deciding.goods?.item(epc)?.lot ?? '') !== '',
    ill: () => {
      const well = health.states().filter((state) => state.health === 'healthy');
      const known = new Set(well.map(({ device }) => device));
      return new Set(streams.map(({ dev }) => dev).filter((dev) => !known.has(dev)));
    },
    cameras: new Set(cameras),
    command: (device, order, signal) => devices.command(device, order, signal),
    // No control is judged where no goods are kept.
    control: () => null,
    clock: () => ({ driftMs: clock.drift(), ...site.evidence.clock }),
    sign: (text) => signNote(text, core.settings.keys.noteSigners(journal.size()), sha256),
    nameOf: (actor) => granting.nameOf(actor) ?? people.get(actor) ?? 'operator',
    onError,
  });
  parts.onCommit(({ records }) => counting.noteCommit(records));
  return { granting, counting, [Symbol.dispose]: () => counting[Symbol.dispose]() };
}
