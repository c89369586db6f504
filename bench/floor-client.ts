import { connect } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { generate, parser, type Packet } from 'mqtt-packet';

/**
 * The floor: what any Node program pays that takes MQTT QoS 1 and stores each message durably
 * before it acknowledges it. One row a message, one fsync for 200 messages or 100 ms, no JSON, no
 * rule, no hash, no signature.
 */
const [port, file] = [Number(process.argv[2]), process.argv[3] ?? ''];
const MAX_ITEMS = 200;
const MAX_DELAY_MS = 100;

const db = new DatabaseSync(file);
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2048');
db.exec('CREATE TABLE message (topic TEXT NOT NULL, payload BLOB NOT NULL) STRICT');
const [begin, insert, commit] = [
  'BEGIN IMMEDIATE',
  'INSERT INTO message (topic, payload) VALUES (?, ?)',
  'COMMIT',
].map((sql) => db.prepare(sql));

type Waiting = { readonly topic: string; readonly payload: Buffer; readonly id: number };
let waiting: Waiting[] = [];
let timer: NodeJS.Timeout | undefined;

const socket = connect({ port, host: '127.0.0.1', noDelay: true });
const incoming = parser({ protocolVersion: 4 });
incoming.on('packet', (packet: Packet) => {
  if (packet.cmd === 'connack') {
    const subscriptions = [{ topic: 'zigbee2mqtt/#', qos: 1 as const }];
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  } else if (packet.cmd === 'suback') process.stdout.write('ready\n');
  else if (packet.cmd === 'publish') {
    waiting.push({ topic: packet.topic, payload: Buffer.from(packet.payload), id: packet.messageId ?? 0 });
    if (waiting.length >= MAX_ITEMS) store();
    else timer ??= setTimeout(store, MAX_DELAY_MS);
  }
});
socket.on('data', (chunk: Buffer) => incoming.parse(chunk));
const session = {
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'floor',
  clean: true,
  keepalive: 0,
} as const;
socket.write(generate({ cmd: 'connect', ...session }));

function store(): void {
  clearTimeout(timer);
  timer = undefined;
  const batch = waiting;
  waiting = [];
  begin?.run();
  for (const { topic, payload } of batch) insert?.run(topic, payload);
  commit?.run();
  const acks = Buffer.allocUnsafe(batch.length * 4);
  for (const [i, { id }] of batch.entries()) {
    acks.writeUInt16BE(0x4002, i * 4);
    acks.writeUInt16BE(id, i * 4 + 2);
  }
  socket.write(acks);
}

process.once('SIGTERM', () => {
  if (waiting.length > 0) store();
  socket.end(generate({ cmd: 'disconnect' }));
  db.close();
  process.exit(0);
});
