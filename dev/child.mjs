/**
 * Loaded into each of our own node children before their entry (`--import`): a child whose launcher is gone stops, even
 * if nobody is left to tell it to. The channel alone does not keep a child running.
 */
const GRACE_MS = 30_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
