import type { Command } from 'commander';
import type { CheckResult } from '../setup/destination-check.ts';
import type { DestinationInput } from '../setup/destinations.ts';
import type { DestinationDoc, OutboundMapping } from '../store/documents.ts';
import { EXIT, usageError } from './errors.ts';
import { withExamples } from './examples.ts';
import { nameAndValue, repeated, secretsFrom, settingsFrom } from './input.ts';
import { printJson, printLine, printTable } from './print.ts';
import { withSession } from './session.ts';

interface Options {
  set?: string[];
  unset?: string[];
  secret?: string[];
  map?: string[];
  onRejection?: string;
  unknownOutcome?: string;
  json?: boolean;
}

export function addDestination(program: Command): void {
  const destination = program.command('destination').description('Connections to Conversion APIs');
  addPlatforms(destination);

  withExamples(
    withInput(
      destination
        .command('add')
        .description('Connect a property to a Conversion API')
        .requiredOption('--platform <id>', 'see: tributary destination platforms'),
    ),
    'destination add "My site" "Main pixel" --platform meta --set pixelId=123456789012345 --secret accessToken=@meta-token.txt',
    'destination add "My site" "Main pixel" --platform meta --set pixelId=123456789012345 --secret accessToken=- < meta-token.txt',
  ).action((property: string, name: string, options: Options & { platform: string }) =>
    withSession(async ({ deps }) => {
      const { addDestination: add } = await import('../setup/destinations.ts');
      const added = await add(deps, property, { name, platform: options.platform }, await inputOf(options));
      if (options.json) return printJson(view(added));
      printLine(`"${added.name}" is added. Try it: tributary destination check "${property}" "${added.name}"`);
    }),
  );

  withExamples(
    withInput(destination.command('set').description('Change settings, secrets, mapping or policy; what is not named stays. Resumes it if a delivery had paused it and the check passes')),
    'destination set "My site" "Main pixel" --secret accessToken=@new-token.txt',
    'destination set "My site" "Main pixel" --map Lead=CompleteRegistration --map PageView=off',
  ).action((property: string, name: string, options: Options) =>
    withSession(async ({ deps, send }) => {
      const { setDestination } = await import('../setup/destinations.ts');
      const { destination: changed, ...result } = await setDestination(deps, property, name, await inputOf(options), send);
      if (options.json) printJson({ ...view(changed), ...result });
      else printLine(result.changed ? `"${name}" is changed.${result.resumed ? ' It is active again.' : ''}` : 'Nothing to change.');
      const stays = whyPaused(result.check, property, name);
      if (!stays) return;
      if (!options.json) printLine(`It stays paused: ${stays}`);
      process.exitCode = EXIT.refused;
    }),
  );

  withExamples(
    withTarget(destination.command('check').description('Ask the platform whether the settings work, without counting a conversion')),
    'destination check "My site" "Main pixel"',
  ).action((property: string, name: string, options: Options) =>
    withSession(async ({ deps, send }) => {
      const { findDestination } = await import('../setup/destinations.ts');
      const { checkDestination } = await import('../setup/destination-check.ts');
      const result = await checkDestination(deps, await findDestination(deps, property, name), send);
      if (options.json) printJson(result);
      else printLine(`${result.state}: ${result.message}${result.code ? ` (${result.code})` : ''}`);
      if (result.state === 'failed' || result.state === 'unanswered') process.exitCode = EXIT.refused;
    }),
  );

  withExamples(
    withTarget(destination.command('pause').description('Send nothing there until it is resumed; events are kept')).option('--reason <text>', 'why, for who looks at it later', 'Paused by an operator.'),
    'destination pause "My site" "Main pixel" --reason "Moving to a new pixel"',
  ).action((property: string, name: string, options: { reason: string; json?: boolean }) =>
    withSession(async ({ deps }) => {
      const { pauseDestination } = await import('../setup/destinations.ts');
      const paused = await pauseDestination(deps, property, name, options.reason);
      if (options.json) printJson(view(paused));
      else printLine(`"${name}" is paused.`);
    }),
  );

  withExamples(
    withTarget(destination.command('resume').description('Make a paused destination active again')),
    'destination resume "My site" "Main pixel"',
  ).action((property: string, name: string, options: Options) =>
    withSession(async ({ deps }) => {
      const { resumeDestination } = await import('../setup/destinations.ts');
      const resumed = await resumeDestination(deps, property, name);
      if (options.json) printJson(view(resumed));
      else printLine(`"${name}" is active.`);
    }),
  );

  withExamples(
    destination.command('list').description('List the destinations of a property').argument('<property>', 'name or id').option('--json', 'print JSON'),
    'destination list "My site"',
  ).action((property: string, options: Options) =>
    withSession(async ({ deps }) => {
      const { listDestinations } = await import('../setup/destinations.ts');
      const destinations = await listDestinations(deps, property);
      if (options.json) return printJson(destinations.map(view));
      const rows = destinations.map((each) => [each.name, each.platform, each.state, each.paused ? `${each.paused.reason} (${each.paused.code})` : '']);
      printTable(['Name', 'Platform', 'State', 'Why'], rows, 'No destinations yet.');
    }),
  );
}

