import { destinations } from '../destinations/catalog.ts';
import { cataloguedPlatform } from './destinations.ts';
import { settingFields, type SettingField } from './fields.ts';

export interface PlatformView {
  platform: string;
  title: string;
  fields: SettingField[];
}

/** The platforms of the catalog with their settings, or one of them. */
export const listPlatforms = (only?: string): PlatformView[] =>
  (only === undefined ? [...destinations.values()] : [cataloguedPlatform(only)]).map(({ platform, title, settings }) => ({ platform, title, fields: settingFields(settings) }));
