import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { appendCases } from './append-cases.ts';
import { endingCases } from './ending-cases.ts';
import { keyCases } from './key-cases.ts';
import { AnvilWorld, type LedgerWorld, MemoryWorld } from './ledger-world.ts';
import { submissionCases } from './submission-cases.ts';

const MILLISECONDS = {
  hardfork: 'london',
  timestamp: Date.now(),
  finality: { kind: 'depth', depth: 2 },
} as const;

const WORLDS: readonly (readonly [name: string, open: () => Promise<LedgerWorld>])[] = [
  ['in memory', async () => new MemoryWorld()],
  ['on anvil (osaka), final by tag', () => AnvilWorld.start({ hardfork: 'osaka' })],
  ['on anvil (london), counting milliseconds, final by depth', () => AnvilWorld.start(MILLISECONDS)],
];

/** The numbers are those of the ledger's conformance list; a case left out is one of another port. */
describe.each(WORLDS)('a checkpoint ledger %s', (_, open) => {
  let opened: LedgerWorld;
  const world = (): LedgerWorld => opened;

  beforeAll(async () => {
    opened = await open();
  });
  afterEach(() => opened.release());
  afterAll(() => opened[Symbol.asyncDispose]());

  appendCases(world);
  keyCases(world);
  endingCases(world);
  submissionCases(world);
});
