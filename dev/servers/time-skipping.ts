import { testServerRoutes } from './temporal-binary.ts';
import { firstRoute } from './routes.ts';

/**
 * The path of Temporal's time-skipping test server, fetched if need be, for `TestWorkflowEnvironment.createTimeSkipping`
 * as `{ type: 'existing-path', path }`. It has no schedules, batches, lists or search.
 */
export async function timeSkippingServerPath(): Promise<string> {
  const { found } = await firstRoute('time-skipping test server', testServerRoutes, 'Tests that skip time are left out.');
  return found.path;
}
