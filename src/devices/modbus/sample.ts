import { Quality } from '../../domain/reading.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import type { Sample, SampleProblem, SampleReading, SampleTrial } from '../sample.ts';
import { isOutside, valueOf, WIDTH, type Channel } from './channel.ts';
import { dataSize, decodeResponse, EXCEPTIONS, type Response } from './codec.ts';
import { crc16 } from './crc16.ts';
import { planTcp } from './plan.ts';
import type { Block, Profile } from './profile.ts';
import { openRtu } from './rtu.ts';
import { readSampleText, type SampleLine } from './sample-text.ts';

/** A block of the map, answered by the sample. */
type Answer = {
  readonly block: Block;
  readonly response: Response;
  readonly has: (offset: number) => boolean;
};

/** Takes frames or registers through a register map as the gateway would, and says what became of each part. */
export function tryRegisters(map: unknown, text: string, blockName: string | null): SampleTrial {
  const entry = {
    id: 'connection',
    driver: 'modbus-tcp',
    host: '127.0.0.1',
    slaves: [{ id: 'sample', unit: 1, profile: 'sample', every: '10s' }],
  };
  const planned = planTcp(entry, () => map);
  if (!planned.ok) return { kind: 'map', problems: planned.problems };
  const [slave] = planned.value.slaves;
  if (slave === undefined) throw new Error('the plan of a sample has no slave');
  const { profile } = slave;
  const { lines, problems: unreadable } = readSampleText(text);
  if (blockName !== null && !profile.blocks.some((b) => b.name === blockName)) {
    const names = profile.blocks.map((b) => b.name).join(', ');
    return { kind: 'ask', question: `--block must be one of ${names}` };
  }
  const answers: Answer[] = [];
  const problems: SampleProblem[] = [...unreadable];
  for (const line of lines) {
    if (line.kind !== 'frame') continue;
    const answer = answerOf(line.bytes, profile, blockName);
    if ('ask' in answer) return { kind: 'ask', question: answer.ask };
    if ('problem' in answer)
      problems.push({ in: 'sample', line: line.line, column: null, message: answer.problem });
    else answers.push(answer);
  }
  const registers = lines.flatMap((l) => (l.kind === 'registers' ? [l] : []));
  if (registers.length > 0) answers.push(...answersOf(registers, profile));
  return { kind: 'taken', sample: taken(profile, slave.streams, answers, registers, problems) };
}

/** Which block a frame answers: a reply does not say so itself. */
function answerOf(
  frame: Uint8Array,
  { blocks }: Profile,
  blockName: string | null,
): Answer | { readonly problem: string } | { readonly ask: string } {
  const pdu = pduOf(frame);
  if (typeof pdu === 'string') return { problem: pdu };
  const fn = pdu[0] ?? 0;
  if (fn > 0x80) {
    const code = pdu[1] ?? 0;
    const name = EXCEPTIONS[code] ?? 'unknown';
    return { problem: `the device refuses function ${fn & 0x7f}: exception ${code} (${name})` };
  }
  const size = pdu[1] ?? 0;
  if (pdu.length !== 2 + size) {
    const address = ((pdu[1] ?? 0) << 8) | (pdu[2] ?? 0);
    return pdu.length === 5
      ? { problem: `is a request, function ${fn} from address ${address}; the answer to it is needed` }
      : { problem: `says ${size} bytes of data and has ${pdu.length - 2}` };
  }
  const fits = blocks.filter((b) => b.request.fn === fn && dataSize(b.request) === size);
  const wanted = blockName === null ? fits : fits.filter((b) => b.name === blockName);
  const [block] = wanted;
  if (block === undefined) {
    const are = blocks.map((b) => `${b.name} is function ${b.request.fn}, ${dataSize(b.request)} bytes`);
    const problem = `an answer to function ${fn} with ${size} bytes of data fits no block of the map: ${are.join('; ')}`;
    return { problem };
  }
  if (wanted.length > 1) {
    return { ask: `say with --block which block it answers: ${wanted.map((b) => b.name).join(' or ')}` };
  }
  const response = decodeResponse(pdu, block.request);
  return response.ok
    ? { block, response: response.value, has: (offset) => offset < block.request.count }
    : { problem: response.detail };
}

