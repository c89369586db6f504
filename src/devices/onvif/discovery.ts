import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { pause } from './pause.ts';
import { decodeProbeMatches, encodeProbe, PROBED_TYPES, type FoundCamera } from './discovery-message.ts';

export const DISCOVERY_GROUP = '239.255.255.250';
export const DISCOVERY_PORT = 3702;
const ANY = '0.0.0.0';
/** Datagrams are lost: each probe goes out so often. */
const REPEATS = 2;
const REPEAT_MS = 250;
const MOST_CAMERAS = 512;

export type Discovery = {
  /** One host that is asked directly; null asks all in the networks of this machine. */
  readonly host: string | null;
  readonly port: number;
  readonly forMs: number;
};

/**
 * Cameras that answer within the time. What they say of themselves is a stranger's text: any host in the
 * network may answer. Rejects with the system's error when nothing can be sent.
 */
export async function discoverCameras(
  { host, port, forMs }: Discovery,
  signal: AbortSignal,
): Promise<FoundCamera[]> {
  const found = new Map<string, FoundCamera>();
  const asked = new Set<string>();
  const take = (bytes: Uint8Array): void => {
    for (const camera of decodeProbeMatches(bytes, asked)) {
      if (found.size < MOST_CAMERAS || found.has(camera.id)) found.set(camera.id, camera);
    }
  };
  await using stack = new AsyncDisposableStack();
  const sockets = await Promise.all(addresses(host).map((address) => openSocket(address, host, take, stack)));
  const until = performance.now() + forMs;
  for (let i = 0; i < REPEATS && !signal.aborted; i++) {
    for (const types of PROBED_TYPES) {
      const id = `urn:uuid:${randomUUID()}`;
      asked.add(id);
      const probe = encodeProbe(id, types);
      await Promise.all(sockets.map((socket) => send(socket, probe, port, host ?? DISCOVERY_GROUP)));
    }
    await pause(Math.min(REPEAT_MS, until - performance.now()), signal);
  }
  await pause(until - performance.now(), signal);
  return [...found.values()].sort((a, b) => (a.addresses[0] ?? '').localeCompare(b.addresses[0] ?? ''));
}

/** One address of each network of this machine, or any for a host that is asked directly. */
function addresses(host: string | null): string[] {
  if (host !== null) return [host.includes(':') ? '::' : ANY];
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const v4 = own.filter((a) => a.family === 'IPv4' && !a.internal).map((a) => a.address);
  return v4.length === 0 ? [ANY] : v4;
}

async function openSocket(
  address: string,
  host: string | null,
  take: (bytes: Uint8Array) => void,
  stack: AsyncDisposableStack,
): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  stack.defer(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  socket.on('message', take);
  socket.bind(0, address);
  await once(socket, 'listening');
  // A host that cannot be reached is one that does not answer.
  socket.on('error', () => undefined);
  if (host === null) {
    socket.setMulticastTTL(1);
    if (address !== ANY) socket.setMulticastInterface(address);
  }
  return socket;
}

async function send(socket: Socket, bytes: Uint8Array, port: number, to: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.send(bytes, port, to, (error) => (error === null ? resolve() : reject(error)));
  });
}
