/** Google Ads API: uploadClickConversions and uploadConversionAdjustments. Each item stands for itself, in partialFailureError. The account's secret is the developer token. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { isObject, parseJson, textsOf } from '../../checks.ts';
import type { Account, World } from '../../world.ts';
import type { Call } from './ads-codes.ts';
import { adjustmentKey, adjustmentProblems, conversionKey, conversionsOf, misfit, repeatProblem } from './ads-conversions.ts';
import { errorOfCode, invalidPayload, partialFailure, requestFailure, requestId } from './ads-errors.ts';
import type { ItemProblem } from './ads-errors.ts';
import { actionIdOf, conversionProblems, timeOf } from './ads-rules.ts';
import type { Problem } from './ads-rules.ts';
import { uploadClickConversionsRequest, uploadConversionAdjustmentsRequest } from './ads-schema.ts';
import type { Adjustment, ClickConversion, UploadRequest } from './ads-schema.ts';
import { notFoundPage } from './errors.ts';
import { tokenOf } from './oauth.ts';
import { mismatches, withoutNulls } from './proto-json.ts';

/** Versions in service on the day of v26. */
const versions = ['v23', 'v24', 'v25', 'v26'];
const itemsMax = 2000;

const calls: Record<string, { call: Call; type: Parameters<typeof mismatches>[1]; list: 'conversions' | 'conversionAdjustments'; tooMany: string }> = {
  uploadClickConversions: { call: 'conversions', type: uploadClickConversionsRequest, list: 'conversions', tooMany: 'TOO_MANY_CONVERSIONS_IN_REQUEST' },
  uploadConversionAdjustments: { call: 'conversion_adjustments', type: uploadConversionAdjustmentsRequest, list: 'conversionAdjustments', tooMany: 'TOO_MANY_ADJUSTMENTS_IN_REQUEST' },
};

export const googleAds: Platform = {
  name: 'google-ads',
  hosts: ['googleads.googleapis.com'],
  accounts: [{ account: '1234567890', tokens: [], conversionActions: [{ id: '111', name: 'Lead' }, { id: '222', name: 'Purchase' }], secret: 'sandbox-developer-token' }],
  identify(request, world) {
    const items = itemsOf(request.text);
    const actions = textsOf(items, 'conversionAction').map(actionIdOf);
    const named = world.accounts('google-ads').flatMap((account) => account.conversionActions.filter(({ id }) => actions.includes(id)));
    return { events: named.map(({ name }) => name), eventIds: [], transactionIds: textsOf(items, 'orderId') };
  },
  fail: (code, request) => errorOfCode(code, request.path, itemsOf(request.text).length),
  handle(request, world) {
    const [, version = '', rest = ''] = /^\/(v\d+)\/(.*)$/.exec(request.path) ?? [];
    const [, customerId = '', method = ''] = /^customers\/([^/:]+):(\w+)$/.exec(rest) ?? [];
    const listing = request.method === 'GET' && rest === 'customers:listAccessibleCustomers';
    if (!versions.includes(version) || !(listing || (request.method === 'POST' && calls[method]))) return notFoundPage(request.path);
    const token = tokenOf(request.headers.authorization, 'google-ads', world);
    if (token.refusal) return errorOfCode(token.refusal, request.path, 0)!;
    const owned = ownedAccounts(request, token.account, world);
    if (!Array.isArray(owned)) return owned;
    if (listing) return { status: 200, outcome: 'read', body: { resourceNames: owned.map(({ account }) => `customers/${account}`) } };
    if (!/^\d+$/.test(customerId)) return requestFailure('INVALID_CUSTOMER_ID');
    const account = owned.find((one) => one.account === customerId);
    return account ? upload(request.text, method, account, world) : requestFailure('USER_PERMISSION_DENIED');
  },
};

/** The accounts that the headers open, or the refusal of the headers. */
function ownedAccounts({ headers }: SandboxRequest, tokenAccount: string | null, world: World): Account[] | Answer {
  const developerToken = headers['developer-token'];
  if (!developerToken) return requestFailure('DEVELOPER_TOKEN_PARAMETER_MISSING');
  const owned = world.accounts('google-ads').filter((account) => account.secret === developerToken);
  if (owned.length === 0) return requestFailure('DEVELOPER_TOKEN_INVALID');
  const manager = headers['login-customer-id'];
  if (manager !== undefined && !/^\d+$/.test(String(manager))) return requestFailure('INVALID_LOGIN_CUSTOMER_ID');
  return owned.filter((account) => tokenAccount === null || account.account === tokenAccount);
}

