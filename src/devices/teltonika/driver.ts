import type { Driver } from '../port.ts';
import { openFleet, type Delivered, type Fleet } from '../vehicle/fleet.ts';
import type { Tracker } from '../vehicle/fleet-plan.ts';
import type { Peer, Session } from '../vehicle/tracker-server.ts';
import { valueOf } from './avl.ts';
import { crc16, encodeAnswer, encodePacket, type AvlRecord, type DecodedPacket } from './codec.ts';
import { planTeltonika, type TeltonikaEntry } from './plan.ts';
import { PacketReader, type Heard } from './reader.ts';

/** Teltonika trackers, which call us: position and the sensors of truck and trailer. */
export const teltonika: Driver = {
  name: 'teltonika',
  title: 'Teltonika trackers over TCP, codec 8 and 8 Extended',
  configure(raw, files) {
    const planned = planTeltonika(raw, files);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.id,
        streams: plan.streams,
        actuators: new Map(),
        profiles: plan.files,
        open: (env) => openFleet(plan, env, (fleet, peer) => new Call(fleet, peer)),
      },
    };
  },
};

const [LET_IN, SENT_AWAY] = [Uint8Array.of(1), Uint8Array.of(0)];

/** One connection of one tracker. */
class Call implements Session {
  readonly #fleet: Fleet<TeltonikaEntry>;
  readonly #peer: Peer;
  readonly #reader = new PacketReader(false);
  #tracker: Tracker<TeltonikaEntry> | null = null;
  #over = false;

  constructor(fleet: Fleet<TeltonikaEntry>, peer: Peer) {
    this.#fleet = fleet;
    this.#peer = peer;
  }

  get known(): boolean {
    return this.#tracker !== null;
  }

  get within(): boolean {
    return this.#reader.within;
  }

  bytes(chunk: Uint8Array): void {
    if (this.#over) return;
    for (const heard of this.#reader.push(chunk)) {
      this.#hear(heard);
      if (this.#over || !this.#peer.isOpen) return;
    }
  }

  closed(why: string): void {
    this.#over = true;
    if (this.#tracker === null) return;
    if (this.#reader.within)
      this.#fleet.refuse(this.#tracker, 'MALFORMED', `a packet was cut off: ${why}`, this.#peer);
    this.#fleet.went(this.#tracker, this.#peer);
  }

  #hear(heard: Heard): void {
    if (heard.kind === 'login') this.#logIn(heard.imei);
    else if (heard.kind === 'noise') {
      this.#fleet.refuse(this.#tracker, heard.code, heard.detail, this.#peer);
      if (this.#tracker === null) this.#sendAway('no login');
      // It took none of them: the tracker sends the packet again.
      else if (heard.code === 'CHECKSUM') this.#peer.send(encodeAnswer(0));
    } else this.#take(heard.decoded);
  }

  #logIn(imei: string): void {
    const tracker = this.#fleet.find(imei, this.#peer);
    if (tracker === undefined) return this.#sendAway(`${imei} is not one of ours`);
    this.#tracker = tracker;
    this.#peer.send(LET_IN);
    this.#fleet.came(tracker, this.#peer);
  }

  #sendAway(why: string): void {
    this.#over = true;
    this.#peer.send(SENT_AWAY);
    this.#peer.end(why);
  }

  /** The answer follows the commit: what was answered for is erased from the tracker's memory. */
  #take(decoded: DecodedPacket): void {
    const tracker = this.#tracker;
    if (tracker === null) return;
    const count = decoded.ok ? decoded.packet.records.length : decoded.count;
    const answer = (): void => this.#peer.send(encodeAnswer(count));
    if (!decoded.ok) return this.#fleet.refuse(tracker, 'MALFORMED', decoded.detail, this.#peer, answer);
    const delivered = decoded.packet.records.map((record) => deliveredOf(record, tracker.entry));
    this.#fleet.take(tracker, delivered, this.#peer, answer);
  }
}

/** Without satellites a tracker repeats the last position it had, or sends 0, 0. */
function deliveredOf(record: AvlRecord, { channels }: TeltonikaEntry): Delivered {
  const { at, latitude, longitude, satellites, speed } = record;
  const isFix = satellites > 0 && (latitude !== 0 || longitude !== 0);
  const values = new Map<string, number | null>();
  for (const name of channels) {
    const v = valueOf(record, name);
    if (v !== undefined) values.set(name, v);
  }
  return {
    report: { at, fix: isFix ? 1 : 0, latitude, longitude, speed: speed * 10, satellites, values },
    // One instant may have two records, of two events.
    identity: `${at} ${crc16(encodePacket({ codec: 0x8e, records: [record] }))}`,
  };
}
