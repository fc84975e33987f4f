import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MASTER_KEY } from './database.mjs';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const PROFILES = fileURLToPath(new URL('../profiles', import.meta.url));
const running = new Set();

/** Key of the first tenant in every database here. */
export const API_KEY = 'bench-key-0123456789abcdef';

process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a program of this folder and answers its first line of output, which says that it is ready. */
export async function startProgram(file, env, nodeArgs = []) {
  const child = spawn(process.execPath, [...nodeArgs, fileURLToPath(new URL(`../${file}`, import.meta.url))], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return ready(child, () => true);
}

/** Runs a program of this folder to its end and answers the JSON that it wrote. */
export async function runProgram(file, env, nodeArgs = []) {
  const { line, ended } = await startProgram(file, env, nodeArgs);
  await ended;
  return JSON.parse(line);
}

/** Starts Carillon itself, as an operator would. */
export async function startCarillon(databaseUrl, env, { profile = false } = {}) {
  if (profile) mkdirSync(PROFILES, { recursive: true });
  const nodeArgs = profile ? ['--cpu-prof', `--cpu-prof-dir=${PROFILES}`] : [];
  const child = spawn(process.execPath, [...nodeArgs, MAIN], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      MASTER_KEY,
      BOOTSTRAP_API_KEY: API_KEY,
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = await ready(child, (line) => line.startsWith('Carillon runs'));
  return { ...started, url: started.line.split(' at ')[1] };
}

async function ready(child, isReady) {
  running.add(child);
  const ended = new Promise((resolve) => child.once('exit', resolve)).finally(() => running.delete(child));
  const first = new Promise((resolve) =>
    createInterface({ input: child.stdout }).on('line', (line) => isReady(line) && resolve(line)),
  );
  const line = await Promise.race([first, ended.then(() => undefined)]);
  if (line === undefined) throw new Error(`${child.spawnargs.join(' ')} ended before it was ready`);
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { line, ended, stop, pid: child.pid };
}

/** MiB of memory that a process has. */
export function rssOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
