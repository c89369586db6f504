import { formatScaled } from '../../domain/units.ts';
import { encodeEm300 } from './em300.ts';

/** A value as the device measures it, by channel, scaled as in its profile. */
type Values = ReadonlyMap<string, number>;

export type Sent = { readonly topic: string; readonly payload: string };

type Moment = {
  readonly topic: string;
  readonly address: string;
  readonly at: number;
  readonly no: number;
};

/** How a kind of device speaks: what it publishes, and what it does when told. */
export type Model = {
  /** Where it reports being there or gone, with the two words; the second is its last will. */
  readonly availability?: { readonly topic: string; readonly online: string; readonly offline: string };
  /** A change is published at once. */
  readonly eager: boolean;
  readonly report: (values: Values, m: Moment) => Sent;
  /** Topic of its orders, and the channel value that a payload asks for (null: nothing). */
  readonly orders?: { readonly topic: string; readonly read: (payload: string) => number | null };
  /** What it publishes to confirm. */
  readonly confirm?: (state: number, m: Moment) => Sent;
};

const Z2M_AVAILABILITY = {
  topic: '{topic}/availability',
  online: '{"state":"online"}',
  offline: '{"state":"offline"}',
};

const number = (values: Values, channel: string, exp: number) => formatScaled(values.get(channel) ?? 0, exp);
const iso = (at: number) => new Date(at).toISOString();
const onOff = (state: number | undefined) => (state === 1 ? 'ON' : 'OFF');

/** By profile name: the payloads each profile is there to read. */
export const MODELS: Readonly<Record<string, Model>> = {
  'json-generic': {
    eager: false,
    report: (v, m) => ({
      topic: m.topic,
      payload: `{"time":"${iso(m.at)}","seq":${m.no},"temperature":${number(v, 'temperature', -2)},"humidity":${number(v, 'humidity', -2)}}`,
    }),
  },
  'zigbee2mqtt-climate': {
    availability: Z2M_AVAILABILITY,
    eager: false,
    report: (v, m) => ({
      topic: m.topic,
      payload: `{"temperature":${number(v, 'temperature', -2)},"humidity":${number(v, 'humidity', -2)},"battery":${number(v, 'battery', 0)},"linkquality":102,"last_seen":"${iso(m.at)}"}`,
    }),
  },
  'zigbee2mqtt-contact': {
    availability: Z2M_AVAILABILITY,
    eager: true,
    report: (v, m) => ({
      topic: m.topic,
      payload: `{"contact":${v.get('door') !== 1},"tamper":${v.get('tamper') === 1},"battery":${number(v, 'battery', 0)},"linkquality":102,"last_seen":"${iso(m.at)}"}`,
    }),
  },
  'zigbee2mqtt-plug': {
    availability: Z2M_AVAILABILITY,
    eager: true,
    report: (v, m) => ({ topic: m.topic, payload: `{"state":"${onOff(v.get('state'))}","linkquality":102}` }),
    orders: { topic: '{topic}/set', read: (payload) => stateIn(payload, /^\{"state":"(ON|OFF)"\}$/) },
    confirm: (state, m) => ({ topic: m.topic, payload: `{"state":"${onOff(state)}","linkquality":102}` }),
  },
  'tasmota-relay': {
    availability: { topic: 'tele/{topic}/LWT', online: 'Online', offline: 'Offline' },
    eager: false,
    report: (v, m) => ({ topic: `tele/${m.topic}/STATE`, payload: `{"POWER":"${onOff(v.get('state'))}"}` }),
    orders: { topic: 'cmnd/{topic}/POWER', read: (payload) => stateIn(payload, /^(ON|OFF)$/) },
    confirm: (state, m) => ({ topic: `stat/${m.topic}/POWER`, payload: onOff(state) }),
  },
  'chirpstack-v4-em300-th': {
    eager: false,
    report: (v, m) => ({
      topic: `${m.topic}/device/${m.address}/event/up`,
      payload: JSON.stringify({
        deduplicationId: `sim-${m.address}-${m.no}`,
        time: iso(m.at),
        deviceInfo: { deviceName: m.address, devEui: m.address },
        fCnt: m.no,
        fPort: 85,
        data: Buffer.from(
          encodeEm300({
            battery: v.get('battery') ?? 1000,
            temperature: v.get('temperature') ?? 0,
            humidity: v.get('humidity') ?? 0,
          }),
        ).toString('base64'),
      }),
    }),
  },
};

function stateIn(payload: string, pattern: RegExp): number | null {
  const word = pattern.exec(payload)?.[1];
  return word === undefined ? null : Number(word === 'ON');
}
