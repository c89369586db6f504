import type { JSX } from 'preact';
import type { Claims } from './check.ts';
import type { Desk } from './desk.ts';
import { FileButton } from './file-button.tsx';
import { clipped } from './format.ts';
import { useLanguage } from './language.tsx';
import { streamText } from './stream-text.ts';

/** The file that was sent, and what it says of itself. */
export function BundlePanel({ desk }: { desk: Desk }): JSX.Element {
  const { say, language } = useLanguage();
  const { bundle, refused } = desk;
  return (
    <section class="panel" aria-labelledby="bundle-title">
      <h2 id="bundle-title">{say('bundle')}</h2>
      <p class="hint no-print">{say('bundleHint')}</p>
      <FileButton id="bundle-file" label={say('chooseBundle')} take={desk.takeBundle} />
      {refused === 'bundle' && (
        <p class="failure" role="alert">
          {say('tooLarge')}
        </p>
      )}
      {bundle !== null && (
        <dl>
          <div>
            <dt>{say('file')}</dt>
            <dd>
              <bdi>{clipped(bundle.file.name)}</bdi> ·{' '}
              {bundle.file.size.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB')} {say('bytes')}
            </dd>
          </div>
          <div>
            <dt>{say('sha256')}</dt>
            <dd>
              {bundle.inspected === null ? (
                say('reading')
              ) : (
                <code id="sha256">{bundle.inspected.bundle}</code>
              )}
            </dd>
          </div>
        </dl>
      )}
      {bundle?.inspected?.claims && <ClaimList claims={bundle.inspected.claims} />}
    </section>
  );
}

function ClaimList({ claims }: { claims: Claims }): JSX.Element {
  const { say, language } = useLanguage();
  return (
    <div class="claims">
      <p class="hint">{say('claimNote')}</p>
      <dl>
        <div>
          <dt>{say('claimedOrigin')}</dt>
          <dd>
            <code>
              <bdi>{clipped(claims.origin)}</bdi>
            </code>
          </dd>
        </div>
        <div>
          <dt>{say('claimedStreams')}</dt>
          <dd>
            <ul>
              {claims.streams.map((s) => (
                <li key={s.slot}>{streamText(s, language)}</li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
    </div>
  );
}
