import type { Text } from '../../domain/alarm.ts';
import type { SiteEvent } from './event-feed.ts';

export const WATCHED_STREAM = 'probe-1/temperature';

/** What must be seen in the story. */
export const FACTS = {
  readings: { en: 'readings of cold room 1', zh: '一号库房的读数' },
  door: { en: 'the alarm for the open door', zh: '库门未关报警' },
  warm: { en: 'the alarm for cold room 1 above 8 °C', zh: '一号库房高于 8 °C 的报警' },
  siren: { en: 'the siren’s own word that it sounds', zh: '警笛已响的确认' },
  message: { en: 'a message on the duty phone', zh: '值班手机收到消息' },
  sealed: { en: 'a block sealed early, with the alarm in it', zh: '提前封存的、含该报警的区块' },
  cosigned: { en: 'its head cosigned by two witnesses', zh: '其日志头由两方作见证签名' },
  final: { en: 'its checkpoint final on the chain', zh: '其检查点在链上终局' },
} as const satisfies Readonly<Record<string, Text>>;
export type Fact = keyof typeof FACTS;

/** The order in which they happen. */
export const IN_ORDER = [
  'readings',
  'door',
  'warm',
  'siren',
  'message',
  'sealed',
  'cosigned',
  'final',
] as const;

type Alarm = Extract<SiteEvent, { kind: 'alarm' }>['alarm'];

/** Watches what the gateway says, tells each step as one line, and remembers what it has seen. */
export class Onlooker {
  readonly #tell: (line: Text) => void;
  readonly #waiting = new Map<Fact, () => void>();
  readonly #told = new Map<string, string>();
  readonly #seen = new Map<Fact, number>();
  #degree = Number.NaN;
  #isSounding = false;
  #finalSize = 0;
  #cosignedSize = 0;
  #lastError: string | null = null;
  /** An alarm rose since the last block ended. */
  #isAlarmed = false;
  /** Log size with the sealed alarm in it. */
  #awaitedSize = Infinity;

  constructor(tell: (line: Text) => void) {
    this.#tell = tell;
  }

  /** Evidence time of a fact, ms; for `sealed` the end of the block. Undefined when it was not seen. */
  when(fact: Fact): number | undefined {
    return this.#seen.get(fact);
  }

