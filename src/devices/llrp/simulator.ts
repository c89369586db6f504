import type { Socket } from 'node:net';
import { ConfigError } from '../../domain/errors.ts';
import type { Simulator } from '../port.ts';
import { decodeMessage } from './decode.ts';
import { IMPINJ_VENDOR } from './definitions.ts';
import { encodeMessage } from './encode.ts';
import { FrameReader } from './frame-reader.ts';
import type { LlrpMessage, LlrpNode } from './node.ts';
import { planLlrp, type LlrpPlan } from './plan.ts';
import {
  answerTo,
  antennasConnected,
  capabilities,
  epcOf,
  event,
  extensionsEnabled,
  report,
  status,
  type SimulatedRead,
} from './simulated-reader.ts';
import { serverOf, type SimulatedTls } from './simulated-server.ts';

const FAULTS = [
  'second-client',
  'no-keepalive',
  'status-error',
  'held-burst',
  'antenna-lost',
  'exception',
  'overflow',
  'spec-ended',
  'swapped-chip',
  'half-open',
  'noise',
  'truncated',
  'silent',
  'wrong-certificate',
] as const;
type Fault = (typeof FAULTS)[number];

/** Every tag is read so often, ms. */
const READ_MS = 100;
/** What a real reader holds at least. */
const MOST_HELD = 100_000;
const M_FIELD_ERROR = 101;

export type SimulatedLlrp = Simulator & { readonly port: number };

/**
 * The reader of an `llrp` entry, listening; port 0 takes a free one. A channel is a read point, its
 * value how many tags stand there. Throws ConfigError.
 * @param vendor who made it; an Impinj reader has extensions
 * @param tls null for a reader that speaks in clear
 */
