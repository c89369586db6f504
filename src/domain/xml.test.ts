import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element, writeXml } from '../devices/onvif/xml-writer.ts';
import { parseXml, type XmlElement } from './xml.ts';

const MOST = 64 * 1024;
const FUZZ = Number(process.env['BAILEE_FUZZ'] ?? 100_000);
const PREFIXES = { a: 'urn:a', b: 'urn:b' };

function parse(text: string): XmlElement {
  const parsed = parseXml(new TextEncoder().encode(text), MOST);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.root;
}

function refusal(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const parsed = parseXml(bytes, MOST);
  return parsed.ok ? 'taken' : parsed.reason;
}

describe('what is read', () => {
  it('has namespaces by their address, whatever the prefix', () => {
    const root = parse(
      '\uFEFF<?xml version="1.0" encoding="utf-8"?>\n<!-- c --><x:r xmlns:x="urn:a" xmlns="urn:b" x:k="1" k=\'2\'>' +
        '<n xmlns="">t</n><n/><x:n>&lt;&#65;&#x4e2d;<![CDATA[<&]]></x:n></x:r> ',
    );
    expect([root.ns, root.name, [...root.attributes]]).toEqual([
      'urn:a',
      'r',
      [
        ['{urn:a}k', '1'],
        ['k', '2'],
      ],
    ]);
    expect(root.children.map((c) => [c.ns, c.name, c.text])).toEqual([
      ['', 'n', 't'],
      ['urn:b', 'n', ''],
      ['urn:a', 'n', '<A中<&'],
    ]);
  });

  it.each([
    ['<!DOCTYPE r><r/>', 'a document type or another declaration at offset 0'],
    ['<r>&e;</r>', 'not a reference that is allowed at offset 3'],
    ['<r>&#0;</r>', 'a reference to no character at offset 3'],
    ['<r>&#xD800;</r>', 'a reference to no character at offset 3'],
    ['<r a="&#9999999;"/>', 'a reference to no character at offset 6'],
    ['<?php x?><r/>', 'a name is expected at offset 1'],
    ['<r><?pi x?></r>', 'a name is expected at offset 4'],
    ['<r><s></r></s>', 's does not end at offset 9'],
    ['<r', 'a space or ">" is expected at offset 2'],
    ['<r>', 'an element has no end at offset 3'],
    ['<r/><r/>', 'something follows the root at offset 4'],
    ['<r a="1" a="2"/>', 'the attribute a stands twice at offset 0'],
    ['<r a="<"/>', '"<" in an attribute at offset 7'],
    ['<r a=1/>', 'a quote is expected at offset 5'],
    ['<r a="1"b="2"/>', 'a space or ">" is expected at offset 8'],
    ['<p:r/>', 'the prefix "p" is not declared at offset 0'],
    ['<r xmlns:p="" />', 'the prefix "p" cannot be declared so at offset 0'],
    ['<r>]]></r>', '"]]>" in text at offset 3'],
    ['<r><!-- -- --></r>', '"--" in a comment at offset 10'],
    ['<r>\u0001</r>', 'a control character at offset 3'],
    ['', 'an element is expected at offset 0'],
    [Uint8Array.of(0x3c, 0x72, 0xb0, 0x2f, 0x3e), 'not UTF-8'],
    ['<r>'.repeat(40), 'more than 32 levels at offset 96'],
    [`<r>${'<e/>'.repeat(16_000)}</r>`.repeat(2), `${16_000 * 8 + 14} bytes, at most ${MOST}`],
    [`<${'n'.repeat(200)}/>`, 'a name of more than 128 signs at offset 201'],
    [
      `<r ${Array.from({ length: 300 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      'more than 256 attributes at offset 1941',
    ],
  ])('is nothing else: case %#', (text, why) => {
    expect(refusal(text)).toBe(why);
  });

  it('is bounded in elements', () => {
    const many = new TextEncoder().encode(`<r>${'<e/>'.repeat(20_000)}</r>`);
    const why = 'more than 20000 elements at offset 79999';
    expect(parseXml(many, many.length)).toEqual({ ok: false, reason: why });
  });

  it('has all the namespaces a camera knows at its root, and is read soon where each element has its own', () => {
    const root = Array.from({ length: 120 }, (_, i) => `xmlns:p${i}="urn:${i}"`).join(' ');
    expect(parse(`<p0:r ${root}><p119:e/></p0:r>`).children[0]?.ns).toBe('urn:119');
    const deep = '<e xmlns:q="urn:q">'.repeat(30) + '<q:l xmlns:z="u"/>'.repeat(3000) + '</e>'.repeat(30);
    expect(parse(deep).name).toBe('e');
  });
});

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9._-]{0,8}$/);
const uri = fc.constantFrom('', 'urn:a', 'urn:b', 'urn:c&"<', 'urn:d');
const text = fc.string({ unit: 'binary', maxLength: 20 }).map((t) =>
  t
    .toWellFormed()
    .replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, '\n')
    .trim(),
);
const tree: fc.Arbitrary<XmlElement> = fc.letrec<{ node: XmlElement }>((tie) => ({
  node: fc
    .tuple(
      uri,
      name.filter((n) => n !== 'xmlns'),
      fc.dictionary(
        name.filter((n) => n !== 'xmlns'),
        text,
        { maxKeys: 3 },
      ),
      fc.oneof({ maxDepth: 4 }, text, fc.array(tie('node'), { maxLength: 3 })),
    )
    .map(([ns, n, attributes, content]) =>
      element(ns, n, content, { ...attributes, '{urn:a}x': '1', '{urn:z}y': '2' }),
    ),
})).node;

describe('the reader', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(tree, (root) => {
        expect(parse(new TextDecoder().decode(writeXml(root, PREFIXES)))).toEqual(root);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws and never hangs, whatever comes', { timeout: 30_000 + FUZZ / 10 }, () => {
    const parts = [
      '<',
      '>',
      '</',
      '/>',
      'a',
      'p:a',
      ' x="1"',
      ' xmlns:p="u"',
      '&amp;',
      '&#1;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<!',
      '<?',
      '"',
      "'",
      '=',
      ' ',
      '中',
    ];
    const random = xorshift(42);
    const good = writeXml(element('urn:a', 'r', [element('', 'c', 'text & more', { k: 'v' })]), PREFIXES);
    let taken = 0;
    for (let i = 0; i < FUZZ; i++) {
      let bytes: Uint8Array;
      if (i % 2 === 0) {
        const pieces = Array.from(
          { length: 1 + (random() % 24) },
          () => parts[random() % parts.length] ?? '',
        );
        bytes = new TextEncoder().encode(pieces.join(''));
      } else {
        bytes = good.slice(0, 1 + (random() % good.length));
        bytes[random() % bytes.length] = random() & 255;
      }
      const parsed = parseXml(bytes, MOST);
      if (parsed.ok) taken++;
    }
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(FUZZ / 2);
  });
});

function xorshift(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}
