import type { Life } from '../data-directory.fixture.ts';
import { Eraser } from './eraser.ts';

/**
 * An eraser on a journal, wired as a gateway does it; it goes on with what an earlier one left.
 * @param fixed heads up to this size are held by somebody else
 */
export function eraserOf(life: Life, fixed: number, epoch = 0): Eraser {
  const eraser: Eraser = new Eraser({
    journal: life.journal,
    blocks: {
      record: (input, enclosed) => {
        const before = life.records.length;
        life.blocks.record(input, enclosed);
        eraser.noteCommit(life.records.slice(before));
      },
    },
    epoch,
    openBlock: () => life.core.intake.open.no,
    now: () => life.core.intake.notBefore,
    isFixed: (size) => size <= fixed,
    log: { info: () => undefined, warn: () => undefined },
    onError: (error) => {
      throw error;
    },
  });
  return eraser;
}
