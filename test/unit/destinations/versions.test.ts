import { describe, expect, it } from 'vitest';
import { destinations } from '../../../destinations/catalog.ts';
import { endingVersions } from '../../../destinations/ending-versions.ts';
import { versionWarning } from '../../../destinations/versions.ts';

const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const platform = { title: 'Acme', versions: [{ version: 'v3', until: null }, { version: 'v2', until: '2027-06-30' }] };

describe('a warning that an API version ends', () => {
  it.each([
    ['91 days before: none', 'v2', '2027-03-31', null],
    ['90 days before', 'v2', '2027-04-01', 'Acme: API version v2 ends on 2027-06-30: set apiVersion to v3.'],
    ['on the day', 'v2', '2027-06-30', 'Acme: API version v2 ended on 2027-06-30: set apiVersion to v3.'],
    ['no end announced: none', 'v3', '2030-01-01', null],
    ['a version that nobody knows: none', 'v9', '2030-01-01', null],
  ])('%s', (_, version, day, words) => {
    expect(versionWarning(platform, version, at(day))).toBe(words);
  });
  it('names the destination, and only those that are concerned', () => {
    const configured = [
      { name: 'Old', platform: 'meta', settings: { apiVersion: 'v21.0' } }, { name: 'New', platform: 'meta', settings: { apiVersion: 'v26.0' } },
      { name: 'Unknown', platform: 'myspace', settings: { apiVersion: '1' } }, { name: 'None', platform: 'outbrain', settings: {} },
    ];
    expect(endingVersions(configured, at('2027-01-01'))).toEqual(['"Old": Meta (Facebook, Instagram): API version v21.0 ends on 2027-01-21: set apiVersion to v26.0.']);
  });
});

it.each([...destinations.values()].filter(({ versions }) => versions).map((each) => [each.platform, each] as const))(
  '%s: a new destination uses the newest version, which has not ended',
  (_, { versions, settings }) => {
    const { apiVersion } = settings.safeParse({}).success ? (settings.parse({}) as { apiVersion: string }) : { apiVersion: (settings as any).shape.apiVersion.parse(undefined) };
    expect(apiVersion).toBe(versions![0]!.version);
    expect(Date.parse(versions![0]!.until ?? '9999-12-31')).toBeGreaterThan(at('2026-11-24'));
  },
);
