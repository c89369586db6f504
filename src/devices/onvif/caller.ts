import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
import { DeviceError } from '../../domain/errors.ts';
import { authorize, parseChallenge, type Challenge, type Login } from './digest.ts';
import { exchange, type Answered, type Asked } from './exchange.ts';
import { decodeEnvelope } from './soap.ts';
import { securityHeader } from './user-token.ts';
import type { XmlElement } from '../../domain/xml.ts';

const MOST_TRIES = 3;

/**
 * Calls a camera and logs in as it asks for it: by HTTP Digest, or by a token in the envelope. What it asked
 * for is remembered; a login that is refused is not tried again.
 */
export class Caller {
  readonly #agent: Agent | TlsAgent;
  readonly #login: Login;
  #challenge: Challenge | null = null;
  #uses = 0;
  #needsToken = false;

  constructor(agent: Agent | TlsAgent, login: Login) {
    this.#agent = agent;
    this.#login = login;
  }

  /**
   * @param make the request; told which try it is, and whether the camera wants a token in it
   * @throws DeviceError REFUSED for a login that the camera does not take
   */
  async call(make: (tries: number, needsToken: boolean) => Asked, signal: AbortSignal): Promise<Answered> {
    for (let tries = 1; ; tries++) {
      const asked = make(tries, this.#needsToken);
      const used = this.#challenge;
      const answer = await exchange(this.#agent, this.#withLogin(asked), signal);
      if (!isRefusal(answer)) return answer;
      const challenge = parseChallenge(answer.challenge);
      if (challenge === null) {
        if (this.#needsToken || asked.method === 'GET') throw this.#refused();
        this.#needsToken = true;
      } else {
        // A fresh nonce that was answered and is refused: it is user or password that is wrong.
        const isOld = used !== null && (this.#uses > 1 || challenge.isStale);
        if (used !== null && (!isOld || challenge.nonce === used.nonce)) throw this.#refused();
        [this.#challenge, this.#uses] = [challenge, 0];
      }
      if (tries === MOST_TRIES) throw this.#refused();
    }
  }

  #withLogin(asked: Asked): Asked {
    const challenge = this.#challenge;
    if (challenge === null) return asked;
    const { method, url, headers } = asked;
    const cnonce = randomBytes(12).toString('base64url');
    const uri = `${url.pathname}${url.search}`;
    const use = { method, uri, count: ++this.#uses, cnonce };
    return { ...asked, headers: { ...headers, authorization: authorize(challenge, this.#login, use) } };
  }

  /** @param created now by the camera's clock, ms since 1970 */
  token(created: number): XmlElement {
    return securityHeader(this.#login, randomBytes(16), created);
  }

  #refused(): DeviceError {
    // What another try might need is not known any more.
    this.#challenge = null;
    this.#needsToken = false;
    return new DeviceError('REFUSED', `the camera refuses user ${this.#login.user}: check user and password`);
  }
}

function isRefusal({ status, body }: Answered): boolean {
  if (status === 401) return true;
  if (status !== 400 && status !== 403 && status !== 500) return false;
  const envelope = decodeEnvelope(body);
  return (
    envelope.kind === 'fault' &&
    /^(NotAuthorized|FailedAuthentication|InvalidSecurity|Unauthorized)/i.test(envelope.code)
  );
}
