import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { Simulator } from '../port.ts';
import { encrypt } from './cipher.ts';
import { decodeContent, decodeEnvelope, encodeContent, encodeEnvelope } from './codec.ts';
import { encodeFrame, FrameScanner } from './frame.ts';
import type { Condition } from './panel-event.ts';

export type SimulatedPanel = {
  readonly id: string;
  readonly account: string;
  /** Key of what it encrypts; null when it does not. */
  readonly key: Uint8Array | null;
  readonly everyMs: number;
  readonly inputs: readonly SimulatedInput[];
};

type SimulatedInput = {
  readonly id: string;
  readonly is: Condition;
  readonly number?: number | undefined;
  readonly partition?: number | undefined;
};

export type Called = { readonly host: string; readonly port: number; readonly transport: 'tcp' | 'udp' };

const FAULTS = [
  'bad-crc',
  'duplicate',
  'wrong-account',
  'silent',
  'encrypted-with-wrong-key',
  'replay',
  'noise',
] as const;
type Fault = (typeof FAULTS)[number];

const ANSWER_MS = 1000;
const EVENTS: Readonly<Record<Condition, string>> = {
  alarm: '130',
  tamper: '144',
  mains: '301',
  battery: '302',
  communication: '350',
  armed: '401',
};

/** Starts panels that call the receiver. Each begins with a walk test: every input restored. */
export function simulateDc09(receiver: Called, panels: readonly SimulatedPanel[]): Simulator {
  const running = new Map(panels.map((p) => [p.id, new Running(receiver, p)]));
  const find = (id: string): Running => {
    const panel = running.get(id);
    if (panel === undefined) throw new Error(`no simulated panel ${id}`);
    return panel;
  };
  return {
    faults: FAULTS,
    set: (device, channel, v) => find(device).set(channel, v),
    fault: (device, name) => find(device).setFault(faultOf(name)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map((p) => p.stop()));
    },
  };
}

function faultOf(name: string | null): Fault | null {
  const fault = FAULTS.find((f) => f === name) ?? null;
  if (fault === null && name !== null) throw new Error(`no fault ${name}; there are ${FAULTS.join(', ')}`);
  return fault;
}

/** A message to be sent until it is answered. */
type Message = { readonly id: 'ADM-CID' | 'NULL'; readonly sequence: number; readonly data: string };

class Running {
  readonly #receiver: Called;
  readonly #panel: SimulatedPanel;
  readonly #queue: Message[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #fault: Fault | null = null;
  #sequence = 0;
  /** What it learnt of its clock from a NAK, ms. */
  #clockOffset = 0;
  #said: { message: Message; fault: Fault | null; frame: Uint8Array } | null = null;
  #recorded: Uint8Array | null = null;
  #wake: () => void = () => undefined;
  #answered: (() => void) | null = null;
  #call: Call | null = null;

  constructor(receiver: Called, panel: SimulatedPanel) {
    this.#receiver = receiver;
    this.#panel = panel;
    for (const { id } of panel.inputs) this.set(id, 0);
    this.#done = this.#run();
  }

  /** @throws RangeError for what a panel does not report */
  set(channel: string, v: number): void {
    const input = this.#panel.inputs.find((i) => i.id === channel);
    if (input === undefined || (v !== 0 && v !== 1)) {
      throw new RangeError(`${this.#panel.id} has no input ${channel} that can be ${v}; inputs are 0 or 1`);
    }
    const isArmed = input.is === 'armed';
    const qualifier = (v === 1) === isArmed ? 3 : 1;
    const partition = String(input.partition ?? 1).padStart(2, '0');
    const zone = String(input.number ?? 0).padStart(3, '0');
    const data = `#${this.#panel.account}|${qualifier}${EVENTS[input.is]} ${partition} ${zone}`;
    this.#sequence = (this.#sequence % 9999) + 1;
    this.#queue.push({ id: 'ADM-CID', sequence: this.#sequence, data });
    this.#wake();
  }

  setFault(fault: Fault | null): void {
    this.#fault = fault;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    this.#answered?.();
    await this.#done;
    this.#call?.close();
  }

