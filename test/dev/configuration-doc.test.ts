import { expect, test } from 'vitest';
import { settings } from '../../config.ts';
import { configurationPage, configurationPageIsCurrent } from '../../dev/configuration-doc.ts';

test('docs/configuration.md is what config.ts says', () => {
  expect(configurationPageIsCurrent()).toBe(true);
});

test('every setting is on the page with its default in words', () => {
  const page = configurationPage();
  for (const { env } of Object.values(settings)) expect(page).toContain(`| \`${env}\` |`);
  expect(page).toContain('`5184000000` (60 days)');
  expect(page).toContain('`524288` bytes');
});
