import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { epcTables } from './build-epc-tables.ts';

it('the tables of EPC schemes are those of the definitions', async () => {
  const tables = await epcTables();
  expect([...tables.keys()]).toEqual(['tag-schemes.ts', 'plus-schemes.ts', 'application-identifiers.ts']);
  for (const [name, text] of tables) {
    const file = join(import.meta.dirname, '../src/domain/epc/generated', name);
    expect(readFileSync(file, 'utf8'), name).toBe(text);
  }
});