/** Why a destination that a delivery had paused stays so after its settings were changed; null where it does not. */
function whyPaused(check: CheckResult | null, property: string, name: string): string | null {
  if (check?.state === 'failed') return `the change is stored, but the check failed: ${check.message} (${check.code})`;
  if (check?.state !== 'unanswered') return null;
  return `the check got no answer: ${check.message} (${check.code}). The change is stored; \`tributary destination resume "${property}" "${name}"\` makes it active.`;
}

/** Needs no store. */
function addPlatforms(destination: Command): void {
  withExamples(
    destination.command('platforms').description('List the platforms and their settings').argument('[platform]', 'only this one').option('--json', 'print JSON'),
    'destination platforms meta',
  ).action(async (only: string | undefined, options: { json?: boolean }) => {
    const { listPlatforms } = await import('../setup/platforms.ts');
    const platforms = listPlatforms(only);
    if (options.json) return printJson(platforms);
    for (const { platform, title, fields } of platforms) {
      printLine(`${platform}  ${title}`);
      for (const field of fields) {
        const marks = [field.required ? 'required' : '', field.secret ? 'secret' : '', field.options?.join(' | ') ?? ''].filter(Boolean).join(', ');
        printLine(`  ${field.name}${marks && `  [${marks}]`}\n      ${field.label}. ${field.help}`);
      }
      printLine();
    }
  });
}

const withTarget = (command: Command): Command =>
  command.argument('<property>', 'name or id').argument('<name>', 'name of the destination').option('--json', 'print JSON');

const withInput = (command: Command): Command =>
  withTarget(command)
    .option('--set <name=value>', 'a setting that is no secret (repeatable)', repeated)
    .option('--unset <name>', 'take a setting away (repeatable)', repeated)
    .option('--secret <name=source>', 'a secret setting: name=@file, or name=- for standard input (repeatable)', repeated)
    .option('--map <event=name>', "the platform's name for our event; off: do not send it; default: back to the default (repeatable)", repeated)
    .option('--on-rejection <what>', 'where a delivered event cannot be taken back: ignore, or the name of an event to send')
    .option('--unknown-outcome <what>', 'after a request whose outcome is unknown: hold or resend');

async function inputOf(options: Options): Promise<DestinationInput> {
  const secrets: Record<string, string | null> = await secretsFrom(options.secret);
  const mapping = Object.fromEntries((options.map ?? []).map((pair) => {
    const [event, name] = nameAndValue(pair, '--map');
    return [event, mappingOf(name)];
  }));
  const { onRejection, unknownOutcome } = options;
  if (unknownOutcome && unknownOutcome !== 'hold' && unknownOutcome !== 'resend') throw usageError('option_value', '--unknown-outcome is hold or resend.');
  return {
    settings: settingsFrom(options),
    secrets,
    mapping,
    policy: {
      ...(onRejection && { onRejection: onRejection === 'ignore' ? onRejection : { event: onRejection } }),
      ...(unknownOutcome && { unknownOutcome: unknownOutcome as 'hold' | 'resend' }),
    },
  };
}

function mappingOf(name: string): OutboundMapping | null {
  if (name === 'default') return null;
  return name === 'off' ? { send: false } : { name, send: true };
}

const view = ({ _id: id, name, platform, state, paused, settings, mapping, policy, version }: DestinationDoc) => ({ id, name, platform, state, paused, settings, mapping, policy, version });
