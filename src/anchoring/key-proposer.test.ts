import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyNamed } from '../../test/anchored-log.ts';
import { AnchoringSite, LEDGER_KEY } from '../../test/anchoring-site.ts';
import { keyHash } from './key-possession.ts';
import { KeyProposer, type KeyEvent } from './key-proposer.ts';
import { MemoryChain } from './memory/memory-chain.ts';
import { seedSigner } from './signer.ts';

const NEXT = keyNamed('the next ledger key');
const NEXT_LOG = seedSigner(new Uint8Array(32).fill(5));
const HOUR = 3600;

describe('an announced key', () => {
  let site: AnchoringSite;
  let told: KeyEvent[];
  let wanted: boolean;

  beforeEach(() => {
    site = new AnchoringSite();
    told = [];
    wanted = true;
  });
  afterEach(() => site.stop());

  /** From now on heads bear both keys' lines, as sealing makes them after event 11. */
  function announce(consent = LEDGER_KEY): void {
    site.ledgerKeys = [LEDGER_KEY, NEXT];
    const { chainId, contract } = MemoryChain;
    const { logId } = site.log;
    site.keys = new KeyProposer({
      ledger: site.ledger(),
      logId,
      store: site.store,
      wanted: () => (wanted ? { no: 1, ledgerKey: NEXT.address } : null),
      sign: (_no, proposalNo) => {
        const claim = { ledgerKey: NEXT.address, logKey: NEXT_LOG.publicKey };
        const digest = keyHash({ chainId, contract, logId, proposalNo, ...claim });
        return { logId, ...claim, newSig: NEXT.sign(digest), oldSig: consent.sign(digest) };
      },
      onEvent: (event) => {
        told.push(event);
        if (event.kind !== 'refused') wanted = false;
      },
      patienceMs: 30_000,
      sleep: site.time.sleep,
    });
  }

  it('is proposed once, and in force from the first head that it signs after the delay', async () => {
    announce();
    site.sign(10);
    site.start();
    await site.pass(60);
    expect(site.head()).toMatchObject({ size: 10, keyNo: 0, proposalNo: 1 });
    site.sign(20);
    await site.pass(60);
    expect(site.head()).toMatchObject({ size: 20, keyNo: 0 });
    expect(told).toEqual([]);
    await site.pass(HOUR, 60);
    site.sign(33);
    await site.pass(120);
    expect(site.head()).toMatchObject({ size: 33, keyNo: 1, proposalNo: 1 });
    expect(told).toEqual([{ kind: 'accepted', no: 1, fromSize: 20 }]);
    site.ledgerKeys = [NEXT];
    site.sign(40);
    await site.pass(60);
    expect(site.head()).toMatchObject({ size: 40, keyNo: 1 });
    expect(site.finals()).toEqual([10, 20, 33, 40]);
  });

  it.each(['lost', 'unanswered'] as const)(
    'is proposed once by a gateway that dies when the bytes are %s',
    async (fault) => {
      announce();
      site.chain.broadcasts = fault;
      site.start();
      await site.pass(4);
      expect(site.store.inFlight()).toMatchObject([{ kind: 'key' }]);
      await site.stop();
      site.chain.broadcasts = 'arrive';
      announce();
      site.start();
      await site.pass(60);
      expect(site.store.inFlight()).toEqual([]);
      expect(site.head()).toMatchObject({ proposalNo: 1 });
      expect(site.head()?.pending?.ledgerKey).toBe(NEXT.address);
    },
  );

  it('that the consortium cancels is given up, not proposed again', async () => {
    announce();
    site.sign(10);
    site.start();
    await site.pass(60);
    expect(site.act({ fn: 'cancelKey', logId: site.log.logId })).toBeNull();
    site.sign(11);
    await site.pass(60);
    expect(told).toEqual([{ kind: 'cancelled', no: 1 }]);
    site.sign(12);
    await site.pass(60);
    expect(site.head()).toMatchObject({ proposalNo: 1, keyNo: 0, pending: null, size: 12 });
  });

  it('without the consent of the key in force is refused once, and anchoring goes on', async () => {
    announce(keyNamed('a thief'));
    site.sign(10);
    site.start();
    await site.pass(120);
    site.sign(11);
    await site.pass(120);
    expect(told).toEqual([{ kind: 'refused', no: 1, why: { code: 'BAD_SIGNATURE' } }]);
    expect(site.head()).toMatchObject({ size: 11, proposalNo: 0 });
  });
});
