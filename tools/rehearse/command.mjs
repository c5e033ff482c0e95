import { spawn } from 'node:child_process';
import { delimiter, sep } from 'node:path';
import process from 'node:process';

const WINDOWS = process.platform === 'win32';

/** Lines of a failed command's output that are worth showing. */
const LINES_OF_FAILURE = 40;

/**
 * The environment of this process as a terminal has it: without what a package manager that runs this script
 * has set, and without the commands of the repository, which a user does not have.
 *
 * @param {string} root - folder of the repository.
 * @returns {Record<string, string>}
 */
export function bareEnvironment(root) {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name));
  const inside = (folder) => folder.startsWith(`${root}${sep}`);
  return Object.fromEntries(
    own.map(([name, value]) =>
      /^path$/i.test(name)
        ? [
            name,
            value
              .split(delimiter)
              .filter((folder) => !inside(folder))
              .join(delimiter),
          ]
        : [name, value],
    ),
  );
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: Record<string, string> }} options
 * @returns {Promise<string>} what it wrote to standard output.
 * @throws Error with the end of its output, if its exit code is not 0.
 */
export async function run(command, args, { cwd, env }) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: WINDOWS,
  });
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    all += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', (error) => {
      reject(new Error(`${command}: did not start: ${error.message}`));
    });
    child.on('close', resolve);
  });
  if (code === 0) return stdout;
  const end = all.trimEnd().split('\n').slice(-LINES_OF_FAILURE).join('\n');
  throw new Error(`${[command, ...args].join(' ')}: expected exit code 0, found ${code}\n${end}`);
}
