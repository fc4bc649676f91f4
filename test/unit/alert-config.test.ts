import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../config.ts';

const ALERT_WEBHOOK_URL = 'https://ops.example/hook';

test.each([undefined, '', 'whsec_', 'a secret', 'whsec_abc'])('an alert webhook with the secret %j ends the start, with a sentence that does not repeat it', (ALERT_WEBHOOK_SECRET) => {
  expect(() => readConfig({ ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET })).toThrow(new ConfigError('ALERT_WEBHOOK_SECRET must be set where ALERT_WEBHOOK_URL is: whsec_ and base64.'));
});

test.each(['ops.example/hook', 'ftp://ops.example', 'nonsense'])('so does the address %j', (url) => {
  expect(() => readConfig({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: 'whsec_YWJj' })).toThrow('ALERT_WEBHOOK_URL must be an http or https address.');
});

test('with and without the prefix a base64 secret is taken, and without an address none is needed', () => {
  expect(readConfig({ ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET: 'whsec_YWJj' })).toMatchObject({ alertWebhookUrl: ALERT_WEBHOOK_URL });
  expect(readConfig({ ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET: 'YWJjZA==' })).toMatchObject({ alertWebhookSecret: 'YWJjZA==' });
  expect(readConfig({})).toMatchObject({ alertWebhookUrl: null, alertWebhookSecret: null });
});
