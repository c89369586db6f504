import { describe, expect, it } from 'vitest';
import { authorize, isAuthorized, parseChallenge, writeChallenge, type Challenge } from './digest.ts';
import { hasGoodToken, passwordDigest, securityHeader } from './user-token.ts';

/** RFC 7616, section 3.9.1. */
const RFC = [
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
] as const;
const LOGIN = { user: 'Mufasa', password: 'Circle of Life' };
const USE = {
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

function challenge(header: string): Challenge {
  const found = parseChallenge(header);
  if (found === null) throw new Error(`no challenge in ${header}`);
  return found;
}

describe('HTTP Digest', () => {
  it.each([
    [RFC[0], 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"'],
    [RFC[1], 'response="8ca523f5e9506fed4657c9700eebdbec"'],
  ])('answers as RFC 7616 says', (header, response) => {
    const answer = authorize(challenge(header), LOGIN, USE);
    expect(answer).toContain(response);
    expect(answer).toContain('uri="/dir/index.html"');
    expect(answer).toContain('qop=auth, nc=00000001');
    expect(answer).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
  });

  it('takes the stronger of several, whatever stands between, and never Basic', () => {
    expect(challenge(`Basic realm="a, b", ${RFC[1]}, ${RFC[0]}`).algorithm).toBe('SHA-256');
    expect(challenge('Digest realm="x",nonce="n"')).toMatchObject({ algorithm: 'MD5', hasQop: false });
    expect(challenge('digest REALM="a\\"b", nonce=n, algorithm=md5-sess, qop=auth, stale=TRUE')).toEqual({
      realm: 'a"b',
      nonce: 'n',
      opaque: null,
      algorithm: 'MD5',
      isSession: true,
      hasQop: true,
      isStale: true,
    });
    for (const header of [
      '',
      'Basic realm="x"',
      'Digest realm="x"',
      'Digest realm="x", nonce="n", algorithm=SHA-512-256',
      'Digest realm="x", nonce="n", qop="auth-int"',
    ]) {
      expect(parseChallenge(header)).toBeNull();
    }
  });

  it.each([false, true].flatMap((isSession) => [false, true].map((hasQop) => ({ isSession, hasQop }))))(
    'is checked by the other half: %j',
    (kind) => {
      const asked: Challenge = {
        realm: 'c"am',
        nonce: 'n1',
        opaque: 'o',
        algorithm: 'SHA-256',
        isStale: false,
        ...kind,
      };
      expect(challenge(writeChallenge(asked))).toEqual(asked);
      const header = authorize(asked, LOGIN, USE);
      expect(isAuthorized(header, asked, LOGIN, USE)).toBe(true);
      expect(isAuthorized(header, asked, { ...LOGIN, password: 'x' }, USE)).toBe(false);
      expect(isAuthorized(header, { ...asked, nonce: 'n2' }, LOGIN, USE)).toBe(false);
      expect(isAuthorized(header, asked, LOGIN, { ...USE, uri: '/' })).toBe(false);
      expect(isAuthorized(header, asked, LOGIN, { ...USE, method: 'POST' })).toBe(false);
    },
  );
});

describe('a UsernameToken', () => {
  it('is that of the programmer’s guide of ONVIF', () => {
    const nonce = Buffer.from('LKqI6G/AikKCQrN0zqZFlg==', 'base64');
    expect(passwordDigest(nonce, '2010-09-16T07:50:45Z', 'userpassword')).toBe(
      'tuOSpGlFlIXsozq4HFNeeGeFLEI=',
    );
  });

  it('is good for its time, its user and its password', () => {
    const login = { user: 'u', password: 'p' };
    const header = [securityHeader(login, Uint8Array.of(1, 2, 3), 1_000_000)];
    expect(hasGoodToken(header, login, 1_000_500, 1000)).toBe(true);
    expect(hasGoodToken(header, login, 1_002_000, 1000)).toBe(false);
    expect(hasGoodToken(header, { ...login, password: 'q' }, 1_000_000, 1000)).toBe(false);
    expect(hasGoodToken(header, { ...login, user: 'v' }, 1_000_000, 1000)).toBe(false);
    expect(hasGoodToken([], login, 1_000_000, 1000)).toBe(false);
  });
});
