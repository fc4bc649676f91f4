/**
 * Every setting of every process in one table: name, environment variable, default, unit and meaning.
 * docs/configuration.md is generated from it. Read once at start by `readConfig(process.env)`; an invalid value ends the
 * process with a sentence that names the variable.
 */

type Kind = 'text' | 'secret' | 'integer' | 'boolean' | 'list';
interface Setting {
  env: string;
  kind: Kind;
  default: string | number | boolean | null;
  unit?: string;
  meaning: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const settings = {
  apiHost: { env: 'API_HOST', kind: 'text', default: '127.0.0.1', meaning: 'Address that the API listens on.' },
  apiPort: { env: 'API_PORT', kind: 'integer', default: 8080, meaning: 'Port that the API listens on; 0 takes a free one.' },
  publicUrl: { env: 'PUBLIC_URL', kind: 'text', default: null, meaning: 'Address under which networks and browsers reach the API; the postback URL starts with it. Default: http://<API_HOST>:<API_PORT>.' },
  trustedProxies: { env: 'TRUSTED_PROXIES', kind: 'list', default: null, meaning: 'Addresses or CIDR ranges of your reverse proxies, comma-separated. The client is then the rightmost address of X-Forwarded-For that is not one of them.' },
  dataDir: { env: 'DATA_DIR', kind: 'text', default: '.data', meaning: 'Folder on a disk that lasts, for what the API keeps by itself while MongoDB is away: spool and snapshot.' },
  spoolDir: { env: 'SPOOL_DIR', kind: 'text', default: null, meaning: 'Folder of the spool. Default: <DATA_DIR>/spool.' },
  spoolMaxBytes: { env: 'SPOOL_MAX_BYTES', kind: 'integer', default: 512 * 1024 * 1024, unit: 'bytes', meaning: 'How large the spool may grow; over it postbacks are answered 503. Calls that could not be checked fill at most half of it.' },
  spoolDrainIntervalMs: { env: 'SPOOL_DRAIN_INTERVAL_MS', kind: 'integer', default: 5 * SECOND, unit: 'ms', meaning: 'How often the API tries to empty its spool.' },
  snapshotFile: { env: 'SNAPSHOT_FILE', kind: 'text', default: null, meaning: 'File with the encrypted snapshot of properties and integrations. Default: <DATA_DIR>/snapshot.json.' },
  snapshotIntervalMs: { env: 'SNAPSHOT_INTERVAL_MS', kind: 'integer', default: 15 * SECOND, unit: 'ms', meaning: 'How often the snapshot is brought up to date.' },
  intakeStoreTimeoutMs: { env: 'INTAKE_STORE_TIMEOUT_MS', kind: 'integer', default: 3 * SECOND, unit: 'ms', meaning: 'How long a postback waits for MongoDB; then Temporal is handed the whole report, or it goes into the spool.' },
  bodyMaxBytes: { env: 'BODY_MAX_BYTES', kind: 'integer', default: 512 * 1024, unit: 'bytes', meaning: 'Largest request body taken at intake; over it 413.' },
  startsMax: { env: 'STARTS_MAX', kind: 'integer', default: 64, meaning: 'Calls to Temporal that one API process has in flight; what is over it is left to the relay.' },
  temporalCallTimeoutMs: { env: 'TEMPORAL_CALL_TIMEOUT_MS', kind: 'integer', default: 2 * SECOND, unit: 'ms', meaning: 'Deadline of a call from the API or the relay to Temporal.' },
  refusalsMax: { env: 'REFUSALS_MAX', kind: 'integer', default: 10_000, meaning: 'Refused calls kept for one property.' },
  refusalsKeptMs: { env: 'REFUSALS_KEPT_MS', kind: 'integer', default: 30 * DAY, unit: 'ms', meaning: 'How long a refused call is kept.' },
  postbacksKeptMs: { env: 'POSTBACKS_KEPT_MS', kind: 'integer', default: 730 * DAY, unit: 'ms', meaning: 'How long a raw postback is kept.' },
  attemptsKeptMs: { env: 'ATTEMPTS_KEPT_MS', kind: 'integer', default: 180 * DAY, unit: 'ms', meaning: 'How long the record of a request to a platform is kept.' },
  auditKeptMs: { env: 'AUDIT_KEPT_MS', kind: 'integer', default: 730 * DAY, unit: 'ms', meaning: 'How long the audit of what was done by hand is kept.' },

  mongodbUri: { env: 'MONGODB_URI', kind: 'secret', default: 'mongodb://127.0.0.1:27017', meaning: 'MongoDB: a replica set in production.' },
  mongodbDatabase: { env: 'MONGODB_DATABASE', kind: 'text', default: 'tributary', meaning: 'Database name.' },
  mongodbTimeoutMs: { env: 'MONGODB_TIMEOUT_MS', kind: 'integer', default: 10 * SECOND, unit: 'ms', meaning: 'How long one MongoDB operation may take, finding a server included.' },

  temporalAddress: { env: 'TEMPORAL_ADDRESS', kind: 'text', default: '127.0.0.1:7233', meaning: 'Temporal frontend, host:port.' },
  temporalNamespace: { env: 'TEMPORAL_NAMESPACE', kind: 'text', default: 'default', meaning: 'Temporal namespace.' },
  temporalUiUrl: { env: 'TEMPORAL_UI_URL', kind: 'text', default: null, meaning: 'Address of the Temporal UI, for links.' },
  retentionMs: { env: 'TEMPORAL_RETENTION_MS', kind: 'integer', default: 30 * DAY, unit: 'ms', meaning: 'How long Temporal keeps closed runs; set at start.' },

  credentialsKey: { env: 'CREDENTIALS_KEY', kind: 'secret', default: null, meaning: 'Keys that encrypt credentials at rest: `<keyId>:<32 bytes in base64>`, comma-separated, the first one encrypts, all decrypt. `npm start` makes one under .data/ if unset.' },

  apiToken: { env: 'API_TOKEN', kind: 'secret', default: null, meaning: 'Bearer token of /api/v1 and of the commands that use it, at least 16 characters; its holder is called `operator` in the audit. `npm start` makes one under .data/ if neither this nor API_TOKENS is set.' },
  apiTokens: { env: 'API_TOKENS', kind: 'secret', default: null, meaning: 'Bearer tokens of /api/v1 by the name of the person or program that holds each: `<name>:<token>`, comma-separated. Without this and API_TOKEN, /api/v1 answers 503.' },
  operateTimeoutMs: { env: 'OPERATE_TIMEOUT_MS', kind: 'integer', default: 15 * SECOND, unit: 'ms', meaning: 'How long /api/v1 waits for a worker to carry out what an operator asked for; after it the answer is 504 and the outcome open.' },

  lateClickWaitMs: { env: 'LATE_CLICK_WAIT_MS', kind: 'integer', default: 24 * HOUR, unit: 'ms', meaning: 'How long a conversion waits for a click that is not known yet.' },
  holdMs: { env: 'HOLD_MS', kind: 'integer', default: 60 * DAY, unit: 'ms', meaning: 'How long the run of a conversion that is not final stays open after its last applied report.' },
  relayIntervalMs: { env: 'RELAY_INTERVAL_MS', kind: 'integer', default: MINUTE, unit: 'ms', meaning: 'How often the relay looks for postbacks without an outcome and conversions that are overdue.' },
  relayAfterMs: { env: 'RELAY_AFTER_MS', kind: 'integer', default: MINUTE, unit: 'ms', meaning: 'Age at which a postback without an outcome is signalled (again).' },
  relayBatch: { env: 'RELAY_BATCH', kind: 'integer', default: 200, meaning: 'Postbacks and conversions that one pass of the relay takes on.' },

  replayPerSecond: { env: 'REPLAY_PER_SECOND', kind: 'integer', default: 10, unit: 'conversions a second', meaning: 'How fast a replay goes that does not say itself.' },
  replayResultsKeptMs: { env: 'REPLAY_RESULTS_KEPT_MS', kind: 'integer', default: 90 * DAY, unit: 'ms', meaning: 'How long the result list of a replay is kept.' },

  workflowSlots: { env: 'WORKFLOW_SLOTS', kind: 'integer', default: 40, meaning: 'Workflow tasks that one worker runs at once.' },
  activitySlots: { env: 'ACTIVITY_SLOTS', kind: 'integer', default: 100, meaning: 'Deliveries that one worker has in flight.' },
  cachedWorkflows: { env: 'CACHED_WORKFLOWS', kind: 'integer', default: 500, meaning: 'Runs that one worker keeps in memory.' },
  shutdownGraceMs: { env: 'SHUTDOWN_GRACE_MS', kind: 'integer', default: 25 * SECOND, unit: 'ms', meaning: 'How long a worker or API that was asked to stop lets work in flight end.' },

  platformTimeoutMs: { env: 'PLATFORM_TIMEOUT_MS', kind: 'integer', default: 10 * SECOND, unit: 'ms', meaning: 'Longest whole request to an ad platform, body included.' },
  platformResponseMaxBytes: { env: 'PLATFORM_RESPONSE_MAX_BYTES', kind: 'integer', default: 256 * 1024, unit: 'bytes', meaning: 'Largest answer of an ad platform that is read.' },
  retryFirstMs: { env: 'RETRY_FIRST_MS', kind: 'integer', default: 5 * SECOND, unit: 'ms', meaning: 'First wait between attempts of a delivery; doubled each time.' },
  retryLongestMs: { env: 'RETRY_LONGEST_MS', kind: 'integer', default: 30 * MINUTE, unit: 'ms', meaning: 'Longest wait between attempts of a delivery that a platform did not ask for itself.' },
  resultPollFirstMs: { env: 'RESULT_POLL_FIRST_MS', kind: 'integer', default: null, unit: 'ms', meaning: 'First question after an asynchronous result (Data Manager). Default: what the platform asks for, 30 minutes.' },
  resultPollLongestMs: { env: 'RESULT_POLL_LONGEST_MS', kind: 'integer', default: 2 * HOUR, unit: 'ms', meaning: 'Longest wait between questions after an asynchronous result.' },
  destinationProbeMs: { env: 'DESTINATION_PROBE_MS', kind: 'integer', default: 15 * MINUTE, unit: 'ms', meaning: 'How often one parked delivery is attempted at a destination that a delivery had paused, to see whether it works again.' },
  drainPerSecond: { env: 'DRAIN_PER_SECOND', kind: 'integer', default: 20, unit: 'conversions a second', meaning: 'How fast what was parked at a destination goes on once it is active again.' },
  destinationInFlightMax: { env: 'DESTINATION_IN_FLIGHT_MAX', kind: 'integer', default: 8, unit: 'requests', meaning: 'Requests that one worker has in flight to one destination, so that a platform that hangs leaves the others their slots.' },
  destinationPerSecond: { env: 'DESTINATION_PER_SECOND', kind: 'integer', default: 50, unit: 'requests a second', meaning: 'Requests that one worker begins to one destination, on average.' },
  destinationBurst: { env: 'DESTINATION_BURST', kind: 'integer', default: 100, unit: 'requests', meaning: 'Requests that one worker may begin to one destination at once after a pause.' },
  webhookAllowPrivate: { env: 'WEBHOOK_ALLOW_PRIVATE', kind: 'boolean', default: false, meaning: 'Webhooks may go to private, loopback and link-local addresses: for a tracker on the same machine or network.' },
  sandboxOrigin: { env: 'SANDBOX_ORIGIN', kind: 'text', default: null, meaning: 'Development only: every request to an ad platform goes to <origin>/<host>/<path> instead.' },

  alertWebhookUrl: { env: 'ALERT_WEBHOOK_URL', kind: 'secret', default: null, meaning: 'Where alerts are sent, as a POST signed the Standard Webhooks way; an address in a private network only with WEBHOOK_ALLOW_PRIVATE. Without it they are in the log alone.' },
  alertWebhookSecret: { env: 'ALERT_WEBHOOK_SECRET', kind: 'secret', default: null, meaning: 'Signs the alerts: `whsec_` and base64.' },
  alertSendForMs: { env: 'ALERT_SEND_FOR_MS', kind: 'integer', default: 3 * DAY, unit: 'ms', meaning: 'How long an alert that the webhook does not take is tried again.' },
  alertsKeptMs: { env: 'ALERTS_KEPT_MS', kind: 'integer', default: 90 * DAY, unit: 'ms', meaning: 'How long the record of an alert is kept.' },
  alertRelayAgeMs: { env: 'ALERT_RELAY_AGE_MS', kind: 'integer', default: 10 * MINUTE, unit: 'ms', meaning: 'Age of a postback without an outcome that raises an alert; 0: none.' },
  alertUnattributedPercent: { env: 'ALERT_UNATTRIBUTED_PERCENT', kind: 'integer', default: null, unit: '%', meaning: 'Share of an integration\'s conversions of one day without a click over which an alert is raised. Default: none is.' },
  alertUnattributedLeast: { env: 'ALERT_UNATTRIBUTED_LEAST', kind: 'integer', default: 20, unit: 'conversions', meaning: 'Fewer than these in the day say nothing about the share without a click.' },
  alertSilenceMs: { env: 'ALERT_SILENCE_MS', kind: 'integer', default: null, unit: 'ms', meaning: 'How long an integration that used to report may be silent before an alert is raised. Default: for ever.' },

  logLevel: { env: 'LOG_LEVEL', kind: 'text', default: 'info', meaning: 'trace, debug, info, warn, error or silent.' },
} as const satisfies Record<string, Setting>;

type Value<S extends Setting> = S['kind'] extends 'integer'
  ? S['default'] extends null ? number | null : number
  : S['kind'] extends 'boolean'
    ? boolean
    : S['kind'] extends 'list'
      ? string[]
      : S['default'] extends null ? string | null : string;

export type Config = { -readonly [K in keyof typeof settings]: Value<(typeof settings)[K]> };

/** Thrown for a variable that cannot be read; `message` is a sentence for the person who set it. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
}

/** Reads the table from an environment. Empty variables count as unset. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const out: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) out[name] = readValue(setting, env[setting.env]);
  const config = out as Config;
  config.publicUrl ??= `http://${config.apiHost}:${config.apiPort}`;
  checkAlertWebhook(config);
  return config;
}

/** At start, and not when the first alert cannot be sent. */
function checkAlertWebhook({ alertWebhookUrl: url, alertWebhookSecret: secret }: Config): void {
  if (url === null) return;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new ConfigError('ALERT_WEBHOOK_URL must be an http or https address.');
  if (!secret || !/^(whsec_)?([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/.test(secret) || secret === 'whsec_') {
    throw new ConfigError('ALERT_WEBHOOK_SECRET must be set where ALERT_WEBHOOK_URL is: whsec_ and base64.');
  }
}

function readValue(setting: Setting, raw: string | undefined): unknown {
  const text = raw?.trim();
  if (!text) return setting.kind === 'list' ? [] : setting.default;
  switch (setting.kind) {
    case 'integer':
      if (!/^\d{1,15}$/.test(text)) throw new ConfigError(`${setting.env} must be a whole number${setting.unit ? ` of ${setting.unit}` : ''}.`);
      return Number(text);
    case 'boolean':
      if (!['true', 'false', '1', '0'].includes(text)) throw new ConfigError(`${setting.env} must be true or false.`);
      return text === 'true' || text === '1';
    case 'list':
      return text.split(',').map((part) => part.trim()).filter(Boolean);
    default:
      return text;
  }
}