  missing(): Fact[] {
    return IN_ORDER.filter((fact) => !this.#seen.has(fact));
  }

  /** Resolves when the fact was seen, or when the signal aborts first. */
  until(fact: Fact, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#seen.has(fact) || signal.aborted) return resolve();
      this.#waiting.set(fact, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  take(event: SiteEvent): void {
    if (event.kind === 'reading') this.#reading(event.stream, event.latest);
    else if (event.kind === 'alarm') this.#alarm(event.alarm);
    else if (event.kind === 'sealed') this.#sealed(event.journal);
    else if (event.kind === 'anchored') this.#anchored(event.anchor);
    // The regular sign of life says how the anchor stands, too.
    else this.#anchored(event.status.anchor);
  }

  /** A message came to the duty phone. */
  message(subject: Text): void {
    this.#tell({ en: `Message on the duty phone: ${subject.en}`, zh: `值班手机收到消息：${subject.zh}` });
    this.#see('message', Date.now());
  }

  #reading(stream: string, latest: Extract<SiteEvent, { kind: 'reading' }>['latest']): void {
    if (stream === 'dock/state') this.#siren(latest.v === 1, latest.t);
    if (stream !== WATCHED_STREAM || latest.v === null) return;
    this.#see('readings', latest.t);
    const degree = Math.round(Number(latest.text));
    // Each full degree once; half a degree of noise says nothing.
    if (Math.abs(Number(latest.text) - this.#degree) < 0.8) return;
    if (!Number.isNaN(this.#degree)) {
      this.#tell({ en: `Cold room 1 is at ${latest.text} °C.`, zh: `一号库房 ${latest.text} °C。` });
    }
    this.#degree = degree;
  }

  /** What the plug itself reports: the order was carried out, not only sent. */
  #siren(isOn: boolean, t: number): void {
    if (isOn === this.#isSounding) return;
    this.#isSounding = isOn;
    if (isOn) this.#see('siren', t);
    this.#tell(
      isOn
        ? { en: 'The siren sounds: its plug confirms the command.', zh: '警笛已响：插座已确认指令。' }
        : { en: 'The siren is off: its plug confirms it.', zh: '警笛已停：插座已确认。' },
    );
  }

  #alarm({ id, rule, title, subject, zone, priority, state, since }: Alarm): void {
    const isNew = state === 'unacknowledged' && this.#told.get(id) !== state;
    const isOver = state === 'returnedUnacknowledged' || state === 'normal';
    const where = {
      en: `${title.en} (${zone?.title.en ?? subject}, ${subject})`,
      zh: `${title.zh}（${zone?.title.zh ?? subject}，${subject}）`,
    };
    if (isNew)
      this.#tell({
        en: `ALARM, ${priority}: ${where.en}`,
        zh: `报警（${PRIORITY[priority] ?? priority}）：${where.zh}`,
      });
    if (isOver && this.#told.get(id) === 'unacknowledged') {
      this.#tell({ en: `Over, still to be acknowledged: ${where.en}`, zh: `已恢复，待确认：${where.zh}` });
    }
    this.#told.set(id, state);
    if (!isNew) return;
    this.#isAlarmed = true;
    if (rule === 'cold-door-open') this.#see('door', since);
    if (subject === WATCHED_STREAM && rule === 'cold-room-out-of-range') this.#see('warm', since);
  }

  #sealed({ size, lastSealed }: Extract<SiteEvent, { kind: 'sealed' }>['journal']): void {
    if (lastSealed === null) return;
    const root = lastSealed.root.slice(0, 12);
    this.#tell({
      en: `Sealed ${this.#isAlarmed ? 'early, because of the alarm' : 'and signed'}: block ${size - 1}, root ${root}…`,
      zh: `${this.#isAlarmed ? '因报警提前封存' : '已封存并签名'}：区块 ${size - 1}，根 ${root}…`,
    });
    this.#isAlarmed = false;
    const warm = this.#seen.get('warm');
    if (warm === undefined || lastSealed.t1 < warm || this.#seen.has('sealed')) return;
    this.#awaitedSize = size;
    this.#see('sealed', lastSealed.t1);
  }

  #anchored(anchor: Extract<SiteEvent, { kind: 'anchored' }>['anchor']): void {
    const { ledger, lastFinalSize, lastError } = anchor;
    this.#cosigned(anchor.witnesses);
    if (lastError !== null && lastError !== this.#lastError) {
      this.#tell({ en: `The chain: ${lastError}`, zh: `链：${lastError}` });
    }
    this.#lastError = lastError;
    if (lastFinalSize === null || lastFinalSize <= this.#finalSize) return;
    this.#finalSize = lastFinalSize;
    const chain = ledger?.network ?? '';
    this.#tell({
      en: `Anchored: the signed head of ${lastFinalSize} ${lastFinalSize === 1 ? 'block' : 'blocks'} is final on the chain ${chain}.`,
      zh: `已锚定：${lastFinalSize} 个区块的签名日志头在链 ${chain} 上终局。`,
    });
    if (lastFinalSize >= this.#awaitedSize) this.#see('final', Date.now());
  }

  #cosigned(witnesses: Extract<SiteEvent, { kind: 'anchored' }>['anchor']['witnesses']): void {
    const size = witnesses?.cosignedSize ?? 0;
    if (size <= this.#cosignedSize) return;
    this.#cosignedSize = size;
    const quorum = witnesses?.quorum ?? 0;
    this.#tell({
      en: `Cosigned: ${quorum} witnesses have signed the head of ${size} ${size === 1 ? 'block' : 'blocks'}, each with its own clock.`,
      zh: `见证签名：${quorum} 个见证方已为 ${size} 个区块的日志头签名，各用自己的时钟。`,
    });
    if (size >= this.#awaitedSize) this.#see('cosigned', Date.now());
  }

  #see(fact: Fact, t: number): void {
    if (this.#seen.has(fact)) return;
    this.#seen.set(fact, t);
    this.#waiting.get(fact)?.();
  }
}

const PRIORITY: Readonly<Record<string, string>> = { urgent: '紧急', high: '高', medium: '中', low: '低' };
