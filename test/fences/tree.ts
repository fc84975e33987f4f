import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** A copy of parts of the repository in a temporary folder, where a fence may be tried with illegal code. */
export class Copy {
  readonly root = mkdtempSync(join(tmpdir(), 'carillon-fence-'));

  /** @param parts files and folders of the repository, relative to its root; those that do not exist are left out */
  constructor(parts: readonly string[]) {
    for (const part of parts.filter((name) => existsSync(join(ROOT, name)))) {
      cpSync(join(ROOT, part), join(this.root, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Writes files into the copy, path to text, making their folders. */
  plant(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** All source files under the folders, as paths relative to `root` with forward slashes. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.parentPath.includes('node_modules'))
    .filter((entry) => entry.isFile() && /\.(ts|mts|js|mjs|cjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** Runs a script of the repository in a folder and returns what it prints; a non-zero exit is an answer, not an error. */
export function runScript(
  script: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; stdout: string }> {
  const command = [join(ROOT, script), ...args];
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      done({ code, stdout: code === -1 ? `${stdout}${stderr}` : stdout });
    });
  });
}
