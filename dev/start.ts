import { readConfig } from '../config.ts';
import { postbackUrl } from '../setup/integrations.ts';
import { ensureStarterProperty } from './first-property.ts';
import { LaunchError } from './launch-error.ts';
import { startStack, type Stack } from './stack.ts';
import { untilStopped } from './until-stopped.ts';

/**
 * `npm start`: the whole product on one machine, until Ctrl-C. Data is kept in .data/ (DATA_DIR). Ports are fixed, so that
 * the postback URL given to a network stays good.
 */

function port(name: string, fallback: number): number {
  const text = process.env[name]?.trim();
  if (!text) return fallback;
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535) throw new LaunchError(`${name} must be a port, 1 to 65535.`);
  return Number(text);
}

const start = (): Promise<Stack> =>
  startStack({
    dataDir: process.env.DATA_DIR || '.data',
    restart: true,
    preference: 'durable',
    synchronous: 'FULL',
    apiPort: port('API_PORT', 8080),
    temporalPort: port('TEMPORAL_PORT', 7233),
    uiPort: port('TEMPORAL_UI_PORT', 8233),
    mongodbPort: port('MONGODB_PORT', 27_017),
    log: (line) => console.log(line),
  });

async function announce(stack: Stack): Promise<void> {
  const properties = await ensureStarterProperty(stack);
  console.log(`\nTributary is running.\n`);
  console.log(`  API          ${stack.apiUrl}`);
  const { publicUrl: localUrl, sandboxOrigin } = readConfig({ ...stack.env, PUBLIC_URL: undefined });
  if (localUrl !== stack.apiUrl) console.log(`  locally      ${localUrl}`);
  if (stack.temporalUiUrl) console.log(`  Temporal UI  ${stack.temporalUiUrl}`);
  console.log(`  Logs         ${stack.logDir}`);
  if (sandboxOrigin) console.log(`\nDevelopment: every request to an ad platform goes to ${sandboxOrigin}, no real event goes out.`);
  for (const { property, networks } of properties) {
    console.log(`\nProperty "${property.name}": tag key ${property.tagKey}, clicks go to ${stack.apiUrl}/${property.tagKey}/clicks`);
    for (const network of networks) {
      console.log(`Postback URL of "${property.name}" for ${network}; it holds a secret key, so keep it between you and the network:`);
      console.log(`  ${postbackUrl(stack.apiUrl, property, network)}`);
    }
  }
  console.log('\nCtrl-C stops everything; the data stays.');
}

await untilStopped(start, announce);
