import type { BuildContext, Outcome, PlatformCall, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { misconfigured, toOutcome } from '../verdict.ts';
import { classify } from './classify.ts';
import { post } from './payload.ts';
import type { MicrosoftOfflineSettings } from './settings.ts';

/** Reads the offline conversion goals of the account (Campaign Management: "GetConversionGoalsByIds"); nothing is counted. */
export const check = (settings: MicrosoftOfflineSettings, ctx: BuildContext): PlatformRequest => ({
  ...post(settings, 'ConversionGoals/QueryByIds', { ConversionGoalIds: null, ConversionGoalTypes: 'OfflineConversion' }, ctx),
  sent: goalsNamed(settings).map((conversionName) => ({ conversionName })),
});

const goalsNamed = ({ conversionName, conversionNames }: MicrosoftOfflineSettings): string[] =>
  [...new Set([conversionName, ...Object.values(conversionNames ?? {})])].filter((name) => name !== undefined);

/** Passes where every goal named in the settings exists under that very name. */
export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const [outcome = { kind: 'delivered' } as Outcome] = classify(response, { ...request, sent: [{}] });
  if (outcome.kind !== 'delivered') return outcome;
  const goals = asArray(parseObject(response.body)?.['ConversionGoals']).map((goal) => asText(asObject(goal)?.['Name']));
  const missing = request.sent.flatMap(({ conversionName }) => (conversionName && !goals.includes(conversionName) ? [`"${conversionName}"`] : []));
  if (missing.length === 0) return { kind: 'delivered' };
  return toOutcome(misconfigured(`there is no offline conversion goal ${missing.join(', ')} in this account`), { code: 'goal_missing', said: null }, response.headers);
};

/** Goals are named only by the check. */
export const callOf = (body: Record<string, unknown>): PlatformCall | null => ('ConversionGoals' in body ? 'check' : null);
