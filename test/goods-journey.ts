import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommand } from '../src/cli/program.ts';
import type { Journey } from '../src/gateway/archive/journey.ts';
import type { HandOver } from '../src/domain/goods/documents.ts';
import { handOverMessage, type Hand } from '../src/domain/goods/hand-over.ts';
import { EVENTS_SLOT, GoodsVerb, RecordType } from '../src/domain/record.ts';
import { parsePolicy } from '../src/evidence/policy.ts';
import { toBase64 } from '../src/evidence/encodings.ts';
import { verify } from '../src/evidence/verify.ts';
import { readZip } from '../src/evidence/zip.ts';
import { writeZip } from '../src/evidence/zip-writer.ts';
import { openReadOnly } from '../src/gateway/archive/open-read-only.ts';
import { CONFIGURATION, Place, type Life } from '../src/gateway/data-directory.fixture.ts';
import { policyFileOf } from '../src/gateway/keys/policy.ts';
import { HandOverDesk } from '../src/gateway/showing/hand-over-desk.ts';
import { BY, handOverTerms, SUPERVISOR } from '../src/gateway/showing/hand-over.fixture.ts';
import { nodePrimitives, sha256 } from '../src/gateway/site/primitives.ts';
import { writeDocument } from '../src/goods/document-reader.ts';
import { deflate } from './evidence/primitives.ts';

const LOT = 'beef-0611';
const EVERY_MS = 50_000;
/** As many readings as last an hour. */
export const AN_HOUR = 3_600_000 / EVERY_MS;

type Key = { readonly raw: string; readonly secret: KeyObject };

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  return { raw, secret: privateKey };
}

/** A gateway of one keeper, whose journal is written by its real core at times that its records bring. */
export class Keeper implements Disposable {
  readonly party: string;
  readonly key = newKey();
  readonly place: Place;
  readonly life: Life;
  readonly desk: HandOverDesk;
  #t: number;

  private constructor(party: string, place: Place, life: Life, t: number) {
    const { goods } = life.core.deciding;
    if (goods === null) throw new Error('no goods');
    this.party = party;
    this.place = place;
    this.life = life;
    this.#t = Math.max(t, life.core.intake.notBefore);
    this.desk = new HandOverDesk({
      handOvers: goods.handOvers,
      zones: ['cold-1'],
      add: (input) => {
        life.core.intake.accept([input]);
        return true;
      },
      now: () => this.#t,
      over: new AbortController().signal,
      fileOf: () => null,
    });
  }

  /** @param t it says nothing of before, ms */
  static async open(party: string, gw: string, t = 0): Promise<Keeper> {
    const configuration = CONFIGURATION.replace('b0b1b2b3b4b5b6b7', gw).replace(
      'rules:\n',
      'goods: {}\nrules:\n',
    );
    const place = new Place(configuration);
    return new Keeper(party, place, await place.boot(), t);
  }

  get now(): number {
    return this.#t;
  }

