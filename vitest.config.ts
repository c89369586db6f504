import { defineConfig } from 'vitest/config';

/** Whole daemons, real wires, browsers: one file at a time, after all else, so that none disturbs another's timing. */
const WHOLE = [
  'src/cli/**/*.test.ts',
  'src/devices/*/{barrier,bus,driver,faults,interop,receiver,stop,wire}.test.ts',
  'src/notify/dispatch.test.ts',
  'test/scenarios/**/*.test.ts',
  'test/crash/**/*.test.ts',
  'test/browser/**/*.test.ts',
];

const shared = { pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000 } as const;

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'rooms',
          include: ['{src,test,contracts,bench,scripts}/**/*.test.ts'],
          exclude: WHOLE,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'whole',
          include: WHOLE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
