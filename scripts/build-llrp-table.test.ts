import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { llrpTable, TABLE_FILE } from './build-llrp-table.ts';

it('the table of LLRP is what the published definitions give', () => {
  expect(readFileSync(TABLE_FILE, 'utf8')).toBe(llrpTable());
});
