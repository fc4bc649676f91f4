import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { optionalText, setting } from '../setting.ts';
import { targetsByEvent } from '../targets.ts';

/** X Ads API versions. X has announced no end of version 12. */
export const versions: readonly ApiVersion[] = [{ version: '12', until: null }];

const eventId = z.string().trim().regex(/^[a-z0-9-]{1,64}$/i, 'An event id looks like o87ne or tw-o8z6j-o87ne.');

const OAUTH_KEYS = ['consumerKey', 'consumerSecret', 'accessToken', 'accessTokenSecret'] as const;

const fields = z.strictObject({
  pixelId: setting(z.string().trim().regex(/^[a-z0-9]{2,20}$/i, 'The pixel id has letters and digits only, such as o8z6j.'), {
    label: 'Pixel id',
    help: 'X Ads Manager, Tools, Events Manager: the id of your event source, such as o8z6j.',
  }),
  eventIds: setting(targetsByEvent(eventId), {
    label: 'Event ids',
    help: 'Write Lead=tw-o8z6j-o87ne,Purchase=tw-o8z6j-o87nf: the event, then its id from the Events Manager. An event without one goes out as tw-<pixel id>-<event>.',
  }),
  pixelToken: setting(optionalText, {
    label: 'Pixel access token',
    help: 'Events Manager, your event source, Install pixel, Web Pixel and Conversion API: "Generate access token". Instead of the four OAuth keys.',
    secret: true,
  }),
  consumerKey: setting(optionalText, {
    label: 'OAuth API key',
    help: 'Only without a pixel access token: X developer console, your app, OAuth 1.0 keys: "API key".',
    secret: true,
  }),
  consumerSecret: setting(optionalText, {
    label: 'OAuth API key secret',
    help: 'Shown once together with the API key.',
    secret: true,
  }),
  accessToken: setting(optionalText, {
    label: 'OAuth access token',
    help: 'The same page: "Access token", of a user with the role Ad Manager or Account Admin in the ad account.',
    secret: true,
  }),
  accessTokenSecret: setting(optionalText, {
    label: 'OAuth access token secret',
    help: 'Shown once together with the access token.',
    secret: true,
  }),
  apiVersion: setting(z.string().trim().regex(/^\d{1,3}$/, 'A version is a number, such as 12.').default('12'), {
    label: 'API version',
    help: 'Version of the X Ads API. Change it only when X ends the present one.',
  }),
});

export const settings = fields.refine((given) => Boolean(given.pixelToken) || OAUTH_KEYS.every((name) => given[name]), {
  path: ['pixelToken'],
  message: 'Give the pixel access token, or all four OAuth keys.',
});

export type XSettings = z.output<typeof settings>;
