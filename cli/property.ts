import type { Command } from 'commander';
import type { IntegrationDoc, PropertyDoc } from '../store/documents.ts';
import { withExamples } from './examples.ts';
import { repeated } from './input.ts';
import { printFacts, printJson, printLine, printTable } from './print.ts';
import { withSession } from './session.ts';

export function addProperty(program: Command): void {
  const property = program.command('property').description('Sites or projects and their keys');

  withExamples(
    property
      .command('create')
      .description('Create a property, and install networks in it where given; prints its tag key and postback URL')
      .argument('<name>', 'its name')
      .option('--network <id>', 'install this network with its defaults (repeatable)', repeated)
      .option('--json', 'print JSON'),
    'property create "My site" --network kma',
  ).action((name: string, options: { network?: string[]; json?: boolean }) =>
    withSession(async ({ deps, publicUrl }) => {
      const { createProperty } = await import('../setup/properties.ts');
      const { addIntegration, requireNetwork } = await import('../setup/integrations.ts');
      const networks = [...new Set(options.network)];
      networks.forEach(requireNetwork);
      const created = await createProperty(deps, { name });
      const integrations: IntegrationDoc[] = [];
      for (const network of networks) integrations.push(await addIntegration(deps, created._id, network, {}));
      await printProperty(created, integrations, publicUrl, options.json);
    }),
  );

  withExamples(
    property.command('list').description('List the properties').option('--json', 'print JSON'),
    'property list',
  ).action((options: { json?: boolean }) =>
    withSession(async ({ deps }) => {
      const { listProperties } = await import('../setup/properties.ts');
      const properties = await listProperties(deps);
      if (options.json) return printJson(properties.map(({ _id: id, name, tagKey, createdAt }) => ({ id, name, tagKey, createdAt })));
      printTable(['Name', 'Tag key', 'Id', 'Created'], properties.map((each) => [each.name, each.tagKey, each._id, each.createdAt.toISOString()]), 'No properties yet.');
    }),
  );

  withExamples(
    property
      .command('show')
      .description('Show a property: its keys, all its postback URLs, and its destinations')
      .argument('<property>', 'name or id')
      .option('--json', 'print JSON'),
    'property show "My site"',
  ).action((name: string, options: { json?: boolean }) =>
    withSession(async ({ deps, publicUrl }) => {
      const { showProperty } = await import('../setup/properties.ts');
      const shown = await showProperty(deps, name);
      const destinations = shown.destinations.map(({ name: of, platform, state }) => ({ name: of, platform, state }));
      await printProperty(shown.property, shown.integrations, publicUrl, options.json, destinations);
    }),
  );
}

async function printProperty(
  property: PropertyDoc,
  integrations: IntegrationDoc[],
  publicUrl: string,
  json: boolean | undefined,
  destinations: { name: string; platform: string; state: string }[] = [],
): Promise<void> {
  const { postbackBase, postbackUrl } = await import('../setup/integrations.ts');
  const { _id: id, name, tagKey, postbackKey } = property;
  const urls = integrations.map(({ network, settings, secret }) => ({
    network,
    url: postbackUrl(publicUrl, property, network),
    secretParameter: secret ? (settings.secretParameter ?? null) : null,
  }));
  if (json) return printJson({ id, name, tagKey, postbackKey, postbackUrls: urls, destinations });
  printFacts([['Property', name], ['Id', id], ['Tag key', tagKey]]);
  for (const { network, url, secretParameter } of urls) {
    printLine(`\nPostback URL to paste at ${network} (keep it to yourself):\n${url}`);
    if (secretParameter) printLine(`Append ${url.includes('?') ? '&' : '?'}${secretParameter}= and the secret of this integration.`);
  }
  if (urls.length === 0) printLine(`\nPostback URL: ${postbackBase(publicUrl, property)}<network>?...\nInstall a network for the whole of it: tributary integration add "${name}" kma`);
  if (destinations.length) printLine();
  if (destinations.length) printTable(['Destination', 'Platform', 'State'], destinations.map((each) => [each.name, each.platform, each.state]), '');
}
