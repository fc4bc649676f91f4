import type { Command } from 'commander';
import type { IntegrationInput } from '../setup/integrations.ts';
import type { IntegrationDoc } from '../store/documents.ts';
import { usageError } from './errors.ts';
import { withExamples } from './examples.ts';
import { readSecret, readText, repeated, settingsFrom } from './input.ts';
import { printJson, printLine, printTable } from './print.ts';
import { withSession } from './session.ts';

interface Options {
  set?: string[];
  unset?: string[];
  secret?: string | false;
  rules?: string;
  defaultRules?: boolean;
  json?: boolean;
}

export function addIntegration(program: Command): void {
  const integration = program.command('integration').description('Networks installed in a property');

  withExamples(
    withInput(integration.command('add').description('Install a network in a property; prints the postback URL to paste there')),
    'integration add "My site" partnerize',
    'integration add "My site" generic --set defaultCurrency=USD --set timeZone=Europe/Kyiv',
    'integration add "My site" generic --set ipList=203.0.113.0/24,198.51.100.7 --set statusWords=ok=approved,no=rejected',
    'integration add "My site" generic --secret @network-secret.txt --set secretParameter=token',
  ).action((property: string, network: string, options: Options) =>
    withSession(async ({ deps, publicUrl }) => {
      const setup = await import('../setup/integrations.ts');
      const { findProperty } = await import('../setup/properties.ts');
      const added = await setup.addIntegration(deps, property, network, await inputOf(options));
      const url = setup.postbackUrl(publicUrl, await findProperty(deps, property), network);
      if (options.json) return printJson({ ...view(added), postbackUrl: url });
      printLine(`${network} is installed in "${property}". Postback URL to paste there (keep it to yourself):\n${url}`);
      if (added.secret) printLine(`Append ${url.includes('?') ? '&' : '?'}${added.settings.secretParameter}= and the secret.`);
    }),
  );

  withExamples(
    withInput(integration.command('set').description('Change settings, secret or rules of an installed network; what is not named stays')),
    'integration set "My site" kma --set clickIdSlot=data4 --unset timeZone',
    'integration set "My site" kma --rules rules.yaml',
    'integration set "My site" kma --no-secret',
  ).action((property: string, network: string, options: Options) =>
    withSession(async ({ deps }) => {
      const { setIntegration } = await import('../setup/integrations.ts');
      const result = await setIntegration(deps, property, network, await inputOf(options));
      if (options.json) return printJson({ ...view(result.integration), changed: result.changed });
      printLine(result.changed ? `${network} of "${property}" is changed.` : 'Nothing to change.');
    }),
  );

  withExamples(
    integration
      .command('list')
      .description('List the networks installed in a property and their settings')
      .argument('<property>', 'name or id')
      .option('--json', 'print JSON'),
    'integration list "My site"',
  ).action((property: string, options: { json?: boolean }) =>
    withSession(async ({ deps }) => {
      const { listIntegrations } = await import('../setup/integrations.ts');
      const integrations = await listIntegrations(deps, property);
      if (options.json) return printJson(integrations.map(view));
      const rows = integrations.map((each) => [each.network, each.rules ? `${each.rules.length} own` : 'default', each.secret ? 'yes' : 'no', settingsText(each)]);
      printTable(['Network', 'Rules', 'Secret', 'Settings'], rows, 'No networks installed.');
    }),
  );
}

const withInput = (command: Command): Command =>
  command
    .argument('<property>', 'name or id')
    .argument('<network>', 'id of the catalog, such as kma')
    .option('--set <name=value>', 'a setting: clickIdSlot, defaultCurrency, timeZone, statusWords, ipList, secretParameter, lateClickWaitMs, holdMs (repeatable)', repeated)
    .option('--unset <name>', 'take a setting back to its default (repeatable)', repeated)
    .option('--secret <source>', 'secret that the network must send: @file, or - for standard input')
    .option('--no-secret', 'the network sends no secret any more')
    .option('--rules <file>', 'own mapping rules instead of the defaults, YAML or JSON')
    .option('--default-rules', 'back to the default rules')
    .option('--json', 'print JSON');

async function inputOf(options: Options): Promise<IntegrationInput> {
  const input: IntegrationInput = { settings: settingsFrom(options) };
  if (options.secret) input.secret = await readSecret(options.secret, 'secret');
  else if (options.secret === false) input.secret = null;
  if (options.rules && options.defaultRules) throw usageError('options_conflict', 'Give either --rules or --default-rules.');
  if (options.rules) input.rules = await readRules(options.rules);
  else if (options.defaultRules) input.rules = null;
  return input;
}

async function readRules(path: string): Promise<unknown[]> {
  const { parseList } = await import('../setup/apply-file.ts');
  return parseList(await readText(path));
}

const view = ({ network, settings, secret, rules, version }: IntegrationDoc) => ({ network, settings, secret: secret !== null, rules, version });

const settingsText = ({ settings }: IntegrationDoc): string =>
  Object.entries(settings).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ') || '-';
