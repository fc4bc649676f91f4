import { Command } from 'commander';
import { addApply } from './apply.ts';
import { addConversionSimulate } from './conversion-simulate.ts';
import { addConversions } from './conversions.ts';
import { addCredentials } from './credentials.ts';
import { addDestination } from './destination.ts';
import { addDestinationPreview } from './destination-preview.ts';
import { report } from './errors.ts';
import { allCommands, listExample } from './examples.ts';
import { addIntegration } from './integration.ts';
import { addPostbackParse } from './postback-parse.ts';
import { addPostbacks } from './postbacks.ts';
import { addProperty } from './property.ts';
import { addReplay } from './replay.ts';
import { addStuck } from './stuck.ts';

/** The `tributary` command. Subcommands parse, call one function of setup/, and print. */

const program = new Command('tributary')
  .description('Self-hosted conversion tracking for affiliates: postbacks in, Conversion APIs out, nothing lost.')
  .helpCommand(false)
  // Inherited by every command that is added: bad usage comes to `report` below as an error, in our words and with our exit code.
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

addProperty(program);
addIntegration(program);
addDestination(program);
addDestinationPreview(program);
addApply(program);
addCredentials(program);
addPostbackParse(program);
addConversionSimulate(program);
listExample(program.commands.find((each) => each.name() === 'postback')?.commands.find((each) => each.name() === 'parse'), 'tributary postback parse < postbacks.jsonl');
addConversions(program);
addPostbacks(program);
addReplay(program);
addStuck(program);
program.addHelpText('after', () => `\nAll commands:\n${allCommands(program)}`);

// The reader has seen enough (`| head`): no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error, (text) => process.stderr.write(text), Boolean(process.env.DEBUG));
}
