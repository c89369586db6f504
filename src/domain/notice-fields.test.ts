import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldsIn, filled, NOTICE_FIELDS, type NoticeField } from './notice-fields.ts';

type Values = Parameters<typeof filled>[1];

/** Values of all fields: `of` or the field's own name. */
function valuesWith(of: Partial<Record<NoticeField, Values[NoticeField]>>): Values {
  // Every field is in the list.
  return { ...Object.fromEntries(NOTICE_FIELDS.map((name) => [name, name])), ...of } as Values;
}

it('fills texts, keeps the rest, and gives a field that stands alone its own type', () => {
  const template = {
    kind: 'text',
    count: 3,
    at: ['{at}', { tries: '{attempt}', calls: '{calls}', place: '{place.zh}' }],
    content: '{title.zh}（{place.zh}）: {value} {unit}',
  };
  const values = valuesWith({
    attempt: 2,
    calls: true,
    'place.zh': null,
    'title.zh': '冷库超温',
    value: '8.4',
  });
  expect(filled(template, values)).toEqual({
    kind: 'text',
    count: 3,
    at: ['at', { tries: 2, calls: true, place: null }],
    content: '冷库超温（）: 8.4 unit',
  });
});

it('names the fields it asks for, with their place', () => {
  expect(fieldsIn({ a: ['{titel}', { b: 'x {link} {}' }], '{id}': 1 })).toEqual([
    { path: ['a', 0], field: 'titel' },
    { path: ['a', 1, 'b'], field: 'link' },
    { path: ['a', 1, 'b'], field: '' },
  ]);
});

it('lets no value break out of its text, nor be read as a field', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (title) => {
      const body = filled({ text: '<{title.en}>', other: '{link}' }, valuesWith({ 'title.en': title }));
      expect(JSON.parse(JSON.stringify(body))).toEqual({ text: `<${title}>`, other: 'link' });
    }),
  );
  expect(filled({ text: '{title.en}!' }, valuesWith({ 'title.en': '{link} $& "' }))).toEqual({
    text: '{link} $& "!',
  });
});
