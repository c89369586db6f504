import { useEffect, useRef, useState } from 'preact/hooks';
import type { Question } from '../../evidence/question.ts';
import type { Checked, Inspected, Progress } from './check.ts';
import {
  isPolicyFile,
  LARGEST_BUNDLE,
  LARGEST_POLICY,
  NO_POLICY,
  readPolicy,
  type PolicyText,
} from './files.ts';
import { EMPTY_FIELDS, fieldsOf, questionOf, type Fields, type ReadFields } from './question-fields.ts';
import type { Runner } from './runner.ts';

/** The proof file on the desk: null inspection while it is being read. */
export type Bundle = { readonly file: File; readonly inspected: Inspected | null };

export type Run =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly progress: Progress }
  | { readonly state: 'stopped'; readonly why: string }
  | { readonly state: 'done'; readonly checked: Checked; readonly whose: Whose };

/** Whose a question is. */
export type Whose = 'sender' | 'page' | 'reader';

export type Desk = {
  readonly bundle: Bundle | null;
  /** A file that is too large to be taken. */
  readonly refused: 'bundle' | 'policy' | null;
  readonly policy: PolicyText;
  readonly fields: Fields;
  readonly read: ReadFields;
  readonly whose: Whose;
  readonly run: Run;
  /** Files that were dropped: each lands where it belongs. */
  readonly take: (files: readonly File[]) => void;
  readonly takeBundle: (file: File) => void;
  readonly takePolicy: (file: File) => void;
  readonly setPolicy: (text: string) => void;
  readonly setFields: (fields: Fields) => void;
  readonly restore: () => void;
  readonly check: () => void;
  readonly cancel: () => void;
};

const NOTHING: Run = { state: 'none' };

/** What lies before the reader, and what may be done with it. A change ends what was found before it. */
export function useDesk(runner: Runner): Desk {
  const [bundle, setBundle] = useState<Bundle | null>(null);
  const [refused, setRefused] = useState<Desk['refused']>(null);
  const [policy, setPolicyText] = useState<PolicyText>(NO_POLICY);
  const [fields, setFieldTexts] = useState<Fields>(EMPTY_FIELDS);
  const [run, setRun] = useState<Run>(NOTHING);
  const stopReading = useRef<() => void>(() => undefined);
  const stopChecking = useRef<() => void>(() => undefined);

  const claims = bundle?.inspected?.claims ?? null;
  const base = claims?.proposal ?? null;
  const read = questionOf(fields, base);
  const isTouched = JSON.stringify(fields) !== JSON.stringify(base === null ? EMPTY_FIELDS : fieldsOf(base));
  const untouched: Whose = claims?.question === null ? 'page' : 'sender';
  const whose: Whose = isTouched ? 'reader' : untouched;

  function clear(): void {
    stopChecking.current();
    setRun(NOTHING);
  }

  function takeBundle(file: File): void {
    clear();
    stopReading.current();
    const isTooLarge = file.size > LARGEST_BUNDLE;
    setRefused(isTooLarge ? 'bundle' : null);
    setBundle(isTooLarge ? null : { file, inspected: null });
    if (isTooLarge) return;
    stopReading.current = runner.run(
      { kind: 'inspect', file },
      () => undefined,
      (ended) => {
        if (ended.kind === 'failed') setRun({ state: 'stopped', why: ended.why });
        if (ended.kind !== 'inspected') return;
        const proposal = ended.inspected.claims?.proposal ?? null;
        setFieldTexts(proposal === null ? EMPTY_FIELDS : fieldsOf(proposal));
        setBundle({ file, inspected: ended.inspected });
      },
    );
  }

  function setPolicy(text: string): void {
    clear();
    setRefused(null);
    setPolicyText(readPolicy(text));
  }

  function takePolicy(file: File): void {
    if (file.size <= LARGEST_POLICY) void file.text().then(setPolicy);
    else {
      clear();
      setRefused('policy');
      setPolicyText(NO_POLICY);
    }
  }

  async function sort(files: readonly File[]): Promise<void> {
    for (const file of files) {
      if (await isPolicyFile(file)) takePolicy(file);
      else takeBundle(file);
    }
  }

  /** @param asked null where there is no question, neither the reader's nor the sender's */
  function start(asked: Question | null): void {
    clear();
    if (bundle === null || policy.policy === null) return;
    setRun({ state: 'running', progress: { step: 'container', done: 0, total: null } });
    stopChecking.current = runner.run(
      { kind: 'check', file: bundle.file, policy: policy.policy, question: asked },
      (progress) => setRun({ state: 'running', progress }),
      (ended) => {
        if (ended.kind === 'failed') setRun({ state: 'stopped', why: ended.why });
        if (ended.kind === 'checked') setRun({ state: 'done', checked: ended.checked, whose });
      },
    );
  }

  const hasNothingToAsk = base === null && !isTouched;
  function check(): void {
    if (read.ok) start(read.question);
    else if (hasNothingToAsk) start(null);
  }

  // Both files are there: the sender's question is answered at once, marked as such.
  const isWhole = claims !== null && policy.policy !== null;
  useEffect(() => {
    if (isWhole) check();
  }, [bundle?.inspected, policy.policy]);

  return {
    bundle,
    refused,
    policy,
    fields,
    read: hasNothingToAsk ? { ok: false, wrong: [] } : read,
    whose,
    run,
    take: (files) => void sort(files),
    takeBundle,
    takePolicy,
    setPolicy,
    setFields: (next) => {
      clear();
      setFieldTexts(next);
    },
    restore: () => {
      clear();
      if (base !== null) setFieldTexts(fieldsOf(base));
    },
    check,
    cancel: clear,
  };
}
