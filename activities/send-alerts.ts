import { Webhook } from 'standardwebhooks';
import { failAlert, leaveUnsent, settleAlert, takeUnsent, type AlertDoc } from '../store/alerts.ts';
import { backoffMs } from './backoff.ts';
import type { Deps } from './deps.ts';

/**
 * Tells the webhook of alerts, signed the Standard Webhooks way: at least once, each with its own next try. The message of an
 * alert is the same over all tries, and its id is the `webhook-id`, so that the receiver knows a repeat.
 */

const MINUTE = 60_000;
const RETRY_LONGEST_MS = 60 * MINUTE;
/** A receiver that is slow must not hold up the relay; the rest goes with the next pass. */
const SENDING_MAX_MS = 30_000;

/** Sends what is due, one after another, until one fails: what is wrong with the receiver is wrong for the others too. */
export async function sendAlerts(deps: Deps): Promise<void> {
  const { db, config } = deps;
  if (config.alertWebhookUrl === null || config.alertWebhookSecret === null) return leaveUnsent(db, new Date(deps.now()));
  const target = { url: config.alertWebhookUrl, webhook: new Webhook(config.alertWebhookSecret) };
  const untilMs = deps.now() + SENDING_MAX_MS;
  for (let nowMs = deps.now(); nowMs < untilMs; nowMs = deps.now()) {
    const alert = await takeUnsent(db, new Date(nowMs), (tries) => new Date(nowMs + backoffMs(tries, MINUTE, RETRY_LONGEST_MS)));
    if (!alert) return;
    const problem = await send(deps, target, alert);
    if (problem !== null) {
      const giveUp = deps.now() - alert.at.getTime() > config.alertSendForMs;
      await failAlert(db, alert._id, problem, giveUp);
      deps.log.warn({ alert: alert._id, tries: alert.tries, problem, givenUp: giveUp }, 'the alert webhook did not take an alert');
      return;
    }
    await settleAlert(db, alert._id, new Date(deps.now()));
  }
}

/** Null where it was taken, else why not; without the address, which may carry a token. */
async function send(deps: Deps, { url, webhook }: { url: string; webhook: Webhook }, alert: AlertDoc): Promise<string | null> {
  const body = messageOf(alert);
  const at = new Date(deps.now());
  const headers = {
    'content-type': 'application/json',
    'webhook-id': alert._id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': webhook.sign(alert._id, at, body),
  };
  try {
    const { status } = await deps.http.send({ method: 'POST', url, headers, body, publicOnly: true });
    return status >= 200 && status < 300 ? null : `It answered ${status}.`;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replaceAll(url, '[ALERT_WEBHOOK_URL]');
  }
}

/** `type`, `timestamp` and `data`, as Standard Webhooks lays them out. */
const messageOf = ({ _id: id, kind, subject, propertyId, level, sentence, sentCount, at }: AlertDoc): string =>
  JSON.stringify({ type: `alert.${kind}`, timestamp: at.toISOString(), data: { id, kind, subject, propertyId, level, sentence, count: sentCount } });
