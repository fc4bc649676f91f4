/**
 * Ends what a launcher left behind. The launcher names its children on our standard input, `+<pid>` and `-<pid>`, one a
 * line; when that pipe closes, whichever way the launcher died (SIGKILL too), the process groups still named are asked to
 * stop and, after a grace, killed. It runs in a session of its own, so that a terminal's Ctrl-C does not reach it.
 */
import { createInterface } from 'node:readline';

const GRACE_MS = 5000;
const pids = new Set();

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false; // ESRCH: gone already
  }
};

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const pid = Number(line.slice(1));
  if (!Number.isInteger(pid) || pid < 2) return;
  if (line[0] === '+') pids.add(pid);
  else pids.delete(pid);
});
lines.on('close', () => {
  for (const pid of pids) signalGroup(pid, 'SIGTERM');
  const killAt = Date.now() + GRACE_MS;
  const timer = setInterval(() => {
    for (const pid of pids) {
      if (!signalGroup(pid, 0)) pids.delete(pid);
      else if (Date.now() >= killAt) signalGroup(pid, 'SIGKILL');
    }
    // A second after the kill only what nobody collects (zombies) can be left.
    if (pids.size === 0 || Date.now() >= killAt + 1000) clearInterval(timer);
  }, 50);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
