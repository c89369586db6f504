import { describe, expect, it } from 'vitest';
import { parseStrictJson, type Json } from '../../domain/strict-json.ts';
import { leavesOf, traceOf } from './json-trace.ts';

function json(text: string): Json {
  const parsed = parseStrictJson(Buffer.from(text), 10_000);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

const board = json(
  '{"DS18B20-1":{"Id":"01","Temperature":3.9},"DS18B20-2":{"Id":"02","Temperature":-18.4},"list":[[1,{"a":true}]],"none":[]}',
);

describe('the place of what a path finds', () => {
  it.each([
    ['DS18B20-1.Temperature', ['DS18B20-1', 'Temperature']],
    ['*[Id=02].Temperature', ['DS18B20-2', 'Temperature']],
    ['*[Id=03].Temperature', null],
    ['list.0.1.a', ['list', '0', '1', 'a']],
    ['list.0.2', null],
    ['none', ['none']],
  ])('%s', (path, place) => expect(traceOf(path, board)).toEqual(place));
});

it('every scalar and every empty list of a document has its place', () => {
  expect(leavesOf(board).map(({ place, value }) => `${place.join('.')} = ${value}`)).toEqual([
    'DS18B20-1.Id = "01"',
    'DS18B20-1.Temperature = 3.9',
    'DS18B20-2.Id = "02"',
    'DS18B20-2.Temperature = -18.4',
    'list.0.0 = 1',
    'list.0.1.a = true',
    'none = a list or object',
  ]);
});