function upload(text: string, method: string, account: Account, world: World): Answer {
  const { call, type, list, tooMany } = calls[method]!;
  const root = parseJson(text);
  if (!isObject(root)) return invalidPayload([{ field: '', description: 'Invalid JSON payload received. Unexpected end of input.' }]);
  const unreadable = [...mismatches(root, type)];
  if (unreadable.length > 0) return invalidPayload(unreadable);
  const body = withoutNulls(root) as UploadRequest;
  const items = body[list] ?? [];
  if (items.length === 0) return requestFailure('REQUIRED_FIELD_MISSING', [call]);
  if (items.length > itemsMax) return requestFailure(tooMany, [call]);
  if (body.partialFailure !== true) return requestFailure('PARTIAL_FAILURE_MODE_REQUIRED', ['partial_failure']);
  if (body.jobId !== undefined && (body.jobId < 1 || body.jobId >= 2 ** 31)) return requestFailure('INVALID_JOB_ID', ['job_id']);
  const process = call === 'conversions' ? takeConversions(body.conversions!, account, world) : takeAdjustments(body.conversionAdjustments!, account, world);
  const problems: ItemProblem[] = [];
  const results = items.map((item, index) => {
    const found = process(item as ClickConversion & Adjustment, !body.validateOnly);
    problems.push(...found.map((problem) => ({ index, ...problem })));
    return found.length > 0 ? {} : resultOf(item);
  });
  const id = requestId();
  const failed = new Set(problems.map(({ index }) => index)).size;
  return {
    status: 200, headers: { 'request-id': id }, outcome: failed === items.length || (body.validateOnly && failed > 0) ? 'refused' : body.validateOnly ? 'read' : 'accepted',
    body: {
      ...(failed > 0 ? { partialFailureError: partialFailure(problems, call, id) } : {}),
      ...(body.validateOnly ? {} : { results }),
      jobId: String(body.jobId ?? 2 ** 31 + world.accepted.length),
    },
  };
}

type Take<Item> = (item: Item, record: boolean) => Problem[];

function takeConversions(items: ClickConversion[], account: Account, world: World): Take<ClickConversion> {
  const keys = items.map((item) => conversionKey(item, account));
  return (item, record) => {
    const problems = [...conversionProblems(item, account, world.now())];
    if (problems.length > 0) return problems;
    const key = conversionKey(item, account);
    const repeat = key === null ? null : repeatProblem(key, Boolean(item.orderId), keys.filter((one) => one === key).length, world);
    if (repeat) return [repeat];
    if (!record) return [];
    const timeMs = timeOf(item.conversionDateTime)!;
    const currency = item.currencyCode ?? null;
    if (key !== null) conversionsOf(world).set(key, { timeMs, currency, viaWbraid: item.wbraid !== undefined, retracted: false, adjustedAtMs: null });
    world.accept({ ...eventOf(item, account), eventTime: new Date(timeMs).toISOString(), value: item.conversionValue ?? null, currency, counted: true });
    return [];
  };
}

function takeAdjustments(items: Adjustment[], account: Account, world: World): Take<Adjustment> {
  const identity = (item: Adjustment): string => `${adjustmentKey(item, account)} ${item.adjustmentDateTime}`;
  const identities = items.map(identity);
  return (item, record) => {
    const problems = [...adjustmentProblems(item, account, world)];
    if (problems.length > 0) return problems;
    if (identities.filter((one) => one === identity(item)).length > 1) return [{ field: 'adjustment_date_time', code: 'DUPLICATE_ADJUSTMENT_IN_REQUEST' }];
    const key = adjustmentKey(item, account);
    const problem = misfit(item, key, world);
    if (problem) return [problem];
    if (!record) return [];
    const conversion = conversionsOf(world).get(key)!;
    const retracted = item.adjustmentType === 'RETRACTION';
    conversion.retracted = retracted;
    conversion.adjustedAtMs = timeOf(item.adjustmentDateTime)!;
    world.accept({
      ...eventOf(item, account), eventTime: new Date(conversion.adjustedAtMs).toISOString(), counted: false, adjusted: true,
      value: retracted ? 0 : item.restatementValue!.adjustedValue!, currency: item.restatementValue?.currencyCode ?? conversion.currency,
    });
    return [];
  };
}

function eventOf(item: ClickConversion | Adjustment, account: Account) {
  const action = account.conversionActions.find(({ id }) => id === actionIdOf(item.conversionAction))!;
  return { platform: 'google-ads', account: action.id, event: action.name, eventId: null, transactionId: item.orderId ?? null, body: item } as const;
}

/** A result repeats what identifies its item. */
function resultOf(item: ClickConversion | Adjustment): Record<string, unknown> {
  const keys = ['gclid', 'gbraid', 'wbraid', 'conversionAction', 'conversionDateTime', 'userIdentifiers', 'gclidDateTimePair', 'adjustmentDateTime', 'adjustmentType'];
  if ('adjustmentType' in item) keys.push('orderId');
  return Object.fromEntries(Object.entries(item).filter(([key]) => keys.includes(key)));
}

function itemsOf(text: string): unknown[] {
  const root = parseJson(text);
  const items = isObject(root) ? root.conversions ?? root.conversionAdjustments : null;
  return Array.isArray(items) ? items : [];
}
