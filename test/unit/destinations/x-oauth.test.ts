import { describe, expect, it } from 'vitest';
import { x } from '../../../destinations/x/x.ts';
import { authorisation, encode, signatureOf } from '../../../destinations/x/oauth.ts';
import { event, OCCURRED_AT_MS } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

describe('an OAuth 1.0a signature', () => {
  it('is that of RFC 5849 1.2, the query in it', () => {
    const consumerSecret = 'kd94hf93k423kf44';
    const common = [['oauth_consumer_key', 'dpf43f3p2l4k3l03'], ['oauth_signature_method', 'HMAC-SHA1']] as const;
    expect(signatureOf('GET', 'http://photos.example.net/photos?file=vacation.jpg&size=original', [
      ...common, ['oauth_token', 'nnch734d00sl2jdk'], ['oauth_timestamp', '137131202'], ['oauth_nonce', 'chapoH'],
    ], { consumerSecret, tokenSecret: 'pfkkdhi9sl3r4s00' })).toBe('MdpQcU8iPSUjWoN/UDMsK2sui9I=');
  });
  it('is that of X: "Creating a signature"', () => {
    expect(signatureOf('post', 'https://api.x.com/1.1/statuses/update.json?include_entities=true', [
      ['status', 'Hello Ladies + Gentlemen, a signed OAuth request!'],
      ['oauth_consumer_key', 'xvz1evFS4wEEPTGEFPHBog'],
      ['oauth_nonce', 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '1318622958'],
      ['oauth_token', '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'],
      ['oauth_version', '1.0'],
    ], { consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw', tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE' })).toBe('Ls93hJiZbQ3akF3HF3x1Bz8/zU4=');
  });
  it('encodes all but the unreserved letters', () => {
    expect(encode("a b+c!*'()~-._é")).toBe('a%20b%2Bc%21%2A%27%28%29~-._%C3%A9');
  });
});

describe('the OAuth header', () => {
  const keys = { consumerKey: 'ck', consumerSecret: 'cs', token: '12-tk', tokenSecret: 'ts' };
  const headerOf = (url: string, body: string, nowMs: number) => authorisation('POST', url, body, keys, nowMs).header;
  const nonce = (header: string) => /oauth_nonce="(\w+)"/.exec(header)?.[1];

  it('has its time in whole seconds, cut, and its signature among what is not shown', () => {
    const { header, secrets } = authorisation('POST', 'https://ads-api.x.com/12/a', '{}', keys, 1_795_168_800_999);
    expect(header).toMatch(/^OAuth oauth_consumer_key="ck", oauth_nonce="[0-9a-f]{32}", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1795168800", oauth_token="12-tk", oauth_version="1\.0", oauth_signature="[^"]+"$/);
    const signature = /oauth_signature="([^"]+)"/.exec(header)?.[1];
    expect(secrets).toContain(signature);
    expect(secrets).toContain(decodeURIComponent(signature ?? ''));
  });
  it('is the same for the same request and time; its nonce is another one for another body, address or time', () => {
    const one = headerOf('https://a.example/1', '{}', 1000);
    expect(headerOf('https://a.example/1', '{}', 1000)).toBe(one);
    for (const other of [headerOf('https://a.example/1', '{} ', 1000), headerOf('https://a.example/2', '{}', 1000), headerOf('https://a.example/1', '{}', 1001)])
      expect(nonce(other)).not.toBe(nonce(one));
  });
  it('goes out instead of the pixel token where the four keys are set, and no secret is in it', () => {
    const given = settingsOf('x', { pixelToken: '', consumerKey: 'ck', consumerSecret: 'c-secret', accessToken: 'at', accessTokenSecret: 't-secret' });
    const request = x.build([event({ user: { email: 'a@b.co' } })], given as never, { nowMs: OCCURRED_AT_MS });
    expect(request.headers).not.toHaveProperty('x-pixel-token');
    expect(request.headers['authorization']).toMatch(/^OAuth oauth_consumer_key="ck"/);
    expect(JSON.stringify(request.headers)).not.toMatch(/c-secret|t-secret/);
    expect(request.secrets?.length).toBeGreaterThan(0);
  });
  it('the pixel token goes first where both are set', () => {
    const given = settingsOf('x', { consumerKey: 'ck', consumerSecret: 'cs', accessToken: 'at', accessTokenSecret: 'ts' });
    expect(x.build([event()], given as never, { nowMs: 0 }).headers).toMatchObject({ 'x-pixel-token': 'x-token' });
  });
});

describe('settings of X', () => {
  it.each([
    ['no credential', { pixelToken: '' }],
    ['three of the four OAuth keys', { pixelToken: '', consumerKey: 'a', consumerSecret: 'b', accessToken: 'c' }],
    ['an event id that is none', { eventIds: 'Purchase=a b' }],
    ['a pixel id that is none', { pixelId: 'o8z6j/..' }],
  ])('refuse %s', (_, changes) => {
    expect(() => settingsOf('x', changes)).toThrow();
  });
  it('take the four OAuth keys instead of the token, event ids as text, and version 12', () => {
    expect(settingsOf('x', { pixelToken: '', consumerKey: 'a', consumerSecret: 'b', accessToken: 'c', accessTokenSecret: 'd', eventIds: 'Lead=tw-o8z6j-o1,Deal won=o2' }))
      .toMatchObject({ eventIds: { Lead: 'tw-o8z6j-o1', 'Deal won': 'o2' }, apiVersion: '12' });
  });
});
