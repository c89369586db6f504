import type { HealthNote, Refusal, Sink } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
import type { Line, LineState } from '../line.ts';
import type { DeviceEnv } from '../port.ts';
import { child, numeric, readCapabilities, textual, type Capabilities } from './capabilities.ts';
import { Conversation } from './conversation.ts';
import { IMPINJ_VENDOR } from './definitions.ts';
import type { LlrpNode } from './node.ts';
import type { LlrpPlan } from './plan.ts';
import { ReadPoints } from '../tags/read-points.ts';
import {
  addRoSpec,
  enableExtensions,
  getAntennas,
  getCapabilities,
  ofSpec,
  setReaderConfig,
  unfit,
} from './requests.ts';
import { Standing } from '../standing.ts';
import type { TagReport } from './tag-reports.ts';

/** Time for a reader to say READER_EVENT_NOTIFICATION after the connection, ms. */
const GREETING_MS = 5000;
/** After a set-up that failed the connection is made anew this much later, ms. */
const AGAIN_MS = 5000;
/** So many keep-alives in a row may be missing. */
const MISSED = 3;

/** What a reader tells the client it has when another one knocks. */
const ANOTHER_ATTEMPT = 4;

/** Why a reader took no connection (LLRP 1.0.1, 17.2.6.9). */
const ATTEMPTS: readonly string[] = [
  'ok',
  'a connection that the reader made stands',
  'another client has the reader',
  'the reader refused',
  'another connection was attempted',
];

/** One reader: sets it up on every connection, watches it, and tells what it reads. */
export class Reader {
  readonly #plan: LlrpPlan;
  readonly #line: Line;
  readonly #env: DeviceEnv;
  readonly #sink: Sink;
  readonly #points: ReadPoints;
  readonly #standing: Standing;
  #talk: Conversation | null = null;
  /** The number of our inventory at the reader; null while it is not set up. */
  #spec: number | null = null;
  #heardAt = 0;
  #renewAt = Infinity;
  #why = '';
  /** What was logged of the line since the reader last worked. */
  #said = '';

  constructor(plan: LlrpPlan, line: Line, env: DeviceEnv, sink: Sink) {
    this.#plan = plan;
    this.#line = line;
    this.#env = env;
    this.#sink = sink;
    this.#points = new ReadPoints(plan);
    this.#standing = new Standing(plan.id);
  }

  hear(chunk: Uint8Array): void {
    this.#heardAt = performance.now();
    this.#talk?.push(chunk);
  }

