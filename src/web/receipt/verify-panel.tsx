import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Standing } from '../../api/types.ts';
import { CallFailed } from '../page/calls.ts';
import { check, type Checked } from '../verifier/check.ts';
import { readPolicy, type PolicyText } from '../verifier/files.ts';
import { bundleAddress, getBundle } from './calls.ts';
import { useSay } from './say.ts';

const DAY_MS = 24 * 3_600_000;

type Run =
  | { readonly state: 'none' }
  | { readonly state: 'running' }
  | { readonly state: 'no-policy' }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'done'; readonly checked: Checked };

/** The bundle of the last day, and what the verifier says of it, here and by the reader's own policy. */
export function VerifyPanel({ receipt, standing }: { receipt: string; standing: Standing }): JSX.Element {
  const { say } = useSay();
  const [policy, setPolicy] = useState<PolicyText['policy']>(null);
  const [run, setRun] = useState<Run>({ state: 'none' });
  const to = standing.proof.sealedUntil ?? standing.status.asOf;
  const from = Math.max(standing.since, to - DAY_MS);
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const { policy: read } = readPolicy(await file.text());
    setPolicy(read);
    setRun({ state: read === null ? 'no-policy' : 'none' });
  };
  const start = async (): Promise<void> => {
    if (policy === null) return;
    setRun({ state: 'running' });
    try {
      const bytes = await getBundle(receipt, from, to);
      // Drawn before the work begins, which takes the page's own thread.
      await new Promise((resolve) => setTimeout(resolve, 30));
      setRun({ state: 'done', checked: check(bytes, policy, null, () => undefined) });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      setRun({ state: 'failed', why: error.message });
    }
  };
  return (
    <section aria-labelledby="bundle-title">
      <h2 id="bundle-title">{say('bundle')}</h2>
      <p>
        <a
          id="bundle"
          href={bundleAddress(receipt, from, to)}
          download={`receipt-${standing.status.number}.zip`}
        >
          {say('bundleDay')}
        </a>{' '}
        · <a href="verify.html">verify.html</a>
      </p>
      <p>
        <label for="policy-file">{say('policy')}</label>{' '}
        <input
          id="policy-file"
          type="file"
          accept=".json"
          aria-describedby="policy-hint"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </p>
      <p id="policy-hint" class="hint">
        {say('policyHint')}
      </p>
      <p>
        <button
          type="button"
          id="verify"
          disabled={policy === null || run.state === 'running'}
          onClick={() => void start()}
        >
          {say('verify')}
        </button>
      </p>
      <Outcome run={run} />
    </section>
  );
}

function Outcome({ run }: { run: Run }): JSX.Element | null {
  const { say } = useSay();
  if (run.state === 'none') return null;
  if (run.state === 'running') return <p role="status">{say('verifying')}</p>;
  if (run.state === 'no-policy') return <p role="alert">{say('notPolicy')}</p>;
  if (run.state === 'failed')
    return (
      <p role="alert">
        {say('failed')}: {run.why}
      </p>
    );
  const { evidence, failure, answer, because, size, limits } = run.checked.verdict;
  const isValid = evidence === 'valid';
  return (
    <p
      id="verdict"
      role="status"
      data-evidence={evidence}
      class={`state ${isValid ? 'in-control' : 'breached'}`}
    >
      {say(isValid ? 'valid' : 'invalid')}
      {failure === null ? '' : ` · ${failure.code} ${failure.where}`} · {say('answer')}: {answer}{' '}
      {because.join(', ')} · {size} · {limits.join(' ')}
    </p>
  );
}
