import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate, parser, type Packet } from 'mqtt-packet';
import { pin, resolveHost, type Resolve } from './address.ts';
import type { Endpoint } from './http-call.ts';
import { payloadOf } from './payload.ts';
import type { Channel, Message } from './port.ts';

export type MqttSettings = Endpoint & {
  readonly id: string;
  /** `mqtts://host:8883`, or `mqtt://host:1883` on a local network. */
  readonly url: string;
  readonly topic: string;
  readonly login: { readonly user: string; readonly password: { reveal(): string } } | null;
  readonly timeZone: () => string;
};

const PORTS: Readonly<Record<string, number>> = { 'mqtts:': 8883, 'mqtt:': 1883 };
const PACKET_ID = 1;

/** Publishes each notice once, QoS 1: a broker has it when it said so. The body is that of the webhook. */
export function mqttChannel(settings: MqttSettings, resolve: Resolve = resolveHost): Channel {
  const url = new URL(settings.url);
  return {
    lane: `channel:${settings.id}`,
    async send(message, signal) {
      const socket = await opened(url, settings, resolve, signal);
      try {
        await talk(socket, settings, message);
      } finally {
        socket.destroy();
      }
    },
  };
}

async function opened(
  url: URL,
  { lan, ca }: Endpoint,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<Socket> {
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const { address: host } = await pin(url.hostname, lan, resolve);
  const port = url.port === '' ? (PORTS[url.protocol] ?? 0) : Number(url.port);
  const isTls = url.protocol === 'mqtts:';
  const tls = { ...(isIP(name) === 0 ? { servername: name } : {}), ...(ca === undefined ? {} : { ca }) };
  const socket = isTls ? connectTls({ host, port, ...tls }) : connectTcp({ host, port });
  const stop = (): void => void socket.destroy(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', stop));
  await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
  return socket;
}

/** CONNECT, PUBLISH, and their answers. */
function talk(socket: Socket, settings: MqttSettings, message: Message): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const incoming = parser();
  const { login, topic } = settings;
  incoming.on('error', reject);
  incoming.on('packet', (packet: Packet) => {
    if (packet.cmd === 'connack') {
      if (packet.returnCode !== 0)
        return reject(new Error(`the broker refused us with code ${packet.returnCode}`));
      const payload = JSON.stringify(payloadOf(message, settings.timeZone()));
      socket.write(
        generate({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId: PACKET_ID }),
      );
    } else if (packet.cmd === 'puback' && packet.messageId === PACKET_ID) {
      socket.end(generate({ cmd: 'disconnect' }));
      resolve();
    }
    return undefined;
  });
  socket.on('data', (chunk) => incoming.parse(chunk));
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the broker closed the connection')));
  const credentials =
    login === null ? {} : { username: login.user, password: Buffer.from(login.password.reveal()) };
  socket.write(
    generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      // One that nobody else has: a broker ends the older of two.
      clientId: `bailee-${message.id.slice(0, 16)}`,
      keepalive: 30,
      ...credentials,
    }),
  );
  return promise;
}
