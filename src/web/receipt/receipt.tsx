import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Count, Session, Standing } from '../../api/types.ts';
import { CallFailed } from '../page/calls.ts';
import { getCounts, getStanding } from './calls.ts';
import { CountPanel } from './count-panel.tsx';
import { CoveragePanel, LostPanel } from './coverage.tsx';
import { ExposurePanel } from './exposure.tsx';
import { Headline } from './headline.tsx';
import { ProofPanel, UniquenessPanel } from './proof.tsx';
import { QuantityPanel } from './quantity.tsx';
import { useSay } from './say.ts';
import { hold, nowOf, useSeconds, type Held } from './validity.ts';
import { VerifyPanel } from './verify-panel.tsx';

const EVERY_MS = 10_000;

/** One receipt: what is proven of it now, and the way from each number to what was recorded. */
export function ReceiptPage(props: {
  receipt: string;
  session: Session;
  signedOut: () => void;
}): JSX.Element {
  const { receipt, session } = props;
  const { say } = useSay();
  const [standing, setStanding] = useState<Standing | null>(null);
  const [held, setHeld] = useState<Held | null>(null);
  const [counts, setCounts] = useState<readonly Count[]>([]);
  const [lostAt, setLostAt] = useState<number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useSeconds();
  const failed = (error: unknown): void => {
    if (!(error instanceof CallFailed)) throw error;
    if (error.status === 401) props.signedOut();
    else if (error.status === 404) setFailure(error.message);
    else setLostAt((before) => before ?? Date.now());
  };
  const take = (found: Standing): void => {
    setStanding(found);
    setHeld(hold(found.status));
    setLostAt(null);
  };
  const look = (): void => {
    void getStanding(receipt).then(take, failed);
    void getCounts(receipt).then(setCounts, failed);
  };
  useEffect(() => {
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [receipt]);

  const back = (
    <p>
      <a href="#">{say('back')}</a>
    </p>
  );
  if (failure !== null)
    return (
      <main>
        {back}
        <p class="failure" role="alert">
          {failure}
        </p>
      </main>
    );
  if (standing === null || held === null) return <main>{back}</main>;
  const now = nowOf(held);
  return (
    <main class="receipt">
      {back}
      <Headline standing={standing} held={held} lostAt={lostAt} />
      <CoveragePanel status={standing.status} />
      <QuantityPanel status={standing.status} now={now} />
      <LostPanel status={standing.status} />
      <ExposurePanel standing={standing} />
      <UniquenessPanel uniqueness={standing.uniqueness} />
      <ProofPanel proof={standing.proof} now={now} />
      <CountPanel receipt={receipt} session={session} counts={counts} now={now} asked={look} />
      <VerifyPanel receipt={receipt} standing={standing} />
    </main>
  );
}
