import type { Outcome, PlatformCall, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { ofAtomic, outcomeOfNonJson, toOutcome } from '../verdict.ts';
import { refusedSettings, SETTINGS_FIELD, verdictOfValidation } from './errors.ts';

/** Google Analytics answers 2xx to whatever it gets, mostly without a body; what it then leaves out is not said. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const messages = messagesIn(response);
  if (messages.length > 0) return ofAtomic(request.sent, outcomeOfMessage(messages[0]!, response), new Set(messages.flatMap(indexIn)));
  return ofAtomic(request.sent, outcomeOf(response));
};

const outcomeOf = (response: PlatformResponse): Outcome => {
  const { status, headers, body } = response;
  const isPage = /^\s*</.test(body) || (headers['content-type'] ?? '').includes('text/html');
  if (status >= 200 && status < 300 && !isPage) return { kind: 'delivered' };
  return outcomeOfNonJson(response);
};

const messagesIn = ({ body }: PlatformResponse): Record<string, unknown>[] =>
  asArray(parseObject(body)?.['validationMessages']).map(asObject).filter((message) => message !== null);

const outcomeOfMessage = (message: Record<string, unknown>, { headers }: PlatformResponse): Outcome => {
  const code = asText(message['validationCode']) ?? 'validation';
  const field = asText(message['fieldPath']);
  const said = [field, asText(message['description'])].filter((part) => part !== null).join(': ');
  const verdict = SETTINGS_FIELD.test(said) ? refusedSettings : verdictOfValidation(code);
  return toOutcome(verdict, { code, said: said || null }, headers);
};

/** `events[1].params`, `Event at index: [1] has invalid name`. */
const indexIn = (message: Record<string, unknown>): number[] => {
  const found = /events\[(\d+)\]/.exec(asText(message['fieldPath']) ?? '') ?? /index: \[(\d+)\]/.exec(asText(message['description']) ?? '');
  return found ? [Number(found[1])] : [];
};

/** The validation server looks at everything but the secret. */
export const classifyCheck = (response: PlatformResponse): Outcome => {
  const [message] = messagesIn(response);
  if (message) return outcomeOfMessage(message, response);
  const outcome = outcomeOf(response);
  return outcome.kind === 'delivered' ? { kind: 'delivered', warnings: [SECRET_UNCHECKED] } : outcome;
};

const SECRET_UNCHECKED = 'Google Analytics never says whether the API secret is right: look for the first event in its Realtime report.';

export const callOf = (body: Record<string, unknown>): PlatformCall | null => ('validationMessages' in body ? 'check' : null);
