import { RE2JS } from 're2js';
import { z } from 'zod';
import { optionalText, setting, toggle } from '../setting.ts';
import { placeholdersOut } from './macros.ts';
import { TRACKER_NAMES } from './trackers.ts';

export const METHODS = ['GET', 'POST form', 'POST json'] as const;
export type Method = (typeof METHODS)[number];

const METHOD_WORDS: Record<string, Method> = {
  get: 'GET', form: 'POST form', 'post form': 'POST form', json: 'POST json', 'post json': 'POST json', post: 'POST json',
};
/** `post_json`, `POST-json` and `json` are the same as `POST json`; other words are left for the schema to refuse. */
const methodOf = (value: unknown): unknown => (typeof value === 'string' ? (METHOD_WORDS[value.trim().toLowerCase().replace(/[_\-\s]+/g, ' ')] ?? value) : value);

/** What is wrong with an address, in a sentence; null where nothing is. The host must stand as it is: no visitor may choose where events go. */
export function urlProblem(text: string): string | null {
  const origin = /^(https?):\/\/[^/?#]*/i.exec(text)?.[0];
  if (!origin || !URL.canParse(placeholdersOut(text))) return 'The address must begin with https:// or http:// and a host.';
  if (/[{}]|%7[bd]/i.test(origin)) return 'There may be no macro in the host.';
  if (origin.includes('@')) return 'There may be no user name or password in the address.';
  return text.includes('#') ? 'There may be no # in the address.' : null;
}

export function patternProblem(text: string): string | null {
  try {
    RE2JS.compile(text);
    return null;
  } catch (error) {
    return `The pattern is no regular expression: ${(error as Error).message}.`;
  }
}

const checked = (problem: (text: string) => string | null) => (text: string, ctx: z.core.$RefinementCtx<string>) => {
  const message = problem(text);
  if (message) ctx.addIssue({ code: 'custom', message });
};

export const settings = z.strictObject({
  url: setting(z.string().trim().min(1).max(2000).superRefine(checked(urlProblem)), {
    label: 'Address',
    help: 'Where the postback goes, with macros in braces: https://tracker.example/postback?subid={click_id}&payout={payout}&status={status}.',
  }),
  method: setting(z.preprocess(methodOf, z.enum(METHODS)).default('GET'), {
    label: 'Method',
    help: 'GET; POST form (the part after the ? is sent as a form); or POST json (a signed JSON webhook).',
  }),
  tracker: setting(
    z.preprocess((value) => (typeof value === 'string' ? value.trim().toLowerCase() || undefined : value), z.enum(TRACKER_NAMES).optional()),
    {
      label: 'Tracker',
      help: `For a tracker: ${TRACKER_NAMES.join(', ')}. Its parameters are put to the address where they are missing, and its words for a status are used.`,
    },
  ),
  clickIdParameter: setting(optionalText, {
    label: 'Parameter of the click id',
    help: 'Under which name your tracker gives its own click id to the landing page, for example subid. Then {click_id} is that one; else it is ours.',
  }),
  secret: setting(optionalText, {
    label: 'Secret',
    help: 'Signs a POST the Standard Webhooks way. A secret with the prefix whsec_ is base64, any other is taken as it stands.',
    secret: true,
  }),
  successPattern: setting(z.preprocess((value) => (value === '' ? undefined : value), z.string().max(200).superRefine(checked(patternProblem)).optional()), {
    label: 'Pattern of success',
    help: 'A regular expression that an answer must match to count as success, for trackers that answer 200 with an error text.',
  }),
  corrections: setting(toggle.optional(), {
    label: 'Send corrections',
    help: 'true or false: a rejection, or another amount, goes out as one more postback with the same transaction id. Where it is not said: for a tracker yes, else no.',
  }),
  includeUser: setting(toggle.default(false), {
    label: 'Send data of the buyer',
    help: 'true or false: send e-mail address, phone number, name, place, IP address and browser, unhashed. Only to systems of your own.',
  }),
});

export type WebhookSettings = z.output<typeof settings>;
