import { redactor } from '../destinations/redaction.ts';
import { destinationByPlatform } from '../destinations/catalog.ts';
import { versionWarning } from '../destinations/versions.ts';
import { type AccessToken, AuthorisationError, type BuildContext, type Destination, type Fetch, type Outcome } from '../destinations/contract.ts';
import type { DestinationDoc } from '../store/documents.ts';
import { keepRenewed } from '../store/renewed-secrets.ts';
import { destinationContext, open } from '../store/secrets.ts';
import type { SendRequest, SetupDeps } from './deps.ts';
import type { Settings } from './fields.ts';

export interface CheckResult {
  /** `unavailable`: the platform offers nothing to ask that would not count a conversion. `unanswered`: it was asked and no answer came. */
  state: 'passed' | 'failed' | 'unanswered' | 'unavailable';
  code: string | null;
  message: string;
}

/** Asks the platform whether these settings work, without counting a conversion. Never throws for what the platform or the network does. */
export async function checkDestination(deps: SetupDeps, destination: DestinationDoc, send: SendRequest): Promise<CheckResult> {
  const platform = destinationByPlatform(destination.platform);
  if (!platform) return failed('platform_unknown', `This version has no platform "${destination.platform}".`);
  const secrets = JSON.parse(open(deps.keys, destination.secrets, destinationContext(destination._id))) as Settings;
  const settings = platform.settings.safeParse({ ...destination.settings, ...secrets });
  if (!settings.success) return failed('setting_invalid', `The settings of "${destination.name}" are not valid in this version: set them anew.`);
  const tokens: string[] = [];
  const keep = async ({ token, renewed }: AccessToken): Promise<void> => {
    tokens.push(token, ...Object.values(renewed ?? {}));
    if (renewed) await keepRenewed(deps.db, deps.keys, destination, renewed);
  };
  const result = await ask(platform, settings.data, deps.now(), send, keep).catch((error: unknown) => withoutAnswer(platform, error));
  return { ...result, message: redactor([...Object.values(secrets), ...tokens].filter((value) => typeof value === 'string'))(result.message) };
}

/** A platform that rotates refresh tokens does so for a check too: `keep` stores the new one, or the deliveries would have the old. */
async function ask(platform: Destination, settings: unknown, nowMs: number, send: SendRequest, keep: (token: AccessToken) => Promise<void>): Promise<CheckResult> {
  const authorised = await platform.authorise?.(settings, fetchBy(send), nowMs);
  if (authorised) await keep(authorised);
  if (!platform.check || !platform.classifyCheck) {
    return authorised
      ? { state: 'passed', code: null, message: `${platform.title} gave an access token; it offers no further check.` }
      : { state: 'unavailable', code: null, message: `${platform.title} offers no check; the settings are complete.` };
  }
  const ctx: BuildContext = { nowMs, validateOnly: true, ...(authorised && { accessToken: authorised.token }) };
  const request = platform.check(settings, ctx);
  const ending = versionWarning(platform, (settings as { apiVersion?: unknown }).apiVersion, nowMs);
  return resultOf(platform, withWarning(platform.classifyCheck(await send(request), request), ending));
}

const withWarning = (outcome: Outcome, warning: string | null): Outcome =>
  warning && (outcome.kind === 'delivered' || outcome.kind === 'accepted') ? { ...outcome, warnings: [...(outcome.warnings ?? []), warning] } : outcome;

function resultOf(platform: Destination, outcome: Outcome): CheckResult {
  if (outcome.kind === 'delivered' || outcome.kind === 'accepted') {
    return { state: 'passed', code: null, message: [`${platform.title} accepts these settings.`, ...(outcome.warnings ?? [])].join(' ') };
  }
  return failed(outcome.code, outcome.message);
}

function withoutAnswer(platform: Destination, error: unknown): CheckResult {
  if (error instanceof AuthorisationError) return resultOf(platform, error.outcome);
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { state: 'unanswered', code: typeof code === 'string' ? code : 'check_failed', message: String(message || error) };
}

const failed = (code: string, message: string): CheckResult => ({ state: 'failed', code, message });

const fetchBy = (send: SendRequest): Fetch => (url, init) =>
  send({ method: init?.method === 'GET' ? 'GET' : 'POST', url, headers: init?.headers ?? {}, body: init?.body ?? null, sent: [] });
