import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine as the process list shows it; `args` keeps the argument boundaries where the system tells them. */
export interface RunningProcess {
  pid: number;
  args: string[];
}

const onLinux = process.platform === 'linux';

/** Every process this user may see. A zombie has no arguments and is left out: it can neither hold files nor memory. */
export function listProcesses(): RunningProcess[] {
  const all = onLinux ? linuxProcesses() : otherProcesses();
  return all.filter((running) => running.args.length > 0);
}

/** One process, or undefined when no process (or only a zombie) has this id. */
export function findProcess(pid: number): RunningProcess | undefined {
  return listProcesses().find((running) => running.pid === pid);
}

/**
 * A mark that tells a process from a later one with the same id: boot id and start tick on Linux, start date elsewhere.
 * Undefined when the process is gone or a zombie.
 */
export function processStart(pid: number): string | undefined {
  return onLinux ? linuxStart(pid) : psOutput(['-o', 'lstart=', '-p', String(pid)]).trim() || undefined;
}

/** Sends a signal; false when the process is already gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function linuxProcesses(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: splitArgs(readIfThere(`/proc/${name}/cmdline`)) }));
}

/** PostgreSQL overwrites its arguments with one title and fills the rest with NUL, so empty pieces say nothing. */
function splitArgs(cmdline: string | undefined): string[] {
  return (cmdline ?? '').split('\0').filter((arg) => arg !== '');
}

function otherProcesses(): RunningProcess[] {
  return psOutput(['-axww', '-o', 'pid=,command='])
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ pid: Number(match[1]), args: [match[2] ?? ''] }));
}

/** See proc_pid_stat(5): the name in parentheses may hold anything, so fields are counted from the last parenthesis. */
function linuxStart(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTick] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return undefined;
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim()} ${startTick}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // ended between two looks, or not ours to see
  }
}

function psOutput(args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return ''; // ps answers 1 when no process matches
  }
}