  /** Tenths of a degree, each for 50 s. */
  read(...values: readonly number[]): void {
    const slot = this.life.core.streams.find(({ id }) => id === 'probe-1/temperature')?.slot ?? 0;
    for (const v of values) {
      const record = { slot, t: this.#t, type: RecordType.reading, body: [v, 0] };
      this.life.core.intake.accept([{ records: [record] }]);
      this.#t += EVERY_MS;
    }
  }

  /** The gateway has no power for so long. */
  sleep(ms: number): void {
    this.#t += ms;
  }

  put(verb: GoodsVerb): void {
    const zone = verb === GoodsVerb.removed ? '' : 'cold-1';
    const body = [verb, LOT, null, zone];
    this.life.core.intake.accept([
      { records: [{ slot: EVENTS_SLOT, t: this.#t, type: RecordType.goods, body }] },
    ]);
  }

  policy(): { readonly origins: Readonly<Record<string, unknown>> } {
    const file = policyFileOf(this.place.data);
    if (!file.ok) throw new Error(file.why);
    return JSON.parse(file.value) as { origins: Record<string, unknown> };
  }

  /** The bundle of the lot over this time: no more than 8 °C. */
  async bundle(file: string, from: number, to: number): Promise<Uint8Array> {
    this.life.blocks.seal();
    const made = await openReadOnly(this.place.data).export({
      select: { kind: 'lot', lot: LOT },
      ask: {
        kind: 'range',
        unit: 'Cel',
        min: null,
        max: { digits: 8, exp: 0 },
        maxGapMs: null,
        allowOutMs: 0,
        allowGapMs: 60_000,
      },
      from,
      to,
      mode: 'full',
      times: [],
      events: false,
      policyFile: null,
      out: file,
      firstOnly: false,
    });
    if (!made.ok) throw new Error(made.why);
    return readFileSync(file);
  }

  /** The newest head of this log, as terms of a hand-over name it. */
  async head(folder: string, from: number): Promise<string> {
    const bundle = await this.bundle(join(folder, `${this.party}-head.zip`), from, this.now);
    const parsed = parsePolicy(
      Buffer.from(JSON.stringify({ format: 'bailee/policy/v1', ...this.policy() })),
      sha256,
    );
    if (!parsed.ok) throw new Error(parsed.why);
    const { origin, size, root } = verify(bundle, parsed.policy, null, nodePrimitives);
    return `${origin ?? ''} ${size ?? ''} ${toBase64(Buffer.from(root ?? '', 'hex'))}`;
  }

  signed(hand: Hand, terms: HandOver): { readonly key: string; readonly signature: string } {
    const digest = createHash('sha256').update(writeDocument(terms)).digest();
    const signature = sign(null, handOverMessage(digest, hand), this.key.secret);
    return { key: this.key.raw, signature: signature.toString('hex') };
  }

  /** Terms by which this keeper takes the lot over from another one, put on record here and signed by both. */
  async takeFrom(giver: Keeper, from: string | null, more: Partial<HandOver> = {}): Promise<HandOver> {
    const terms = handOverTerms({
      handOver: `HO-${giver.party}`,
      giver: giver.party,
      taker: this.party,
      zone: 'cold-1',
      at: this.now,
      from,
      ...more,
    });
    for (const { party, key } of [giver, this])
      if (!this.life.core.deciding.goods?.handOvers.keysOf(party).includes(key.raw))
        await this.desk.trust(party, key.raw, true, SUPERVISOR);
    await this.desk.begin(terms, BY);
    await this.desk.sign(terms.handOver, 'giver', giver.signed('giver', terms), BY);
    await this.desk.sign(terms.handOver, 'taker', this.signed('taker', terms), BY);
    return terms;
  }

  [Symbol.dispose](): void {
    this.life[Symbol.dispose]();
    this.place[Symbol.dispose]();
  }
}

/** A verifier's own folder: bundles, and a policy that trusts the logs of these keepers. */
export class Desk implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bailee-journey-'));
  readonly policy = join(this.folder, 'policy.json');

  file(name: string): string {
    return join(this.folder, name);
  }

  /** The same file with one byte in its middle changed. */
  flipped(file: string): string {
    const bytes = readFileSync(file);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(`${file}.altered`, bytes);
    return `${file}.altered`;
  }

  /** The same bundle with files that nobody signs changed, or left out for null. */
  repacked(bundle: string, change: (file: string, bytes: Uint8Array) => Uint8Array | null): string {
    const zip = readZip(readFileSync(bundle), nodePrimitives.inflate);
    if (!zip.ok) throw new Error(zip.why);
    const kept = [...zip.files].flatMap(([name, bytes]) => {
      const changed = change(name, bytes);
      return changed === null ? [] : [{ name, bytes: changed }];
    });
    writeFileSync(`${bundle}.repacked`, writeZip(kept, deflate));
    return `${bundle}.repacked`;
  }

  trust(...keepers: readonly Keeper[]): readonly string[] {
    const origins = Object.assign({}, ...keepers.map((keeper) => keeper.policy().origins)) as object;
    writeFileSync(this.policy, JSON.stringify({ format: 'bailee/policy/v1', origins }));
    return [
      '--policy',
      this.policy,
      ...keepers.flatMap(({ party, key }) => ['--key', `${party}=${key.raw}`]),
    ];
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What `bailee journey` says, and its exit code. */
export async function judged(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly journey: Journey }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const code = await runCommand(['journey', ...args, '--json'], { env: {}, signal, stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  if (out === '') throw new Error(err);
  return { code, journey: JSON.parse(out) as Journey };
}
