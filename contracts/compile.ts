import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Abi } from 'viem';

const require = createRequire(import.meta.url);

export type Compiled = { readonly abi: Abi; readonly bytecode: string };

/** What the adapter imports of each contract: `${name}Abi` and `${name}Bytecode` of a module. */
export const CONTRACTS = [
  { name: 'anchorLog', contract: 'AnchorLog', module: 'anchor-log.ts' },
  { name: 'receiptRegistry', contract: 'ReceiptRegistry', module: 'receipt-registry.ts' },
] as const;

type Compiler = {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } }): string;
};
type Complaint = {
  readonly severity: string;
  readonly formattedMessage: string;
  readonly sourceLocation?: { readonly file: string };
};
type Output = {
  readonly errors?: readonly Complaint[];
  readonly contracts?: Readonly<
    Record<string, Readonly<Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>>
  >;
};

/**
 * Compiles one contract. London, because FISCO BCOS runs London or Paris by default; no metadata hash,
 * so that the bytecode depends on the code alone. A warning about our own code is an error.
 */
export function compile(file: string, contract: string, source = readSource(file)): Compiled {
  const solc: Compiler = require('solc');
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: source } },
    settings: {
      evmVersion: 'london',
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const output: Output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (path) => ({ contents: readSource(path) }) }),
  );
  const complaints = (output.errors ?? []).filter(
    (e) => e.severity === 'error' || e.sourceLocation?.file.startsWith('@') !== true,
  );
  if (complaints.length > 0) throw new Error(complaints.map((e) => e.formattedMessage).join('\n'));
  const found = output.contracts?.[file]?.[contract];
  if (found === undefined) throw new Error(`no contract ${contract} in ${file}`);
  return { abi: found.abi, bytecode: `0x${found.evm.bytecode.object}` };
}

/** The module that the adapter imports, so that the product needs no compiler. */
export function generated(name: string, compiled: Compiled): string {
  return [
    '// Written by `npm run contracts`; a test recompiles and compares.',
    `export const ${name}Abi = ${JSON.stringify(compiled.abi, null, 2)} as const;`,
    `export const ${name}Bytecode =\n  '${compiled.bytecode}';`,
    '',
  ].join('\n');
}

function readSource(path: string): string {
  return readFileSync(path.startsWith('@') ? require.resolve(path) : join(import.meta.dirname, path), 'utf8');
}
