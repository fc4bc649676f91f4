import { describe, expect, test } from 'vitest';
import { countryOf, deviceOf, pageOf } from '../../../destinations/visitor.ts';
import { click, event } from './sample.ts';

describe("the visitor's device", () => {
  test.each(['127.0.0.1', '::1', '10.1.2.3', '172.18.0.1', '192.168.0.7', '169.254.0.1', '100.64.0.1', '0.0.0.0', '::', 'fe80::1', 'fe80::1%eth0', 'fd00::1', '224.0.0.1', '255.255.255.255', '::ffff:127.0.0.1'])(
    '%s is nobody\'s address and never sent',
    (ip) => expect(deviceOf(event({ click: click({ ip }) }))).toEqual({ ip: null, userAgent: 'Mozilla/5.0 (iPhone)' }),
  );
  test.each(['8.8.8.8', '203.0.113.7', '198.51.100.7', '2001:db8::1', '2a00:1450::1', '::ffff:8.8.8.8'])('%s is sent as it is', (ip) =>
    expect(deviceOf(event({ click: click({ ip }) })).ip).toBe(ip),
  );
  test('is that of the report where the click has only an address that is not public', () => {
    const user = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0' };
    expect(deviceOf(event({ click: click({ ip: '10.0.0.1', userAgent: null }), user }))).toEqual(user);
  });
});

describe("the buyer's country", () => {
  test.each([
    [{ country: 'Italy' }, 'US', 'FR', 'IT'],
    [{}, 'usa', 'FR', 'US'],
    [{ country: 'nowhere' }, null, 'fr', 'FR'],
    [{}, null, null, null],
  ])('of the report %j, the conversion %s and the click %s is %s', (user, country, clicked, code) => {
    expect(countryOf(event({ user, country, click: click({ country: clicked }) }))).toBe(code);
  });
});

describe('the page of an event', () => {
  test('is where the visitor clicked, with its query, else where they landed; what is no web address is none', () => {
    expect(pageOf(event({ click: click({ pageUrl: 'https://shop.example/a?b=c#d' }) }))).toBe('https://shop.example/a?b=c#d');
    expect(pageOf(event({ click: click({ pageUrl: 'about:blank', landingUrl: 'https://shop.example/l' }) }))).toBe('https://shop.example/l');
    expect(pageOf(event({ click: click({ pageUrl: null, landingUrl: '/l' }) }))).toBeNull();
  });
});