  lineBecame(state: LineState): void {
    this.#talk?.end(state.detail);
    this.#talk = null;
    this.#spec = null;
    const now = performance.now();
    this.#points.stopped(now);
    this.#renewAt = Infinity;
    if (!state.up) {
      // Whoever hung up has said why; the line alone would only say that it is gone.
      if (state.reason === 'opening' || state.reason === 'closed') return;
      this.#down(state.reason === 'untrusted' ? state.reason : this.#why || state.reason);
      // A reader that somebody else has hangs up every second.
      if (state.detail !== this.#said) {
        this.#env.log('warn', `${this.#plan.id}: line ${state.reason}`, { detail: state.detail });
        if (state.reason === 'untrusted') this.#refuse(state.detail, 'REFUSED');
      }
      this.#said = state.detail;
      return;
    }
    this.#why = '';
    this.#heardAt = now;
    this.#giveUpIn(GREETING_MS, 'timeout', 'no READER_EVENT_NOTIFICATION');
    const talk = new Conversation((bytes) => this.#send(bytes), {
      tags: (reports) => this.#take(reports),
      event: (data) => this.#event(data, talk),
      refused: (detail) => this.#refuse(detail),
      broken: (detail) => {
        this.#refuse(detail);
        this.#giveUpIn(0, 'malformed', detail);
      },
    });
    this.#talk = talk;
  }

  tick(): void {
    const now = performance.now();
    const silence = now - this.#heardAt;
    if (
      this.#spec !== null &&
      silence > MISSED * this.#plan.inventory.keepaliveMs &&
      this.#renewAt === Infinity
    ) {
      this.#giveUpIn(0, 'timeout', `nothing was heard for ${Math.round(silence)} ms`);
    }
    if (now >= this.#renewAt) {
      this.#renewAt = Infinity;
      this.#line.renew(this.#why);
    }
    const told = this.#points.due(now);
    if (told !== null) this.#sink(told);
    if (this.#spec !== null) this.#tell(this.#standing.up(now));
  }

  /** The connection is made anew after so many ms, for this reason. */
  #giveUpIn(ms: number, why: string, detail: string): void {
    this.#why = why;
    this.#renewAt = performance.now() + ms;
    if (ms === 0) this.#env.log('warn', `${this.#plan.id}: ${detail}`);
  }

  #event(data: LlrpNode, talk: Conversation): void {
    const now = performance.now();
    const attempt = numeric(child(data, 'ConnectionAttemptEvent'), 'Status');
    if (attempt === ANOTHER_ATTEMPT && this.#spec !== null) {
      this.#standing.complain('attempt', 'another client tried to take the reader', now, false);
    } else if (attempt !== null) return this.#greeted(attempt, data, talk);
    const spec = child(data, 'ROSpecEvent');
    if (spec !== undefined && numeric(spec, 'ROSpecID') === this.#spec && numeric(spec, 'EventType') !== 0) {
      this.#giveUpIn(0, 'the reader ended the inventory', `ROSpec ${this.#spec} ended`);
    }
    const antenna = child(data, 'AntennaEvent');
    if (antenna !== undefined) {
      this.#antenna(numeric(antenna, 'AntennaID') ?? 0, numeric(antenna, 'EventType') === 1);
    }
    const exception = child(data, 'ReaderExceptionEvent');
    if (exception !== undefined) {
      const text = `exception: ${textual(exception, 'Message')}`;
      this.#standing.complain('exception', text, now, false);
    }
    if (child(data, 'ReportBufferOverflowErrorEvent') !== undefined) {
      this.#standing.complain('overflow', 'report buffer overflow: reads are lost', now, false);
    }
    const warning = child(data, 'ReportBufferLevelWarningEvent');
    if (warning !== undefined) {
      const full = numeric(warning, 'ReportBufferPercentageFull');
      this.#standing.complain('level', `report buffer ${full} % full`, now, false);
    }
    if (child(data, 'ConnectionCloseEvent') !== undefined)
      this.#giveUpIn(0, 'closed by the reader', 'closed');
  }

  #greeted(status: number, data: LlrpNode, talk: Conversation): void {
    if (status !== 0) {
      const why = ATTEMPTS[status] ?? `connection attempt status ${status}`;
      this.#down(why);
      return this.#giveUpIn(AGAIN_MS, why, why);
    }
    this.#renewAt = Infinity;
    this.#why = '';
    const us = child(data, 'UTCTimestamp')?.fields?.['Microseconds'];
    const t = this.#env.now();
    const utcMs = typeof us === 'bigint' ? Number(us / 1000n) : null;
    if (this.#points.setClock(utcMs, t)) {
      const off = `clock ${Math.round(((utcMs ?? t) - t) / 1000)} s off`;
      this.#standing.complain('clock', off, performance.now(), true);
    } else this.#standing.takeBack('clock');
    this.#setUp(talk).catch((error: unknown) => {
      if (!(error instanceof DeviceError)) throw error;
      if (this.#talk !== talk) return;
      this.#env.log('warn', `${this.#plan.id}: the reader could not be set up`, { detail: error.message });
      this.#sink({
        readings: [],
        refusals: [{ device: this.#plan.id, stream: null, code: error.code, detail: error.message }],
      });
      this.#down(error.message);
      this.#giveUpIn(AGAIN_MS, error.message, error.message);
    });
  }

  /** The order of wire-formats 3.1: nothing is read before everything else is as it should be. */
  async #setUp(talk: Conversation): Promise<void> {
    const { id, inventory } = this.#plan;
    const able = readCapabilities(await talk.ask(getCapabilities));
    const misfit = unfit(inventory, able);
    if (misfit !== null) throw new DeviceError('REFUSED', misfit);
    if (able.vendor === IMPINJ_VENDOR) await talk.ask(enableExtensions);
    else if (inventory.tid) this.#env.log('warn', `${id}: tid: only readers of Impinj report it`);
    await talk.ask(setReaderConfig(inventory.keepaliveMs));
    for (const name of ['DELETE_ACCESSSPEC', 'DELETE_ROSPEC']) await talk.ask(ofSpec(name, 0));
    const antennas = await this.#antennasOf(talk);
    // A number of its own: a reader may still tell of the end of the inventory that was deleted.
    const spec = 1 + (Math.floor(this.#env.now() / 1000) % 0x7fffffff);
    await talk.ask(addRoSpec(inventory, able, spec));
    await talk.ask(ofSpec('ENABLE_ROSPEC', spec));
    talk.tell({ name: 'ENABLE_EVENTS_AND_REPORTS' });
    if (this.#talk !== talk) return;
    this.#begin(able, spec);
    for (const antenna of antennas) {
      this.#antenna(numeric(antenna, 'AntennaID') ?? 0, antenna.fields?.['AntennaConnected'] !== false);
    }
  }

  /** Not every reader knows its antennas; then only their events tell. */
  async #antennasOf(talk: Conversation): Promise<readonly LlrpNode[]> {
    try {
      const { params = [] } = await talk.ask(getAntennas);
      return params.filter((p) => p.name === 'AntennaProperties');
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code !== 'EXCEPTION_REPLY') throw error;
      this.#env.log('info', `${this.#plan.id}: the reader does not tell its antennas`, {
        detail: error.message,
      });
      return [];
    }
  }

  #begin({ vendor, model, firmware }: Capabilities, spec: number): void {
    const now = performance.now();
    this.#spec = spec;
    this.#said = '';
    this.#points.started(now);
    this.#env.log('info', `${this.#plan.id}: reading`, { vendor, model, firmware });
    this.#tell(this.#standing.up(now));
  }

  #antenna(antenna: number, isConnected: boolean): void {
    if (!this.#plan.inventory.antennas.some((a) => a.id === antenna)) return;
    const key = `antenna ${antenna}`;
    if (isConnected) this.#standing.takeBack(key);
    else this.#standing.complain(key, `antenna ${antenna} is not connected`, performance.now(), true);
  }

  #take(reports: readonly TagReport[]): void {
    const [now, t] = [performance.now(), this.#env.now()];
    const wrong = reports.map((report) => this.#points.take(report, now, t)).filter((why) => why !== null);
    for (const why of new Set(wrong)) this.#refuse(why);
  }

  #refuse(detail: string, code: Refusal['code'] = 'MALFORMED'): void {
    this.#sink({
      readings: [],
      refusals: [{ device: this.#plan.id, stream: null, code, detail }],
    });
  }

  #down(reason: string): void {
    this.#tell(this.#standing.down(reason));
  }

  #tell(health: readonly HealthNote[]): void {
    if (health.length > 0) this.#sink({ readings: [], health });
  }

  #send(bytes: Uint8Array): void {
    // A line that goes away while it is written to says so itself.
    this.#line.send(bytes).catch((error: unknown) => {
      if (!(error instanceof DeviceError)) throw error;
    });
  }
}