/** The PDU of a whole RTU or TCP frame, or what is wrong with it. */
function pduOf(frame: Uint8Array): Uint8Array | string {
  const word = (at: number) => ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0);
  if (frame.length >= 9 && word(2) === 0 && word(4) === frame.length - 6) return frame.subarray(7);
  if (frame.length < 5) return `${frame.length} bytes are no frame; the shortest has 5`;
  const pdu = openRtu(frame);
  if (pdu !== null) return pdu;
  const sum = crc16(frame, 0, frame.length - 2);
  const bytes = [sum & 0xff, sum >>> 8].map((b) => b.toString(16).padStart(2, '0').toUpperCase()).join(' ');
  return `the last two bytes must be the checksum ${bytes} if the bytes before them are right`;
}

type Registers = Extract<SampleLine, { readonly kind: 'registers' }>;

/** The blocks as far as registers of the sample fill them. */
function answersOf(lines: readonly Registers[], { blocks }: Profile): Answer[] {
  return blocks.flatMap((block): Answer[] => {
    const { fn, address, count } = block.request;
    const table = tableOf(lines.filter((l) => l.fn === fn));
    const has = (offset: number) => table.has(address + offset);
    const values = Array.from({ length: count }, (_, i) => table.get(address + i) ?? 0);
    if (!values.some((_, i) => has(i))) return [];
    const response: Response =
      fn === 1 || fn === 2 ? { fn, bits: values.map((v) => v === 1) } : { fn, registers: values };
    return [{ block, response, has }];
  });
}

function tableOf(lines: readonly Registers[]): Map<number, number> {
  return new Map(lines.flatMap((l) => l.values.map((v, i) => [l.address + i, v] as const)));
}

function taken(
  { blocks }: Profile,
  streams: readonly StreamSpec[],
  answers: readonly Answer[],
  lines: readonly Registers[],
  problems: readonly SampleProblem[],
): Sample {
  const readings: SampleReading[] = [];
  const absent: string[] = [];
  const used = new Set<string>();
  for (const block of blocks) {
    for (const channel of block.channels) {
      const answer = answers.find((a) => a.block.name === block.name && isWhole(channel, a.has));
      const stream = streams.find((s) => s.ch === channel.name);
      if (answer === undefined || stream === undefined) {
        absent.push(`${channel.name} (${placeOf(block, channel.offset)})`);
        continue;
      }
      for (let i = 0; i < WIDTH[channel.type]; i++) used.add(placeOf(block, channel.offset + i));
      const v = valueOf(channel, answer.response);
      const q = v !== null && isOutside(channel, v) ? Quality.outsideRange : Quality.good;
      readings.push({ stream, reading: { stream: stream.id, v, q }, from: placeOf(block, channel.offset) });
    }
  }
  const given = [
    ...answers.flatMap((a) => valuesIn(a)),
    ...lines.flatMap((l) => l.values.map((v, i) => [`${l.fn} ${l.address + i}`, String(v)] as const)),
  ];
  return {
    as: [...new Set(answers.map((a) => a.block.name))].join(', '),
    readings,
    health: [],
    // Where nothing was read at all, the problem is told and not each place of the map.
    absent: answers.length === 0 ? [] : absent,
    unused: [...new Map(given)].filter(([path]) => !used.has(path)).map(([path, value]) => ({ path, value })),
    problems,
  };
}

function isWhole(channel: Channel, has: (offset: number) => boolean): boolean {
  return Array.from({ length: WIDTH[channel.type] }, (_, i) => has(channel.offset + i)).every(Boolean);
}

/** Every register or bit of an answer as the sample could have written it: `function address`. */
function valuesIn({ block, response, has }: Answer): (readonly [string, string])[] {
  const values =
    'registers' in response ? response.registers : 'bits' in response ? response.bits.map(Number) : [];
  return values.flatMap((v, i) => (has(i) ? [[placeOf(block, i), String(v)] as const] : []));
}

function placeOf({ request }: Block, offset: number): string {
  return `${request.fn} ${request.address + offset}`;
}
