/**
 * XML 1.0 with namespaces, as far as SOAP and EPCIS need it: no document type, so no entities but the five
 * predefined and numbers, no processing instructions, UTF-8 only. What is not exactly that is refused.
 */
export type XmlElement = {
  /** URI of its namespace, '' for none. */
  readonly ns: string;
  readonly name: string;
  /** By local name; one with a prefix by `{uri}name`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own character data, without that of its children, trimmed. */
  readonly text: string;
};

export type ParsedXml =
  | { readonly ok: true; readonly root: XmlElement }
  /** One line with the offset in UTF-16 units. */
  | { readonly ok: false; readonly reason: string };

const MAX_DEPTH = 32;
/** Unless the caller says otherwise. */
const MAX_ELEMENTS = 20_000;
/** Cameras declare all namespaces they know at the root, 80 and more. */
const MAX_ATTRIBUTES = 256;
const MAX_NAME = 128;
const XML_NS = 'http://www.w3.org/XML/1998/namespace';
const UTF8 = new TextDecoder('utf-8', { fatal: true });

const SPACE = /[ \t\r\n]*/y;
/** Signs beyond ASCII are all taken: which of them are letters does not matter here. */
const NAME = /[A-Za-z_\u0080-\u{10FFFF}][A-Za-z0-9._\u0080-\u{10FFFF}-]*/uy;
const DECLARATION = /<\?xml[ \t\r\n][^<>?]*\?>/y;
const NOT_A_CHARACTER = /(?![\t\n\r])[\p{Cc}\uFFFE\uFFFF]/u;
const REFERENCE = /&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/y;
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Parses a whole document of at most `maxBytes` bytes; never throws. */
export function parseXml(bytes: Uint8Array, maxBytes: number, maxElements = MAX_ELEMENTS): ParsedXml {
  if (bytes.length > maxBytes) return { ok: false, reason: `${bytes.length} bytes, at most ${maxBytes}` };
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { ok: false, reason: 'not UTF-8' };
  }
  try {
    return { ok: true, root: new Reader(text, maxElements).document() };
  } catch (error) {
    if (error instanceof XmlFault) return { ok: false, reason: error.message };
    throw error;
  }
}

/** Only within this file: it unwinds the descent. */
class XmlFault extends Error {
  override readonly name = 'XmlFault';
}

/** Prefixes declared at one element, and those around it. */
type Scope = { readonly own: ReadonlyMap<string, string>; readonly outer: Scope | null };
type RawAttribute = { readonly prefix: string; readonly name: string; readonly value: string };

class Reader {
  readonly #text: string;
  readonly #maxElements: number;
  #at = 0;
  #elements = 0;

  constructor(text: string, maxElements: number) {
    this.#text = text;
    this.#maxElements = maxElements;
  }

