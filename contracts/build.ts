import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACTS, compile, generated } from './compile.ts';

const folder = join(import.meta.dirname, '../src/anchoring/evm/generated');

mkdirSync(folder, { recursive: true });
for (const { name, contract, module } of CONTRACTS) {
  writeFileSync(join(folder, module), generated(name, compile(`${contract}.sol`, contract)));
}
