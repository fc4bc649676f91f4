import { z } from 'zod';
import type { BuildContext, OutboundEvent } from '../contract.ts';
import { optionalText, setting } from '../setting.ts';
import { targetOf, targetsByEvent } from '../targets.ts';

/** An account number as Google Ads shows it (123-456-7890) or as the API wants it. */
export const accountId = z
  .string()
  .trim()
  .transform((value) => value.replaceAll('-', ''))
  .pipe(z.string().regex(/^\d{10}$/, 'A Google Ads account number has ten digits, such as 123-456-7890.'));

const EXAMPLE = 'Write Lead=123456789,Purchase=987654321: the event, then the number of its conversion action.';
const actionId = z.string().trim().regex(/^\d{1,19}$/, 'A conversion action has a number: ctId in the address of its page in Google Ads.');

/** One conversion action for everything, one for each event, or both: the named one comes first. */
export const actionSettings = {
  conversionActionId: setting(optionalText.pipe(actionId.optional()), {
    label: 'Conversion action',
    help: 'Number of the conversion action (type "Import from clicks") that serves every event not named below: ctId in the address of its page in Google Ads.',
  }),
  conversionActions: setting(targetsByEvent(actionId), {
    label: 'Conversion actions by event',
    help: `One conversion action of the type "Import from clicks" for each event. ${EXAMPLE}`,
  }),
};

export interface ActionSettings {
  conversionActionId?: string | undefined;
  conversionActions?: Record<string, string> | undefined;
}

const hasMap = ({ conversionActions }: ActionSettings): boolean => Object.keys(conversionActions ?? {}).length > 0;

export const namesAnAction = (settings: ActionSettings): boolean => Boolean(settings.conversionActionId) || hasMap(settings);
export const namesNoAction = { message: `Name at least one conversion action. ${EXAMPLE}`, path: ['conversionActionId'] };

const PLACEHOLDER = 'CONVERSION_ACTION_ID';

/** The action of an event; settings that name none at all are those of a preview, where a placeholder stands for it. */
export const actionOf = (event: Pick<OutboundEvent, 'name' | 'event'>, settings: ActionSettings): string | undefined =>
  targetOf(event, settings.conversionActions, settings.conversionActionId) ?? (namesAnAction(settings) ? undefined : PLACEHOLDER);

/** Said once a request in a preview whose settings name no action. */
export const warnOfPlaceholder = (settings: ActionSettings, ctx: BuildContext): void => {
  if (!namesAnAction(settings)) ctx.warn?.(`settings.conversionActionId is missing: ${PLACEHOLDER} stands for it.`);
};

export const actionProblem = (event: OutboundEvent, settings: ActionSettings): string | null =>
  actionOf(event, settings) === undefined
    ? `No conversion action is set for ${event.name}: add ${event.name}=<its number> to the conversion actions of this destination, or set conversionActionId.`
    : null;

/** Every action that the settings name, each once. */
export const actionsOf = ({ conversionActionId, conversionActions }: ActionSettings): string[] =>
  [...new Set([...Object.values(conversionActions ?? {}), ...(conversionActionId ? [conversionActionId] : [])])];
