import type { Value } from './record.ts';

/** `<device>/<channel>`, ASCII; stable over restarts: it is what a slot is bound to. */
export type StreamId = `${string}/${string}`;

/** 0 the gateway's events, 1 measurement (also doors, weights, GPS), 2 RFID read point. */
export type StreamKind = 0 | 1 | 2;

/**
 * How far the source is authenticated: 0 the gateway itself, 1 observed (Modbus, BLE advert),
 * 2 channel-authenticated (mutual TLS, LoRaWAN integrity code), 3 signed by the device.
 */
export type SourceLevel = 0 | 1 | 2 | 3;

/** One measured channel of one device, as a driver declares it from its configuration. */
export type StreamSpec = {
  readonly id: StreamId;
  /** The two halves of the id as they stand in evidence, e.g. `probe-1` and `temperature`. */
  readonly dev: string;
  readonly ch: string;
  readonly kind: StreamKind;
  /** What is measured, for selectors: `temperature`, `humidity`, `door`, `battery` … */
  readonly quantity: string;
  /** UCUM, `1` for on/off. */
  readonly unit: string;
  /** value = v · 10^exp, -9…9. */
  readonly exp: number;
  /** Expected time between readings and the time a reading covers, ms. */
  readonly cadenceMs: number;
  readonly maxGapMs: number;
  /** Zone the sensor looks at. */
  readonly place: string;
  readonly src: SourceLevel;
  /** A door, fence or fire input: its readings are committed at once, not with the next batch. */
  readonly urgent: boolean;
};

/** A stream with the slot it was given in this epoch. */
export type OpenStream = StreamSpec & { readonly slot: number };

/** The gateway's events, slot 0. */
export const EVENTS_STREAM: OpenStream = {
  id: 'gateway/',
  dev: 'gateway',
  ch: '',
  kind: 0,
  quantity: 'event',
  unit: '',
  exp: 0,
  cadenceMs: 0,
  maxGapMs: 0,
  place: '',
  src: 0,
  urgent: true,
  slot: 0,
};

/** Descriptor `D = [1, gw, slot, kind, dev, ch, unit, exp, cadence, max_gap, place, cal, src, pub]`. */
export function descriptorOf(gateway: Uint8Array, s: OpenStream): readonly Value[] {
  return [
    1,
    gateway,
    s.slot,
    s.kind,
    s.dev,
    s.ch,
    s.unit,
    s.exp,
    s.cadenceMs,
    s.maxGapMs,
    s.place,
    null,
    s.src,
    null,
  ];
}
