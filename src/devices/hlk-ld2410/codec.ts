import { startsWith } from '../talker/frame-scanner.ts';
import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** What the radar reports ten times a second. Distances in cm, energies in percent. */
export type Report = {
  /** Bit 0 somebody moves, bit 1 somebody is still. */
  readonly state: 0 | 1 | 2 | 3;
  readonly movingCm: number;
  readonly movingEnergy: number;
  readonly stationaryCm: number;
  readonly stationaryEnergy: number;
  readonly detectionCm: number;
  /** Only in engineering mode. */
  readonly engineering: Engineering | null;
};

export type Engineering = {
  /** Farthest gates in use, 0…8. */
  readonly farthestMoving: number;
  readonly farthestStationary: number;
  /** Energies of the nine gates, 0.75 m each, nearest first. */
  readonly moving: readonly number[];
  readonly stationary: readonly number[];
  /** Of the light sensor, 0…255, and the module's output pin, 0 or 1. */
  readonly light: number;
  readonly out: number;
};

/** The answer to a command. */
export type Answer = { readonly command: number; readonly ok: boolean };

export type Frame = { readonly report: Report } | { readonly answer: Answer };

const REPORT = { head: [0xf4, 0xf3, 0xf2, 0xf1], tail: [0xf8, 0xf7, 0xf6, 0xf5] } as const;
const COMMAND = { head: [0xfd, 0xfc, 0xfb, 0xfa], tail: [0x04, 0x03, 0x02, 0x01] } as const;
/** Header, length and tail. */
const AROUND = 10;
const BASIC = 0x0d;
const ENGINEERING = 0x23;
const GATES = 9;
const SHORTEST_ANSWER = 4;
const LONGEST_ANSWER = 16;

/** The radar sees 6 m; twice that is nonsense. There is no checksum, so this stands in for one. */
const FARTHEST_CM = 1200;

/** Reports and answers at 256000 baud (HLK-LD2410 serial protocol). */
export const LD2410: FrameFormat<Frame> = { longest: AROUND + ENGINEERING, judge };

function judge(bytes: Uint8Array, from: number): Candidate<Frame> {
  const heads = [REPORT, COMMAND].map((kind) => ({ kind, head: startsWith(bytes, from, kind.head) }));
  const found = heads.find(({ head }) => head !== 'no');
  if (found === undefined) return { kind: 'none' };
  const { kind } = found;
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
  if (found.head === 'short' || view.byteLength < 6) return { kind: 'more' };
  const length = view.getUint16(4, true);
  if (!isLength(kind, length)) return bad(`a length of ${length} bytes`);
  if (view.byteLength < length + AROUND) return { kind: 'more' };
  if (startsWith(bytes, from + 6 + length, kind.tail) !== 'yes') return bad(`no tail after ${length} bytes`);
  const body = new DataView(bytes.buffer, bytes.byteOffset + from + 6, length);
  const value = kind === REPORT ? reportOf(body) : answerOf(body);
  return typeof value === 'string' ? bad(value) : { kind: 'frame', value, length: length + AROUND };
}

function isLength(kind: typeof REPORT | typeof COMMAND, length: number): boolean {
  if (kind === REPORT) return length === BASIC || length === ENGINEERING;
  return length >= SHORTEST_ANSWER && length <= LONGEST_ANSWER;
}

function bad(detail: string): Candidate<Frame> {
  return { kind: 'bad', code: 'MALFORMED', detail };
}

function answerOf(body: DataView): Frame | string {
  const word = body.getUint16(0, true);
  if ((word & 0x0100) === 0) return `an answer to no command, ${word}`;
  return { answer: { command: word & 0xff, ok: body.getUint16(2, true) === 0 } };
}

/** The report, or what is wrong with it. */
function reportOf(body: DataView): Frame | string {
  const isBasic = body.byteLength === BASIC;
  const type = body.getUint8(0);
  if (type !== (isBasic ? 2 : 1)) return `a report of type ${type} in ${body.byteLength} bytes`;
  if (body.getUint8(1) !== 0xaa || body.getUint16(body.byteLength - 2, true) !== 0x0055) {
    return 'a report without its AA and 55 00';
  }
  const state = body.getUint8(2);
  if (state !== 0 && state !== 1 && state !== 2 && state !== 3) return `a state of ${state}`;
  const report = {
    state,
    movingCm: body.getUint16(3, true),
    movingEnergy: body.getUint8(5),
    stationaryCm: body.getUint16(6, true),
    stationaryEnergy: body.getUint8(8),
    detectionCm: body.getUint16(9, true),
    engineering: isBasic ? null : engineeringOf(body),
  } as const;
  const far = [report.movingCm, report.stationaryCm, report.detectionCm].find((cm) => cm > FARTHEST_CM);
  if (far !== undefined) return `a distance of ${far} cm`;
  const own = report.engineering;
  const energies = [
    report.movingEnergy,
    report.stationaryEnergy,
    ...(own?.moving ?? []),
    ...(own?.stationary ?? []),
  ];
  const high = energies.find((energy) => energy > 100);
  if (high !== undefined) return `an energy of ${high} %`;
  if (own !== null && (own.farthestMoving >= GATES || own.farthestStationary >= GATES)) {
    return `gates up to ${own.farthestMoving} and ${own.farthestStationary}`;
  }
  if (own !== null && own.out > 1) return `an output of ${own.out}`;
  return { report };
}

function engineeringOf(body: DataView): Engineering {
  const gates = (at: number): number[] => Array.from({ length: GATES }, (_, i) => body.getUint8(at + i));
  return {
    farthestMoving: body.getUint8(11),
    farthestStationary: body.getUint8(12),
    moving: gates(13),
    stationary: gates(13 + GATES),
    light: body.getUint8(13 + 2 * GATES),
    out: body.getUint8(14 + 2 * GATES),
  };
}

/** The frame as the radar sends it. */
export function encodeFrame(frame: Frame): Uint8Array {
  if ('answer' in frame) {
    const { command, ok } = frame.answer;
    return framed(COMMAND, [command, 0x01, ok ? 0 : 1, 0]);
  }
  const { report } = frame;
  const { engineering: own } = report;
  const more =
    own === null
      ? []
      : [own.farthestMoving, own.farthestStationary, ...own.moving, ...own.stationary, own.light, own.out];
  return framed(REPORT, [
    own === null ? 2 : 1,
    0xaa,
    report.state,
    ...u16(report.movingCm),
    report.movingEnergy,
    ...u16(report.stationaryCm),
    report.stationaryEnergy,
    ...u16(report.detectionCm),
    ...more,
    0x55,
    0x00,
  ]);
}

/** What turns engineering mode on: it is off after every start of the radar. */
export const ENGINEERING_ON = Uint8Array.from([
  ...framed(COMMAND, [0xff, 0x00, 0x01, 0x00]),
  ...framed(COMMAND, [0x62, 0x00]),
  ...framed(COMMAND, [0xfe, 0x00]),
]);

function framed({ head, tail }: typeof REPORT | typeof COMMAND, body: readonly number[]): Uint8Array {
  return Uint8Array.from([...head, ...u16(body.length), ...body, ...tail]);
}

function u16(v: number): [number, number] {
  return [v & 0xff, v >> 8];
}
