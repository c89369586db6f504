import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochDirectory, newestEpoch } from '../buffer/epochs.ts';
import { openJournal, type SqliteJournal } from '../buffer/journal.ts';
import { RecordType, type LogRecord } from '../domain/record.ts';
import { Blocks } from './recording/blocks.ts';
import { startCore, type Core, type CoreSettings } from './recording/core.ts';
import { continuedBy } from './keys/epoch-end.ts';
import { eventOf } from './heads/epoch-start.ts';
import { turnIfOver } from './heads/epoch-turn.ts';
import { identify } from './keys/identity.ts';
import { Keyring } from './keys/keyring.ts';
import { loadLogKey } from './keys/keys.ts';
import { goodsRoom, type GoodsRoom } from './site/goods-room.ts';
import { guardedOf, hashFiles, loadSite, zonesOf, type SiteConfiguration } from './site/site.ts';

/** A cold room with a probe, a door and a siren, as configuration has it. */
export const CONFIGURATION = `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example, name: { en: Gate 1, zh: 一号网关 } }
data: data
zones:
  - { id: cold-1, title: { en: Cold room 1, zh: 一号冷库 } }
devices:
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    port: 5020
    slaves:
      - { id: probe-1, unit: 1, profile: rs-ws-n01, every: 10s, max-gap: 60s, zone: cold-1 }
      - { id: siren-1, unit: 20, profile: relay-siren, every: 30s, zone: cold-1 }
notify:
  channels:
    - { id: duty, kind: webhook, url: 'https://duty.example/hook', secret: file:hook-secret }
    - { id: dock, kind: device, device: siren-1, on: siren-on, off: siren-off }
rules:
  - rules/cold.yaml
`;

export const RULES = `- id: cold-room-warm
  title: { en: Cold room above 8 °C, zh: 冷库超温 }
  basis: R16
  kind: limit
  on: { quantity: temperature, zone: cold-* }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 2 samples
  priority: high
  escalate: { after: 30m, to: urgent }
  do:
    - siren: siren-1
    - notify: duty
- id: sensor-silent
  title: { en: Sensor silent, zh: 传感器无数据 }
  basis: R22
  kind: silent
  on: { quantity: temperature }
  for: 3 cadences
  clear-after: 1 sample
  priority: medium
  do:
    - notify: duty
`;

/** A folder with a configuration whose data directory real gateways' cores write to. */
export class Place implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'bailee-place-'));
  readonly file = join(this.root, 'gateway.yaml');
  readonly data = join(this.root, 'data');

  constructor(configuration = CONFIGURATION, rules = RULES) {
    mkdirSync(join(this.root, 'rules'));
    writeFileSync(this.file, configuration);
    writeFileSync(join(this.root, 'rules/cold.yaml'), rules);
    writeFileSync(join(this.root, 'hook-secret'), 'not a secret\n', { mode: 0o600 });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  async site(): Promise<SiteConfiguration> {
    const loaded = await loadSite(this.file, { checked: true, directory: null });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return loaded.value;
  }

  /** One life of a gateway: its core on the journal, with time that readings themselves bring forward. */
  async boot(): Promise<Life> {
    const site = await this.site();
    return new Life(site, await goodsRoom(site));
  }
}

export class Life implements Disposable {
  readonly journal: SqliteJournal;
  readonly core: Core;
  readonly blocks: Blocks;
  readonly keyring: Keyring;
  readonly records: LogRecord[] = [];
  #t: number;

  constructor(site: SiteConfiguration, goods: GoodsRoom | null = null, book?: CoreSettings['book']) {
    this.journal = openJournal(site.data, () => turnIfOver(site, goods));
    const keyDirectory = epochDirectory(site.data, newestEpoch(site.data));
    const continued = continuedBy(this.journal);
    const isNew = this.journal.size() === 0 && this.journal.tailRow() === null;
    const identity = identify(this.journal, site.data, site.gateway);
    this.keyring = new Keyring({
      journal: this.journal,
      directory: keyDirectory,
      origin: identity.origin,
      firstLog: () => loadLogKey(keyDirectory, isNew),
      ledgerKey: null,
    });
    const rules = hashFiles(site.files.rules);
    const configuration = hashFiles(site.files.configuration);
    this.core = startCore(this.journal, {
      identity,
      streams: site.connections.flatMap((c) => c.streams),
      rules: site.rules,
      zones: zonesOf(site.zones),
      guarded: guardedOf(site),
      goods,
      ...(book === undefined ? {} : { book }),
      clockClaim: { src: 2, err: 100 },
      rulesHash: rules.hash,
      configHash: configuration.hash,
      files: [...rules.stored, ...configuration.stored],
      keys: this.keyring,
      ...(continued === null ? {} : { continues: eventOf(continued) }),
      maySign: () => true,
      onCommit: ({ records }) => this.records.push(...records),
    });
    this.blocks = new Blocks({
      identity,
      core: this.core,
      maxLeaves: site.evidence.maxLeaves,
      flush: () => undefined,
      onSealed: () => undefined,
    });
    this.#t = this.core.intake.notBefore;
  }

  /** Readings of a stream ten seconds apart, each a commit of its own; null is a poll that failed. */
  read(stream: string, ...values: (number | null)[]): void {
    const slot = this.core.streams.find((s) => s.id === stream)?.slot;
    if (slot === undefined) throw new Error(`no stream ${stream}`);
    for (const v of values) {
      this.pass(10_000);
      const record = { slot, t: this.#t, type: RecordType.reading, body: [v, 0] };
      this.core.intake.accept([{ records: [record] }]);
    }
  }

  pass(ms: number): void {
    this.#t = Math.max(this.#t, this.core.intake.notBefore) + ms;
  }

  [Symbol.dispose](): void {
    this.journal[Symbol.dispose]();
  }
}

/**
 * Two lives: the room is warm for a while and its probe silent for a while, two blocks are sealed,
 * the second life seals what the first left and has readings of its own that are not sealed.
 */
export async function writeStory(place: Place): Promise<void> {
  {
    using life = await place.boot();
    life.read('probe-1/temperature', 50, 55, 60, 85, 90, 70, 60, 55);
    life.blocks.seal();
    life.pass(120_000);
    life.read('probe-1/temperature', 50, 50, null, 95);
    life.blocks.seal();
    life.read('probe-1/temperature', 96, 60);
  }
  using life = await place.boot();
  life.read('probe-1/temperature', 60, 61, 99, 60, 60);
}