export async function simulateLlrp(
  raw: unknown,
  at: { readonly host: string; readonly port: number },
  vendor = IMPINJ_VENDOR,
  tls: SimulatedTls | null = null,
): Promise<SimulatedLlrp> {
  const plan = planLlrp(raw);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const reader = new SimulatedReader(plan.value, vendor);
  const { server, show } = serverOf(tls, (socket) => reader.accept(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    faults: tls === null ? FAULTS.filter((name) => name !== 'wrong-certificate') : FAULTS,
    set: (device, channel, v) => reader.set(device, channel, v),
    fault: (device, name) => {
      show(name === 'wrong-certificate');
      reader.fault(device, name);
    },
    [Symbol.asyncDispose]: async () => {
      reader.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

class SimulatedReader {
  readonly #plan: LlrpPlan;
  readonly #vendor: number;
  readonly #tags = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #deaf = new WeakSet<Socket>();
  readonly #reading: NodeJS.Timeout;
  #keepalive: NodeJS.Timeout | undefined;
  #client: Socket | null = null;
  #fault: Fault | null = null;
  /** Set up, and allowed to tell. */
  #isEnabled = false;
  #spec = 0;
  #mayTell = false;
  #held: SimulatedRead[] = [];
  #id = 0;

  constructor(plan: LlrpPlan, vendor: number) {
    this.#plan = plan;
    this.#vendor = vendor;
    this.#reading = setInterval(() => this.#read(), READ_MS);
  }

  set(device: string, channel: string, v: number): void {
    const name = channel.replace(/-tags$/, '');
    if (device !== this.#plan.id || !this.#plan.points.some((p) => p.name === name)) {
      throw new RangeError(`no read point "${device}/${channel}"`);
    }
    if (v < 0 || v > 65_535) throw new RangeError(`${v} tags cannot stand at a read point`);
    this.#tags.set(name, v);
  }

  fault(device: string, name: string | null): void {
    if (device !== this.#plan.id) throw new RangeError(`no simulated device "${device}"`);
    const fault = FAULTS.find((known) => known === name) ?? null;
    if (fault !== name) throw new RangeError(`no fault "${name}"; there are ${FAULTS.join(', ')}`);
    const before = this.#fault;
    this.#fault = fault;
    if (before === 'antenna-lost') this.#tellAntenna(1);
    if (fault === 'antenna-lost') this.#tellAntenna(0);
    else if (fault === 'exception') {
      this.#event({ name: 'ReaderExceptionEvent', fields: { Message: 'the amplifier is too hot' } });
    } else if (fault === 'overflow') this.#event({ name: 'ReportBufferOverflowErrorEvent' });
    else if (fault === 'spec-ended') {
      this.#isEnabled = false;
      const fields = { EventType: 1, ROSpecID: this.#spec, PreemptingROSpecID: 0 };
      this.#event({ name: 'ROSpecEvent', fields });
    } else if (fault === 'noise') this.#client?.write(Buffer.from('ffd8ffe000104a464946000101', 'hex'));
    else if (fault === 'half-open') for (const socket of this.#sockets) this.#deaf.add(socket);
    // Settings are asked for on a new connection.
    else if (fault === 'second-client' || fault === 'status-error') this.#hangUp();
    else if (fault === 'held-burst' || fault === 'wrong-certificate') this.#hangUp();
    if (fault === 'half-open') this.#client = null;
  }

  stop(): void {
    clearInterval(this.#reading);
    clearInterval(this.#keepalive);
    for (const socket of this.#sockets) socket.destroy();
  }

  accept(socket: Socket): void {
    // A reader out of reach is one that nobody can connect to.
    if (this.#fault === 'held-burst') return void socket.destroy();
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#client !== socket) return;
      this.#client = null;
      this.#mayTell = false;
      clearInterval(this.#keepalive);
    });
    if (this.#client !== null || this.#fault === 'second-client') {
      const refusal = { name: 'ConnectionAttemptEvent', fields: { Status: 2 } };
      socket.end(encodeMessage({ version: 1, id: ++this.#id, body: event(Date.now(), refusal) }));
      this.#event({ name: 'ConnectionAttemptEvent', fields: { Status: 4 } });
      return;
    }
    this.#client = socket;
    this.#mayTell = false;
    const frames = new FrameReader();
    socket.on('data', (chunk) => {
      if (this.#deaf.has(socket)) return;
      for (const frame of frames.push(chunk).frames) {
        const decoded = decodeMessage(frame);
        if (decoded.ok) this.#take(decoded.value);
        else this.#say({ name: 'ERROR_MESSAGE', params: [status(100, decoded.detail)] });
      }
    });
    this.#event({ name: 'ConnectionAttemptEvent', fields: { Status: 0 } });
  }

  #take({ id, body }: LlrpMessage): void {
    switch (body.name) {
      case 'GET_READER_CAPABILITIES':
        return this.#say(capabilities(this.#vendor, Math.max(...this.#antennas())), id);
      case 'GET_READER_CONFIG':
        return this.#say(antennasConnected(this.#antennas().map((a) => [a, !this.#isLost(a)])), id);
      case 'CUSTOM_MESSAGE':
        return this.#say(extensionsEnabled(), id);
      case 'SET_READER_CONFIG':
        this.#keepAlive(body);
        break;
      case 'DELETE_ROSPEC':
        this.#isEnabled = false;
        break;
      case 'ADD_ROSPEC':
        if (this.#fault !== 'status-error') break;
        return this.#say(
          { name: 'ADD_ROSPEC_RESPONSE', params: [status(M_FIELD_ERROR, 'TransmitPower out of range')] },
          id,
        );
      case 'ENABLE_ROSPEC':
        this.#isEnabled = true;
        this.#spec = Number(body.fields?.['ROSpecID'] ?? 0);
        break;
      case 'ENABLE_EVENTS_AND_REPORTS':
        this.#mayTell = true;
        return this.#tellHeld();
      case 'KEEPALIVE_ACK':
        return;
    }
    this.#say(answerTo(body.name), id);
  }

  #keepAlive(config: LlrpNode): void {
    const spec = config.params?.find((p) => p.name === 'KeepaliveSpec');
    clearInterval(this.#keepalive);
    const ms = Number(spec?.fields?.['PeriodicTriggerValue'] ?? 0);
    if (ms === 0) return;
    this.#keepalive = setInterval(() => {
      if (this.#fault !== 'no-keepalive') this.#say({ name: 'KEEPALIVE' });
    }, ms);
  }

  /** A real reader goes on reading while its client is away, and holds what it read. */
  #read(): void {
    if (!this.#isEnabled || this.#fault === 'silent' || this.#fault === 'no-keepalive') return;
    const now = Date.now();
    const reads = this.#plan.points.flatMap(({ name, antennas }, i): SimulatedRead[] => {
      const antenna = antennas.find((a) => !this.#isLost(a));
      if (antenna === undefined) return [];
      const count = this.#tags.get(name) ?? 0;
      return Array.from({ length: count }, (_, k) => ({ epc: epcOf(i + 1, k), antenna, atMs: now }));
    });
    this.#held = [...this.#held, ...reads].slice(-MOST_HELD);
    if (this.#mayTell) this.#tellHeld();
  }

  #tellHeld(): void {
    for (let i = 0; i < this.#held.length; i += 100) {
      const message = report(this.#held.slice(i, i + 100), this.#vendor, this.#chips());
      if (this.#fault === 'truncated') this.#write(truncated(message));
      else this.#say(message);
    }
    this.#held = [];
  }

  #chips(): 'own' | 'other' | null {
    if (!this.#plan.inventory.tid) return null;
    return this.#fault === 'swapped-chip' ? 'other' : 'own';
  }

  #antennas(): readonly number[] {
    return this.#plan.inventory.antennas.map((a) => a.id);
  }

  #isLost(antenna: number): boolean {
    return this.#fault === 'antenna-lost' && antenna === this.#antennas()[0];
  }

  #tellAntenna(EventType: 0 | 1): void {
    this.#event({ name: 'AntennaEvent', fields: { EventType, AntennaID: this.#antennas()[0] ?? 0 } });
  }

  #event(what: LlrpNode): void {
    this.#say(event(Date.now(), what));
  }

  #say(body: LlrpNode, id = ++this.#id): void {
    this.#write(encodeMessage({ version: 1, id, body }));
  }

  #write(bytes: Buffer): void {
    if (this.#client !== null && !this.#client.destroyed) this.#client.write(bytes);
  }

  #hangUp(): void {
    this.#client?.destroy();
    this.#client = null;
    this.#mayTell = false;
  }
}

/** A report whose last parameter is cut, in a message whose own length is right. */
function truncated(message: LlrpNode): Buffer {
  const bytes = encodeMessage({ version: 1, id: 1, body: message }).subarray(0, -3);
  bytes.writeUInt32BE(bytes.length, 2);
  return bytes;
}