  /** In order, each until it is answered; with nothing to tell, a link test. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (this.#fault === 'silent') {
        await this.#pause(ANSWER_MS);
        continue;
      }
      const message = this.#queue[0] ?? { id: 'NULL', sequence: 0, data: '' };
      const isAnswered = await this.#say(message);
      if (isAnswered && message.id !== 'NULL') this.#queue.shift();
      if (this.#queue.length === 0 || this.#fault === 'replay') await this.#pause(this.#panel.everyMs);
    }
  }

  /** True when it was answered in time. */
  async #say(message: Message): Promise<boolean> {
    const call = this.#call?.isOpen === true ? this.#call : this.#dial();
    this.#call = call;
    const frame = this.#repeated(message);
    if (message.id !== 'NULL' && this.#fault === null) this.#recorded = frame;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#answered = () => resolve(true);
    for (const bytes of this.#spoil(frame)) call.send(bytes);
    const timer = setTimeout(() => resolve(false), ANSWER_MS);
    const isAnswered = await promise;
    clearTimeout(timer);
    this.#answered = null;
    return isAnswered;
  }

  /** A repeat is the same bytes, time and all, unless the receiver said that the time is wrong. */
  #repeated(message: Message): Uint8Array {
    const said = this.#said;
    if (said !== null && said.message === message && said.fault === this.#fault) return said.frame;
    const frame = this.#frameOf(message);
    this.#said = { message, fault: this.#fault, frame };
    return frame;
  }

  #frameOf({ id, sequence, data }: Message): Uint8Array {
    const isWrongKey = this.#fault === 'encrypted-with-wrong-key';
    const key = isWrongKey ? randomBytes(16) : this.#panel.key;
    const content = encodeContent({ data, time: Date.now() + this.#clockOffset });
    const account = this.#fault === 'wrong-account' ? 'FFFF' : this.#panel.account;
    const rest = key === null ? content : encrypt(content, key);
    const envelope = { id, isEncrypted: key !== null, sequence, receiver: '', line: 'L0', account, rest };
    return encodeFrame(encodeEnvelope(envelope));
  }

  /** What goes over the wire in place of the good frame. */
  #spoil(frame: Uint8Array): Uint8Array[] {
    switch (this.#fault) {
      case 'bad-crc':
        return [frame.map((byte, i) => (i === 4 ? (byte === 0x30 ? 0x31 : 0x30) : byte))];
      case 'duplicate':
        return [frame, frame];
      case 'replay':
        return [this.#recorded ?? frame];
      case 'noise':
        return [Buffer.concat([randomBytes(40), frame])];
      case 'silent':
      case 'wrong-account':
      case 'encrypted-with-wrong-key':
      case null:
      default:
        return [frame];
    }
  }

  #dial(): Call {
    const scanner = new FrameScanner();
    return dial(this.#receiver, (chunk) => {
      for (const heard of scanner.push(chunk)) if (heard.ok) this.#hear(heard.body);
    });
  }

  #hear(body: string): void {
    const answer = decodeEnvelope(body);
    if (answer?.id === 'NAK') {
      const time = decodeContent(answer.rest)?.time ?? null;
      if (time !== null) this.#clockOffset = time - Date.now();
      this.#said = null;
    }
    // DUH: another try would get the same answer.
    if (answer?.id === 'ACK' || (answer?.id === 'DUH' && this.#fault === null)) this.#answered?.();
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

type Call = { readonly isOpen: boolean; send(bytes: Uint8Array): void; close(): void };

function dial({ host, port, transport }: Called, hear: (chunk: Uint8Array) => void): Call {
  let isOpen = true;
  const gone = (): void => void (isOpen = false);
  if (transport === 'tcp') {
    const socket = connect({ host, port });
    // It calls again with its next message.
    socket.on('data', hear).on('error', gone).on('close', gone);
    return {
      get isOpen() {
        return isOpen;
      },
      send: (bytes) => socket.write(bytes),
      close: () => socket.destroy(),
    };
  }
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', hear).on('error', gone).on('close', gone);
  return {
    get isOpen() {
      return isOpen;
    },
    send: (bytes) => {
      if (isOpen) socket.send(bytes, port, host);
    },
    close: () => {
      if (isOpen) socket.close();
    },
  };
}
