/** Google Data Manager API v1: events:ingest takes all or nothing, requestStatus:retrieve tells later what became of it. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { isObject, parseJson, textsOf } from '../../checks.ts';
import type { World } from '../../world.ts';
import { newId } from '../../world.ts';
import { errorOfCode, invalidArgument, invalidPayload, notFoundPage } from './errors.ts';
import { tokenOf } from './oauth.ts';
import { processEvents } from './processing.ts';
import type { ProcessedDestination } from './processing.ts';
import { mismatches, withoutNulls } from './proto-json.ts';
import { requestViolations } from './rules.ts';
import type { Destination, IngestRequest } from './rules.ts';
import { ingestEventsRequest } from './schema.ts';

interface StoredRequest { readyAtMs: number; destinations: ProcessedDestination[] }
const requestsOf = (world: World) => world.memory<StoredRequest>('data-manager requests');

export const googleDataManager: Platform = {
  name: 'google-data-manager',
  hosts: ['datamanager.googleapis.com'],
  accounts: [{ account: '1234567890', tokens: [], conversionActions: [{ id: '111', name: 'Lead' }, { id: '222', name: 'Purchase' }] }],
  identify(request, world) {
    const root = parseJson(request.text);
    const { destinations, events } = isObject(root) ? root : {};
    const actions = textsOf(destinations, 'productDestinationId');
    const named = world.accounts('google-data-manager').flatMap((account) => account.conversionActions.filter(({ id }) => actions.includes(id)));
    return { events: named.map(({ name }) => name), eventIds: [], transactionIds: textsOf(events, 'transactionId') };
  },
  /** A processing error is taken at first and shows only in the request's status. */
  fail: (code, request, world) => (code.startsWith('PROCESSING_') ? serve(request, world, code) : errorOfCode(code)),
  handle: (request, world) => serve(request, world, null),
};

function serve(request: SandboxRequest, world: World, forcedReason: string | null): Answer {
  const call = `${request.method} ${request.path}`;
  if (call !== 'POST /v1/events:ingest' && call !== 'GET /v1/requestStatus:retrieve') return notFoundPage(request.path);
  const token = tokenOf(request.headers.authorization, 'google-data-manager', world);
  if (token.refusal) return errorOfCode(token.refusal)!;
  if (request.method === 'GET') return retrieve(request.query.get('requestId'), world);
  return ingest(request.text, world, token.account, forcedReason);
}

function ingest(text: string, world: World, tokenAccount: string | null, forcedReason: string | null): Answer {
  const root = parseJson(text);
  if (!isObject(root)) return invalidPayload([{ field: '', description: 'Invalid JSON payload received. Unexpected end of input.' }]);
  const unreadable = [...mismatches(root, ingestEventsRequest)];
  if (unreadable.length > 0) return invalidPayload(unreadable);
  const body = withoutNulls(root) as IngestRequest;
  const violations = [...requestViolations(body, world.now())];
  if (violations.length > 0) return invalidArgument(violations);
  const forbidden = refuseDestinations(body.destinations!, world, tokenAccount);
  if (forbidden) return forbidden;
  const requestId = newId();
  if (body.validateOnly) return { status: 200, outcome: 'read', body: { requestId } };
  const destinations = processEvents(body, world, forcedReason);
  requestsOf(world).set(requestId, { readyAtMs: world.now() + world.settings.processingMs, destinations });
  return { status: 200, outcome: 'accepted', body: { requestId } };
}

function refuseDestinations(destinations: Destination[], world: World, tokenAccount: string | null): Answer | null {
  for (const [index, { operatingAccount, productDestinationId }] of destinations.entries()) {
    const id = operatingAccount!.accountId!;
    const account = world.account('google-data-manager', id);
    if (!account || (tokenAccount !== null && tokenAccount !== id)) return errorOfCode('PERMISSION_DENIED');
    if (!account.conversionActions.some((action) => action.id === productDestinationId)) {
      return invalidArgument([{ field: `destinations[${index}].product_destination_id`, description: 'Conversion action ID is not valid.', reason: 'INVALID_CONVERSION_ACTION_ID' }]);
    }
  }
  return null;
}

function retrieve(requestId: string | null, world: World): Answer {
  if (!requestId) return invalidArgument([{ field: 'request_id', description: 'Required field is missing.', reason: 'REQUIRED_FIELD_MISSING' }]);
  const stored = requestsOf(world).get(requestId);
  if (!stored) return invalidArgument([{ field: 'request_id', description: 'The request ID used to retrieve the status of a request is not valid.', reason: 'INVALID_REQUEST_ID' }]);
  const done = world.now() >= stored.readyAtMs;
  return { status: 200, outcome: 'read', body: { requestStatusPerDestination: stored.destinations.map((one) => (done ? result(one) : { destination: one.destination, requestStatus: 'PROCESSING' })) } };
}

function result({ destination, recordCount, errors }: ProcessedDestination): Record<string, unknown> {
  const failed = [...errors.values()].reduce((sum, count) => sum + count, 0);
  return {
    destination,
    requestStatus: failed === 0 ? 'SUCCESS' : failed < recordCount ? 'PARTIAL_SUCCESS' : 'FAILED',
    ...(failed === 0 ? {} : { errorInfo: { errorCounts: [...errors].map(([reason, count]) => ({ recordCount: String(count), reason })) } }),
    eventsIngestionStatus: { recordCount: String(recordCount) },
  };
}
