import type { CountOrder } from '../../api/count-types.ts';
import { RecordType, type LogRecord } from '../../domain/record.ts';
import type { OpenStream } from '../../domain/stream.ts';
import { signStatement } from '../../evidence/statement.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { sha256 } from '../site/primitives.ts';
import { CountDesk } from './count-desk.ts';
import type { CountedReceipt } from './count-run.ts';

export const RECEIPT = 'a1'.repeat(32);
export const TAGS = ['e2000001', 'e2000002', 'e2000003'];
const BANK = { actor: 1_000_001, role: 'financier' } as const;
const POINT: OpenStream = {
  id: 'reader-1/shelf',
  dev: 'reader-1',
  ch: 'shelf',
  kind: 2,
  quantity: 'tags',
  unit: '',
  exp: 0,
  cadenceMs: 1000,
  maxGapMs: 10_000,
  place: 'cold-1',
  src: 1,
  urgent: false,
  slot: 4,
};
const SCALE: OpenStream = {
  ...POINT,
  id: 'scale-1/weight',
  dev: 'scale-1',
  ch: 'weight',
  kind: 1,
  unit: 'kg',
  slot: 5,
};
const CAMERA: OpenStream = { ...SCALE, id: 'cam-1/motion', dev: 'cam-1', ch: 'motion', slot: 6 };

/** A desk on a real journal; what devices bring, and time, are the test's. */
export class CountRig implements Disposable {
  readonly place: Place;
  life: Life;
  now: number;
  what: CountedReceipt | null = { zone: 'cold-1', expected: new Set(TAGS), references: [], scale: SCALE.id };
  readonly ill = new Set<string>();
  picture: () => Promise<void> = () => Promise.resolve();
  readonly errors: unknown[] = [];
  readonly #desks: CountDesk[] = [];

  private constructor(place: Place, life: Life) {
    this.place = place;
    this.life = life;
    this.now = life.core.intake.notBefore;
  }

  static async open(): Promise<CountRig> {
    const place = new Place();
    return new CountRig(place, await place.boot());
  }

  /** The process dies and another one starts. */
  async restart(): Promise<void> {
    this.life[Symbol.dispose]();
    this.life = await this.place.boot();
    this.now = Math.max(this.now, this.life.core.intake.notBefore);
  }

  deskOf(): CountDesk {
    const { life } = this;
    const desk = new CountDesk({
      journal: life.journal,
      record: (input, enclosed) => life.blocks.record(input, enclosed),
      receipt: (id) => (id === RECEIPT ? this.what : null),
      control: () => 'in-control',
      clock: () => ({ driftMs: 3, src: 2, err: 15 }),
      sign: (subject, document, asOf) => {
        const size = life.journal.size();
        const { origin } = life.core.settings.identity;
        const head = { kind: 'count-reply', origin, size, subject, asOf, validUntil: null } as const;
        return signStatement(head, document, life.keyring.noteSigners(size), sha256);
      },
      nameOf: () => 'bank-a',
      onError: (error) => this.errors.push(error),
      streams: [POINT, SCALE, CAMERA],
      isOnRecord: (epc) => epc === 'e2000009',
      ill: () => this.ill,
      cameras: new Set(['cam-1']),
      command: () => this.picture(),
      now: () => this.now,
    });
    this.#desks.push(desk);
    return desk;
  }

  order(more: Partial<CountOrder> = {}): CountOrder & typeof BANK {
    const nonce = '0f'.repeat(16);
    const usual = { challengeId: 'c-1', nonce, kind: 'rfid-count', deadline: this.now + 120_000 } as const;
    return { ...usual, ...more, ...BANK };
  }

  readonly round = (): LogRecord => ({ slot: 4, seq: 0, t: this.now, type: RecordType.round, body: [3, 3] });

  sight(epc = '', last = this.now, q = 0): LogRecord {
    const body = [Buffer.from(epc, 'hex'), null, 1, last, last, 1, -5000, q];
    return { slot: 4, seq: 0, t: this.now, type: RecordType.observation, body };
  }

  weight(v: number, q: number): LogRecord {
    return { slot: 5, seq: 0, t: this.now, type: RecordType.reading, body: [v, q] };
  }

  /** Time goes on, then these come. */
  async pass(desk: CountDesk, ms: number, ...records: (() => LogRecord)[]): Promise<void> {
    this.now += ms;
    desk.noteCommit(records.map((make) => make()));
    await new Promise((resolve) => setImmediate(resolve));
  }

  [Symbol.dispose](): void {
    for (const desk of this.#desks) desk[Symbol.dispose]();
    this.life[Symbol.dispose]();
    this.place[Symbol.dispose]();
  }
}
