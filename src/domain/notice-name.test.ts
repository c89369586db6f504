import { expect, it } from 'vitest';
import { nameInLog } from './notice-name.ts';

const LOG = 'consortium.example/gw/b0b1b2b3b4b5b6b7';
const KEY = 'probe-1/temperature/warm hook duty 1.9.2';

it('is that of one gateway and one epoch, and stays when the next epoch takes the entry over', () => {
  const first = nameInLog(`${LOG}/0`, KEY);
  expect(first).toBe(`${LOG}/0 ${KEY}`);
  expect(nameInLog(`${LOG}/1`, KEY)).not.toBe(first);
  expect(nameInLog('consortium.example/gw/b0b1b2b3b4b5b6b8/0', KEY)).not.toBe(first);
  expect(nameInLog(`${LOG}/1`, first)).toBe(first);
  expect(nameInLog(`${LOG}/10`, nameInLog(`${LOG}/1`, first))).toBe(first);
});
