import type { Problem } from '../../domain/errors.ts';
import { scale } from '../../domain/units.ts';
import { mapOf, readable } from '../schema.ts';
import { WIDTH } from './channel.ts';
import { MOST } from './codec.ts';
import { blockSchema, channelSchema } from './profile-fields.ts';

const BLOCK = blockSchema.partial();
const CHANNEL = channelSchema.partial();
type Block = ReturnType<typeof blockOf>;
type Channel = ReturnType<typeof channelOf>;

const blockOf = (raw: unknown) => readable(BLOCK, raw);
const channelOf = (raw: unknown) => readable(CHANNEL, raw);

/** What one field of a register map must be because of another, as far as both can be read. */
export function relationProblems(raw: unknown): Problem[] {
  const { read, channels, verbs, watchdog } = mapOf(raw);
  const blocks = new Map(Object.entries(mapOf(read)).map(([block, written]) => [block, blockOf(written)]));
  const problems = [...blocks].flatMap(([block, r]) => blockProblems(block, r));
  for (const [name, written] of Object.entries(mapOf(channels))) {
    const c = channelOf(written);
    const block = blocks.get(c.from ?? '');
    if (block !== undefined) problems.push(...placeProblems(name, c, block));
    else if (c.from !== undefined) {
      const message = `is not one of the blocks under read: ${[...blocks.keys()].join(', ')}`;
      problems.push({ path: ['channels', name, 'from'], message, found: c.from });
    }
    problems.push(...boundProblems(name, c));
  }
  const safe = mapOf(watchdog)['do'];
  const known = Object.keys(mapOf(verbs));
  if (typeof safe === 'string' && !known.includes(safe)) {
    const message = `is not one of the verbs: ${known.join(', ') || 'there are none'}`;
    problems.push({ path: ['watchdog', 'do'], message, found: safe });
  }
  return problems;
}

function blockProblems(block: string, { function: fn, count }: Block): Problem[] {
  if (fn === undefined || count === undefined || count <= MOST[fn]) return [];
  const message = `must be at most ${MOST[fn]} for function ${fn}`;
  return [{ path: ['read', block, 'count'], message, found: String(count) }];
}

function placeProblems(name: string, { type, address, from }: Channel, block: Block): Problem[] {
  const problems: Problem[] = [];
  if (type === undefined) return problems;
  if (address !== undefined && block.address !== undefined && block.count !== undefined) {
    const offset = address - block.address;
    if (offset < 0 || offset + WIDTH[type] > block.count) {
      const range = `${block.address} to ${block.address + block.count - 1}`;
      const message = `must lie, ${WIDTH[type]} wide, within block ${from}, ${range}`;
      problems.push({ path: ['channels', name, 'address'], message, found: String(address) });
    }
  }
  const fn = block.function;
  if (fn !== undefined && (type === 'bit') !== fn <= 2) {
    const message =
      fn <= 2
        ? `must be bit: function ${fn} reads bits`
        : `must be s16, u16, s32, u32 or f32: function ${fn} reads registers`;
    problems.push({ path: ['channels', name, 'type'], message, found: type });
  }
  return problems;
}

function boundProblems(name: string, { unit, exp = 0, min, max }: Channel): Problem[] {
  const problems: Problem[] = [];
  const limit = (key: 'min' | 'max', given: Channel['min']): number | null => {
    if (given === undefined || unit === undefined) return null;
    const scaled = scale(given.value, exp);
    if (scaled === null || (given.unit !== null && given.unit !== unit)) {
      const message = `must be in ${unit} and exact with exp ${exp}`;
      problems.push({ path: ['channels', name, key], message });
    }
    return scaled;
  };
  const [low, high] = [limit('min', min), limit('max', max)];
  if (low !== null && high !== null && low > high) {
    const path = ['channels', name, 'min'];
    problems.push({ path, message: 'must not be greater than max', found: String(low) });
  }
  return problems;
}