  document(): XmlElement {
    const bad = NOT_A_CHARACTER.exec(this.#text);
    if (bad !== null) this.#fail('a control character', bad.index);
    this.#match(DECLARATION);
    this.#skipMisc();
    const root = this.#element({ own: new Map([['xml', XML_NS]]), outer: null }, 0);
    this.#skipMisc();
    if (this.#at < this.#text.length) this.#fail('something follows the root');
    return root;
  }

  /** White space and comments around the root. */
  #skipMisc(): void {
    do this.#match(SPACE);
    while (this.#comment());
  }

  #element(outer: Scope, depth: number): XmlElement {
    if (depth === MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels`);
    if (++this.#elements > this.#maxElements) this.#fail(`more than ${this.#maxElements} elements`);
    const start = this.#at;
    if (this.#text.startsWith('<!', start)) this.#fail('a document type or another declaration');
    if (!this.#take('<')) this.#fail('an element is expected');
    const [prefix, name] = this.#qualified();
    const { raw, isEmpty } = this.#attributes();
    const scope = scopeOf(outer, raw, (why) => this.#fail(why, start));
    const uriOf = (p: string): string =>
      uriIn(scope, p) ?? this.#fail(`the prefix "${p}" is not declared`, start);
    const attributes = new Map<string, string>();
    for (const a of raw) {
      if (isDeclaration(a)) continue;
      const key = a.prefix === '' ? a.name : `{${uriOf(a.prefix)}}${a.name}`;
      if (attributes.has(key)) this.#fail(`the attribute ${a.name} stands twice`, start);
      attributes.set(key, a.value);
    }
    const ns = prefix === '' ? (uriIn(scope, '') ?? '') : uriOf(prefix);
    if (isEmpty) return { ns, name, attributes, children: [], text: '' };
    const { children, text } = this.#content(scope, depth);
    const [endPrefix, endName] = this.#qualified();
    this.#match(SPACE);
    if (endPrefix !== prefix || endName !== name || !this.#take('>')) this.#fail(`${name} does not end`);
    return { ns, name, attributes, children, text };
  }

  /** Up to and with the `</` of the end tag. */
  #content(scope: Scope, depth: number): { children: XmlElement[]; text: string } {
    const children: XmlElement[] = [];
    const pieces: string[] = [];
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next < 0) this.#fail('an element has no end');
      pieces.push(this.#characters(next));
      if (this.#take('</')) return { children, text: pieces.join('').trim() };
      if (this.#comment()) continue;
      if (this.#take('<![CDATA[')) pieces.push(this.#until(']]>'));
      else children.push(this.#element(scope, depth + 1));
    }
  }

  #attributes(): { raw: RawAttribute[]; isEmpty: boolean } {
    const raw: RawAttribute[] = [];
    for (;;) {
      const before = this.#at;
      this.#match(SPACE);
      if (this.#take('/>')) return { raw, isEmpty: true };
      if (this.#take('>')) return { raw, isEmpty: false };
      if (this.#at === before) this.#fail('a space or ">" is expected');
      if (raw.length === MAX_ATTRIBUTES) this.#fail(`more than ${MAX_ATTRIBUTES} attributes`);
      const [prefix, name] = this.#qualified();
      this.#match(SPACE);
      if (!this.#take('=')) this.#fail('"=" is expected');
      this.#match(SPACE);
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") this.#fail('a quote is expected');
      this.#at++;
      const end = this.#text.indexOf(quote, this.#at);
      if (end < 0) this.#fail('an attribute has no end');
      raw.push({ prefix, name, value: this.#attribute(end) });
    }
  }

  /** The text up to `end` with its references replaced; stands at `end` afterwards. */
  #characters(end: number): string {
    const source = this.#text.slice(this.#at, end);
    if (source.includes(']]>')) this.#fail('"]]>" in text');
    const text = this.#replaced(source.replaceAll('\r\n', '\n'));
    this.#at = end;
    return text;
  }

  /** White space that stands there as such is a space each; what a reference says is as it says. */
  #attribute(end: number): string {
    const source = this.#text.slice(this.#at, end);
    if (source.includes('<')) this.#fail('"<" in an attribute', end);
    const text = this.#replaced(source.replaceAll(/[\t\r\n]/g, ' '));
    this.#at = end + 1;
    return text;
  }

  #replaced(source: string): string {
    let result = '';
    let from = 0;
    for (let at = source.indexOf('&'); at >= 0; at = source.indexOf('&', from)) {
      REFERENCE.lastIndex = at;
      const match = REFERENCE.exec(source);
      if (match === null) this.#fail('not a reference that is allowed', this.#at + at);
      const [whole, known, decimal, hex] = match;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      const character = known === undefined ? characterOf(code) : PREDEFINED[known];
      if (character === undefined) this.#fail('a reference to no character', this.#at + at);
      result += source.slice(from, at) + character;
      from = at + whole.length;
    }
    return result + source.slice(from);
  }

  #comment(): boolean {
    if (!this.#take('<!--')) return false;
    this.#until('--');
    if (!this.#take('>')) this.#fail('"--" in a comment');
    return true;
  }

  #until(mark: string): string {
    const end = this.#text.indexOf(mark, this.#at);
    if (end < 0) this.#fail(`"${mark}" is expected`);
    const found = this.#text.slice(this.#at, end);
    this.#at = end + mark.length;
    return found;
  }

  #qualified(): [prefix: string, name: string] {
    const first = this.#name();
    return this.#take(':') ? [first, this.#name()] : ['', first];
  }

  #name(): string {
    const name = this.#match(NAME);
    if (name === '') this.#fail('a name is expected');
    if (name.length > MAX_NAME) this.#fail(`a name of more than ${MAX_NAME} signs`);
    return name;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #fail(reason: string, at: number = this.#at): never {
    throw new XmlFault(`${reason} at offset ${at}`);
  }
}

function isDeclaration({ prefix, name }: RawAttribute): boolean {
  return prefix === 'xmlns' || (prefix === '' && name === 'xmlns');
}

function scopeOf(outer: Scope, raw: readonly RawAttribute[], fail: (why: string) => never): Scope {
  const declared = raw.filter(isDeclaration);
  if (declared.length === 0) return outer;
  const own = new Map<string, string>();
  for (const { prefix, name, value } of declared) {
    const key = prefix === '' ? '' : name;
    if (own.has(key)) fail(`the prefix "${key}" is declared twice`);
    if (key === 'xml' || key === 'xmlns' || (key !== '' && value === ''))
      fail(`the prefix "${key}" cannot be declared so`);
    own.set(key, value);
  }
  return { own, outer };
}

function uriIn(scope: Scope | null, prefix: string): string | undefined {
  for (let at = scope; at !== null; at = at.outer) {
    const uri = at.own.get(prefix);
    if (uri !== undefined) return uri;
  }
  return undefined;
}

function characterOf(code: number): string | undefined {
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return NOT_A_CHARACTER.test(character) ? undefined : character;
}
