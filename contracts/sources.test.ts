import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile, CONTRACTS, generated, type Compiled } from './compile.ts';

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.sol'))
  .map((name) => ({ name, code: withoutComments(readFileSync(join(import.meta.dirname, name), 'utf8')) }));

function withoutComments(text: string): string {
  return text.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
}

function occurrences(pattern: RegExp): string[] {
  return sources.flatMap(({ name, code }) => [...code.matchAll(pattern)].map((m) => `${name}: ${m[0]}`));
}

/** Compiling takes seconds: once each. */
const compiled = new Map<string, Compiled>(
  CONTRACTS.map(({ contract }) => [contract, compile(`${contract}.sol`, contract)]),
);

function compiledOf(contract: string): Compiled {
  const found = compiled.get(contract);
  if (found === undefined) throw new Error(`${contract} is not compiled`);
  return found;
}

describe('the contracts', () => {
  it.each(CONTRACTS)('$contract is what the adapter was generated from', ({ name, contract, module }) => {
    const path = join(import.meta.dirname, '../src/anchoring/evm/generated', module);
    expect(existsSync(path)).toBe(true);
    const recompiled = generated(name, compiledOf(contract));
    expect(recompiled === readFileSync(path, 'utf8'), 'run `npm run contracts`').toBe(true);
  });

  it('are looked at: there are sources', () => expect(sources.length).toBeGreaterThanOrEqual(5));

  it('never use keccak, which is SM3 on a chain in GM mode', () =>
    expect(occurrences(/keccak256/g)).toEqual([]));

  it('never measure time in heights', () => expect(occurrences(/block\.number/g)).toEqual([]));

  it('read the clock in one function, which takes seconds and milliseconds', () => {
    const [whole = ''] =
      /function nowSeconds\(\)[^{]*\{[^}]*\}/.exec(sources.map((s) => s.code).join('\n')) ?? [];
    const inside = whole.match(/block\.timestamp/g) ?? [];
    expect(inside.length).toBeGreaterThan(0);
    expect(occurrences(/block\.timestamp/g)).toHaveLength(inside.length);
  });

  it.each(CONTRACTS)('$contract uses no opcode newer than London', ({ contract }) => {
    const { bytecode } = compiledOf(contract);
    expect(opcodes(bytecode).length).toBeGreaterThan(4000);
    expect(opcodes(bytecode).filter((op) => op === 0x5f || op === 0x5e)).toEqual([]);
  });
});

/** Opcodes in order; the operands of PUSH1…PUSH32 are stepped over. */
function opcodes(bytecode: string): number[] {
  const code = Buffer.from(bytecode.slice(2), 'hex');
  // The Base64 table and other data follow the code after its last INVALID.
  const end = code.lastIndexOf(0xfe);
  const found: number[] = [];
  for (let i = 0; i < end; i++) {
    const op = code[i] ?? 0;
    found.push(op);
    if (op >= 0x60 && op <= 0x7f) i += op - 0x5f;
  }
  return found;
}
