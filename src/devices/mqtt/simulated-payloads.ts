import { formatScaled } from '../../domain/units.ts';
import { GATEWAYS } from './simulated-gateways.ts';
import type { Model, Values } from './simulated-model.ts';

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
  ...GATEWAYS,
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
  'zigbee2mqtt-leak': flagOf('leak', 'water_leak'),
  'zigbee2mqtt-vibration': flagOf('vibration', 'vibration'),
  'zigbee2mqtt-plug': {
    availability: Z2M_AVAILABILITY,
    eager: true,
    report: (v, m) => ({ topic: m.topic, payload: `{"state":"${onOff(v.get('state'))}","linkquality":102}` }),
    orders: { topic: '{topic}/set', read: (payload) => stateIn(payload, /^\{"state":"(ON|OFF)"\}$/) },
    confirm: (state, m) => ({ topic: m.topic, payload: `{"state":"${onOff(state)}","linkquality":102}` }),
  },
  'tasmota-climate': {
    availability: { topic: 'tele/{topic}/LWT', online: 'Online', offline: 'Offline' },
    eager: false,
    report: (v, m) => ({
      topic: `tele/${m.topic}/SENSOR`,
      payload: `{"Time":"${iso(m.at).slice(0, 19)}","${m.address}":{"Temperature":${number(v, 'temperature', -1)},"Humidity":${number(v, 'humidity', -1)}},"TempUnit":"C"}`,
    }),
  },
  'tasmota-ds18b20': {
    availability: { topic: 'tele/{topic}/LWT', online: 'Online', offline: 'Offline' },
    eager: false,
    report: (v, m) => ({
      topic: `tele/${m.topic}/SENSOR`,
      payload: `{"Time":"${iso(m.at).slice(0, 19)}","DS18B20-1":{"Id":"${m.address}","Temperature":${number(v, 'temperature', -1)}},"TempUnit":"C"}`,
    }),
  },
  'tasmota-relay': {
    availability: { topic: 'tele/{topic}/LWT', online: 'Online', offline: 'Offline' },
    eager: false,
    report: (v, m) => ({ topic: `tele/${m.topic}/STATE`, payload: `{"POWER":"${onOff(v.get('state'))}"}` }),
    orders: { topic: 'cmnd/{topic}/POWER', read: (payload) => stateIn(payload, /^(ON|OFF)$/) },
    confirm: (state, m) => ({ topic: `stat/${m.topic}/POWER`, payload: onOff(state) }),
  },
};

/** A Zigbee sensor with one state beside tamper and battery. */
function flagOf(channel: string, property: string): Model {
  return {
    availability: Z2M_AVAILABILITY,
    eager: true,
    report: (v, m) => ({
      topic: m.topic,
      payload: `{"${property}":${v.get(channel) === 1},"tamper":${v.get('tamper') === 1},"battery":${number(v, 'battery', 0)},"linkquality":102,"last_seen":"${iso(m.at)}"}`,
    }),
  };
}

function stateIn(payload: string, pattern: RegExp): number | null {
  const word = pattern.exec(payload)?.[1];
  return word === undefined ? null : Number(word === 'ON');
}
