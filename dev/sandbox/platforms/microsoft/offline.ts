/** Microsoft Advertising Campaign Management v13 in JSON: ApplyOfflineConversions and ApplyOfflineConversionAdjustments. An account is `{CustomerId}/{CustomerAccountId}`, its secret the developer token, its conversion actions are goals, known by name. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { Account, World } from '../../world.ts';
import { tokenState } from './oauth.ts';
import { errorOfCode, partialErrors } from './offline-errors.ts';
import type { ItemError } from './offline-errors.ts';
import { adjustmentProblem, conversionProblem } from './offline-rules.ts';

const calls: Record<string, { list: string; problem: typeof conversionProblem; record: (item: Json, account: Account, world: World) => void }> = {
  '/CampaignManagement/v13/OfflineConversions/Apply': { list: 'OfflineConversions', problem: conversionProblem, record: recordConversion },
  '/CampaignManagement/v13/OfflineConversionAdjustments/Apply': { list: 'OfflineConversionAdjustments', problem: adjustmentProblem, record: recordAdjustment },
};
const goalsPath = '/CampaignManagement/v13/ConversionGoals/QueryByIds';
const itemsMax = 1000;

export const microsoftOffline: Platform = {
  name: 'microsoft-offline',
  hosts: ['campaign.api.bingads.microsoft.com'],
  accounts: [{ account: '3000001/2000001', tokens: [], conversionActions: [{ id: 'Lead', name: 'Lead' }, { id: 'Purchase', name: 'Purchase' }], secret: 'sandbox-microsoft-developer-token' }],
  identify: (request) => ({ events: textsOf(itemsOf(request), 'ConversionName'), eventIds: [], transactionIds: [] }),
  fail: (code, request) => errorOfCode(code, itemsOf(request).length),
  handle(request, world) {
    if (request.method === 'POST' && request.path === goalsPath) return goals(request, world);
    const call = request.method === 'POST' ? calls[request.path] : undefined;
    if (!call) return { status: 404, outcome: 'refused', body: '' };
    const account = authorise(request, world);
    if ('status' in account) return account;
    const root = parseJson(request.text);
    if (!isObject(root) || !request.headers['content-type']?.startsWith('application/json')) return errorOfCode('NullRequest', 0)!;
    const items = root[call.list];
    if (!Array.isArray(items) || items.length === 0) return errorOfCode('OfflineConversionsNullOrEmpty', 0)!;
    if (items.length > itemsMax) return errorOfCode('OfflineConversionsLimitExceeded', 0)!;
    const errors: ItemError[] = [];
    for (const [index, item] of items.entries()) {
      const code = call.problem(item, account, world.now());
      if (code) errors.push({ index, code });
      else call.record(item as Json, account, world);
    }
    return { status: 200, outcome: errors.length < items.length ? 'accepted' : 'refused', body: { PartialErrors: partialErrors(errors) } };
  },
};

/** GetConversionGoalsByIds: without ids all goals of the types asked for. */
function goals(request: SandboxRequest, world: World): Answer {
  const account = authorise(request, world);
  if ('status' in account) return account;
  const root = parseJson(request.text);
  if (!isObject(root) || !isText(root.ConversionGoalTypes)) return errorOfCode('NullRequest', 0)!;
  const asked = root.ConversionGoalTypes.split(/[ ,]+/).includes('OfflineConversion');
  const ConversionGoals = asked ? account.conversionActions.map(({ id, name }) => ({ Id: id, Name: name, Status: 'Active', Type: 'OfflineConversion' })) : [];
  return { status: 200, outcome: 'read', body: { ConversionGoals, PartialErrors: [] } };
}

function authorise({ headers }: SandboxRequest, world: World): Account | Answer {
  const refuse = (code: string): Answer => errorOfCode(code, 0)!;
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (!token) return refuse('InvalidCredentials');
  const accounts = world.accounts('microsoft-offline');
  const own = accounts.find((account) => account.tokens.includes(token));
  const state = own ? 'good' : tokenState(token, world);
  if (state !== 'good') return refuse(state === 'expired' ? 'AuthenticationTokenExpired' : 'InvalidCredentials');
  if (!accounts.some((account) => account.secret === headers.developertoken)) return refuse('InvalidCredentials');
  const account = world.account('microsoft-offline', `${String(headers.customerid)}/${String(headers.customeraccountid)}`);
  return account && account.secret === headers.developertoken && (!own || own === account) ? account : refuse('UserIsNotAuthorized');
}

interface Conversion { currency: string | null; retracted: boolean }
const conversionsOf = (world: World) => world.memory<Conversion>('microsoft offline conversions');

/** Times of equal moment are equal, however many digits they have. */
const keyOf = (item: Json, account: Account): string => JSON.stringify([
  account.account, item.ConversionName, item.MicrosoftClickId ?? [item.HashedEmailAddress, item.HashedPhoneNumber], Date.parse(String(item.ConversionTime)),
]);

const eventOf = (item: Json, account: Account, time: unknown) => ({
  platform: 'microsoft-offline', account: account.account, event: String(item.ConversionName), eventId: null, transactionId: null,
  eventTime: new Date(String(time)).toISOString(), body: item,
} as const);

/** The same name, click and time again is ignored without an error: the first one counts. */
function recordConversion(item: Json, account: Account, world: World): void {
  const key = keyOf(item, account);
  const counted = !conversionsOf(world).has(key);
  const currency = isText(item.ConversionCurrencyCode) ? item.ConversionCurrencyCode : null;
  if (counted) conversionsOf(world).set(key, { currency, retracted: false });
  world.accept({ ...eventOf(item, account, item.ConversionTime), value: typeof item.ConversionValue === 'number' ? item.ConversionValue : null, currency, counted });
}

/** An adjustment of nothing is no error either: it has no effect. */
function recordAdjustment(item: Json, account: Account, world: World): void {
  const conversion = conversionsOf(world).get(keyOf(item, account));
  const retract = item.AdjustmentType === 'Retract';
  const currency = isText(item.AdjustmentCurrencyCode) ? item.AdjustmentCurrencyCode : conversion?.currency ?? null;
  const event = { ...eventOf(item, account, item.AdjustmentTime), value: retract ? 0 : Number(item.AdjustmentValue), currency, counted: false };
  if (!conversion) return world.accept({ ...event, reason: 'no conversion has this name, click id and time' });
  if (conversion.retracted) return world.accept({ ...event, reason: 'the conversion was retracted before' });
  conversion.retracted = retract;
  world.accept({ ...event, adjusted: true });
}

function itemsOf({ text }: SandboxRequest): unknown[] {
  const root = parseJson(text);
  const items = isObject(root) ? root.OfflineConversions ?? root.OfflineConversionAdjustments : null;
  return Array.isArray(items) ? items : [];
}
