import { randomBytes, randomUUID } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../port.ts';
import { isAuthorized, writeChallenge, type Challenge, type Login } from './digest.ts';
import { DISCOVERY_GROUP, DISCOVERY_PORT } from './discovery.ts';
import { decodeProbe, encodeProbeMatch } from './discovery-message.ts';
import { SimulatedCamera, type Answer, type CameraFault } from './simulated-camera.ts';
import { MAX_ENVELOPE } from './soap.ts';
import type { Plan } from './settings.ts';

const FAULTS = [
  'reboot',
  'wrong-password',
  'no-encoder',
  'media2-only',
  'hang',
  'huge-answer',
  'xml-bomb',
  'noise',
  'clock-off',
  'factory-address',
  'no-renew',
  'absolute-times',
  'impatient',
  'duplicate-events',
  'frozen-picture',
  'no-picture',
] as const satisfies readonly CameraFault[];

export type SimulatorOptions = {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** UDP port of WS-Discovery, 0 for any; null for a camera that cannot be found. */
  readonly discovery: number | null;
  readonly login: Login;
  /** How it asks who calls: HTTP Digest by either hash, or a token in the envelope. */
  readonly auth?: 'MD5' | 'SHA-256' | 'token';
};

export type SimulatedOnvif = Simulator & {
  readonly port: number;
  readonly discoveryPort: number | null;
  /** Calls that were let in and calls that were refused, without the first of each connection that only asks. */
  readonly counts: { readonly served: number; readonly refused: number };
  readonly subscriptions: number;
};

/** So long a camera that restarts is gone, ms. */
const REBOOT_MS = 300;

/** Listens as the camera of a plan. Rejects with the system's error when an address is taken. */
export async function simulateOnvif(plan: Plan, options: SimulatorOptions): Promise<SimulatedOnvif> {
  const running = new Running(plan, options);
  await running.listen();
  return running;
}

class Running implements SimulatedOnvif {
  readonly faults = FAULTS;
  readonly #camera: SimulatedCamera;
  readonly #options: SimulatorOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #challenge: Challenge;
  #udp: UdpSocket | null = null;
  #served = 0;
  #refused = 0;
  #downUntil = 0;

  constructor(plan: Plan, options: SimulatorOptions) {
    this.#options = options;
    this.#camera = new SimulatedCamera(plan);
    const algorithm = options.auth === 'SHA-256' ? 'SHA-256' : 'MD5';
    const nonce = randomBytes(16).toString('hex');
    const more = { realm: 'ONVIF', opaque: null, isSession: false, hasQop: true, isStale: false };
    this.#challenge = { ...more, nonce, algorithm };
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('connection', (socket) => {
      if (performance.now() < this.#downUntil) socket.destroy();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return portOf(this.#server.address());
  }

  get discoveryPort(): number | null {
    return this.#udp?.address().port ?? null;
  }

  get counts(): { served: number; refused: number } {
    return { served: this.#served, refused: this.#refused };
  }

  get subscriptions(): number {
    return this.#camera.events.subscriptions;
  }

  async listen(): Promise<void> {
    const { host, port, discovery } = this.#options;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    if (discovery !== null) this.#udp = await this.#listenForProbes(discovery);
  }

  set(device: string, channel: string, v: number): void {
    this.#camera.set(device, channel, v);
  }

  fault(device: string, name: string | null): void {
    const fault = FAULTS.find((f) => f === name) ?? null;
    if (device !== this.#camera.id || (fault === null && name !== null)) {
      throw new Error(`no fault ${name} of ${device}; there are ${FAULTS.join(', ')}`);
    }
    this.#camera.fault = fault;
    if (fault !== 'reboot') return;
    this.#downUntil = performance.now() + REBOOT_MS;
    this.#camera.events.forgetSubscriptions();
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#camera.events.forgetSubscriptions();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await new Promise<void>((resolve) => (this.#udp === null ? resolve() : this.#udp.close(() => resolve())));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { fault } = this.#camera;
    // It took the call and says nothing; the caller gives up.
    if (fault === 'hang') return;
    const body = await bodyOf(request);
    if (body === null) return;
    const isKnown = this.#isKnown(request);
    const self = new URL(`http://${request.headers.host ?? 'localhost'}`);
    const call = { path: request.url ?? '/', body, isKnown, login: this.#options.login, origin: self.origin };
    const answer = await this.#camera.answer(call, this.#options.auth === 'token');
    if (answer.kind === 'unknown-caller') {
      if (request.headers.authorization !== undefined || this.#options.auth === 'token') this.#refused++;
      return this.#refuse(response, answer);
    }
    this.#served++;
    if (fault === 'huge-answer') return sendWithoutEnd(response);
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  }

  #refuse(response: ServerResponse, answer: Extract<Answer, { kind: 'unknown-caller' }>): void {
    const type = { 'content-type': 'application/soap+xml' };
    if (this.#options.auth === 'token') response.writeHead(400, type).end(answer.fault);
    else response.writeHead(401, { ...type, 'www-authenticate': writeChallenge(this.#challenge) }).end();
  }

  #isKnown({ headers, method = '', url: uri = '' }: IncomingMessage): boolean {
    if (this.#camera.fault === 'wrong-password') return false;
    const { authorization = '' } = headers;
    return isAuthorized(authorization, this.#challenge, this.#options.login, { method, uri });
  }

  async #listenForProbes(port: number): Promise<UdpSocket> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    const id = `urn:uuid:${randomUUID()}`;
    socket.on('message', (bytes, from) => {
      const probe = decodeProbe(bytes);
      if (probe === null) return;
      const found = {
        id,
        addresses: [`http://${this.#options.host}:${this.port}/onvif/device_service`],
        name: this.#camera.id,
        hardware: 'bailee simulator',
      };
      socket.send(encodeProbeMatch(`urn:uuid:${randomUUID()}`, probe, found), from.port, from.address);
    });
    socket.bind(port);
    await once(socket, 'listening');
    if (port === DISCOVERY_PORT) joinGroup(socket);
    return socket;
  }
}

/** On a machine without a network it still answers who asks it directly. */
function joinGroup(socket: UdpSocket): void {
  try {
    socket.addMembership(DISCOVERY_GROUP);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENODEV')) throw error;
  }
}

/** null when the caller went away. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      if (!(chunk instanceof Uint8Array)) return null;
      size += chunk.length;
      if (size > MAX_ENVELOPE) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

async function sendWithoutEnd(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/soap+xml' });
  const piece = Buffer.alloc(64 * 1024, 0x20);
  while (!response.destroyed) {
    if (!response.write(piece)) await delay(1);
  }
}

function portOf(address: ReturnType<Server['address']>): number {
  if (address === null || typeof address === 'string')
    throw new Error('the simulated camera does not listen');
  return address.port;
}
