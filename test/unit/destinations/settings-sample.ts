import { destinationByPlatform } from '../../../destinations/catalog.ts';

export const rawSettings: Record<string, Record<string, unknown>> = {
  meta: { pixelId: '1234567890', accessToken: 'EAAtoken' },
  'google-data-manager': {
    customerId: '123-456-7890',
    conversionActions: 'Lead=111, Purchase=222',
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'refresh',
  },
  tiktok: { pixelCode: 'C4A1B2C3D4E5F6G7H8I9', accessToken: 'tt-token' },
};

/** Settings as they come out of the schema, with changes to what went in. */
export const settingsOf = (platform: string, changes: Record<string, unknown> = {}) =>
  destinationByPlatform(platform)?.settings.parse({ ...rawSettings[platform], ...changes });
