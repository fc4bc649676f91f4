import { createHash, timingSafeEqual } from 'node:crypto';
import type { IntegrationDoc } from '../store/documents.ts';
import { integrationContext, open, type Keys } from '../store/secrets.ts';
import { addressList } from './client-address.ts';

/** Who may call: the address list and the secret of an integration. */

const SECRET_PARAMETER = 'secret';

/** Whether an address may call; an empty list lets everybody. */
export const mayCall = (integration: IntegrationDoc, address: string): boolean => {
  const list = integration.settings.ipList ?? [];
  return list.length === 0 || addressList(list)(address);
};

/** The parameter that carries the secret; null where the integration has none. One that is not installed is given the usual name. */
export function secretParameterOf(integration: IntegrationDoc | null): string | null {
  if (!integration) return SECRET_PARAMETER;
  return integration.settings.secretParameter || (integration.secret ? SECRET_PARAMETER : null);
}

/** The secret in clear; null where the integration has none. Throws SecretsError where no key of ours opens it. */
export const secretOf = (integration: IntegrationDoc, keys: Keys): string | null =>
  integration.secret && open(keys, integration.secret, integrationContext(integration._id));

/** Only the first value counts: a call that brings a thousand guesses has made one. */
export const secretMatches = (secret: string, values: readonly string[]): boolean =>
  values[0] !== undefined && timingSafeEqual(digest(values[0]), digest(secret));

/** Equal lengths, so that the comparison tells nothing of the secret's. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
