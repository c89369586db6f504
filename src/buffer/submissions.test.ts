import { describe, expect, it } from 'vitest';
import { commit, sealed, temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { openJournal } from './journal.ts';
import type { NewSubmission } from './submissions.ts';

function anchor(id: string, size: number, more: Partial<NewSubmission> = {}): NewSubmission {
  return {
    id,
    kind: 'anchor',
    log: '11'.repeat(32),
    size,
    request: `{"newSize":"${size}"}`,
    makes: null,
    raw: new Uint8Array([2, 0xf8, size]),
    sender: '0xaccount',
    nonce: size,
    ...more,
  };
}

const order: NewSubmission = {
  ...anchor('0x9', 0),
  kind: 'order',
  log: null,
  size: null,
  makes: '22'.repeat(32),
  sender: '0xgate',
  nonce: null,
};

describe('submissions', () => {
  it('are there after a restart, byte for byte, until their outcome is known', () => {
    using directory = temporaryDirectory();
    {
      using journal = openJournal(directory.path);
      journal.seal(sealed(0, [0]));
      journal.submissions.stage(anchor('0x1', 1));
      journal.submissions.stage(order);
    }
    using journal = openJournal(directory.path);
    const { submissions } = journal;
    expect(submissions.inFlight()).toEqual([
      { ...anchor('0x1', 1), state: 'staged', why: null },
      { ...order, state: 'staged', why: null },
    ]);
    submissions.update('0x1', { state: 'submitted' });
    submissions.update('0x9', { state: 'refused', why: 'CONDITION' });
    expect(submissions.inFlight().map((s) => [s.id, s.state])).toEqual([['0x1', 'submitted']]);
    expect(submissions.find('0x9')).toMatchObject({ state: 'refused', why: 'CONDITION' });
  });

  it('become final together with the proof beside their checkpoint', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    for (let no = 0; no < 5; no += 1) journal.seal(sealed(no, [0]));
    const { log } = anchor('', 0);
    for (const size of [2, 5]) {
      journal.submissions.stage(anchor(`0x${size}`, size));
      journal.submissions.update(`0x${size}`, { state: 'final', proof: `{"size":"${size}"}` });
    }
    expect(journal.submissions.lastFinal(log ?? '')?.size).toBe(5);
    expect(journal.submissions.lastFinal('ff'.repeat(32))).toBeNull();
    expect(journal.ledgerProof(2)).toBe('{"size":"2"}');
    expect([0, 2, 3, 5, 6].map((size) => journal.anchoredSize(size))).toEqual([2, 2, 5, 5, null]);
    journal.putNote(2, 'the same note with one cosignature more');
    expect(journal.ledgerProof(2)).toBe('{"size":"2"}');
  });

  it.each([
    ['of the same sender', { log: '33'.repeat(32) }],
    ['of the same log', { sender: '0xother' }],
  ])('wait while another %s is in flight, and the journal goes on', (_name, same) => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.seal(sealed(0, [0]));
    journal.submissions.stage(anchor('0x1', 1));
    const next = anchor('0x2', 2, same);
    expect(() => journal.submissions.stage(next)).toThrow('0x2 must wait: 0x1 is staged');
    expect(journal.submissions.find('0x2')).toBeNull();
    journal.append(commit(1, 1, [0]));
    journal.submissions.update('0x1', { state: 'dropped', why: 'nonce taken' });
    journal.submissions.stage(next);
    expect(journal.submissions.inFlight()).toHaveLength(1);
  });

  it.each(['final', 'refused', 'dropped'] as const)('stay %s', (end) => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.seal(sealed(0, [0]));
    journal.submissions.stage(anchor('0x1', 1));
    journal.submissions.update(
      '0x1',
      end === 'final' ? { state: end, proof: '{}' } : { state: end, why: '' },
    );
    expect(() => journal.submissions.update('0x1', { state: 'submitted' })).toThrow(`it is ${end}`);
    expect(() => journal.submissions.update('0x7', { state: 'submitted' })).toThrow('it is not known');
  });

  it('store no proof of a checkpoint that is not stored', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.submissions.stage(anchor('0x1', 4));
    expect(() => journal.submissions.update('0x1', { state: 'final', proof: '{}' })).toThrow('FOREIGN KEY');
    expect(journal.submissions.find('0x1')?.state).toBe('staged');
    expect(journal.ledgerProof(4)).toBeNull();
  });
});
