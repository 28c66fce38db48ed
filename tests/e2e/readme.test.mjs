// Runs every command of README.md and docs/quick-start.md as it is printed there, against what ./run.sh starts, and
// compares what it prints with the page. curl, grpcurl and ledgercast are led from the ports of the page to those of
// the test.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { buf } from './buf_curl.mjs';
import { blocksOf, commandsIn } from './markdown.mjs';
import { binaries, freePort, repository } from './processes.mjs';
import { waitUntil, within } from './waiting.mjs';

const UP_TIMEOUT_MS = 180_000;
const COMMAND_TIMEOUT_MS = 60_000;

const PAGES = ['README.md', 'docs/quick-start.md'];

// These commands need an engine, a fresh machine or an hour. Each is run by the file beside it.
const RUN_ELSEWHERE = new Map([
  ['docker compose --profile demo up --detach', 'tests/compose/run.sh'],
  ['docker compose run --rm sign-ins', 'tests/compose/run.sh'],
  ['./test.sh', '.github/workflows/ci.yml'],
  ['sudo apt install ./ledgercast*.deb postgresql', 'tests/packages/run.sh'],
  ['sudo ledgercast-setup', 'tests/packages/run.sh'],
]);
// This test starts the stack by this command, with other ports.
const START = './run.sh --demo';
// A command with this remark goes on until somebody ends it.
const ENDLESS = /# until Ctrl-C$/;

let folder;
let run;
let printed = ''; // by run.sh
let ports;
let environment;

const withoutRemark = (command) => command.replace(/\s+#.*$/, '');
const isRunHere = (command) => !RUN_ELSEWHERE.has(withoutRemark(command)) && withoutRemark(command) !== START;

function pathOf(program) {
  return process.env.PATH.split(delimiter).map((directory) => join(directory, program)).find(existsSync) ?? '';
}

async function startStack() {
  ports = { grpc: await freePort(), http: await freePort() };
  const args = ['--grpc-port', String(ports.grpc), '--http-port', String(ports.http)];
  run = spawn('bash', ['-c', `exec ${START} ${args.join(' ')}`], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LEDGERCAST_STATE_DIR: join(folder, 'state'), LEDGERCAST_BIN: binaries },
  });
  for (const stream of [run.stdout, run.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  run.ended = once(run, 'close');
  await waitUntil(
    'run.sh to have everything up',
    () => {
      assert.equal(run.exitCode, null, `run.sh ended:\n${printed}`);
      return printed.includes('Ctrl-C stops');
    },
    UP_TIMEOUT_MS,
  );
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledgercast-readme-'));
  await startStack();
  writeFileSync(join(folder, '.curlrc'), `connect-to = "localhost:8080:127.0.0.1:${ports.http}"\n`);
  environment = {
    ...process.env,
    PATH: `${join(repository, 'tests/e2e/stand_ins')}${delimiter}${process.env.PATH}`,
    CURL_HOME: folder,
    XDG_CONFIG_HOME: folder,
    LEDGERCAST_GRPC_PORT: String(ports.grpc),
    LEDGERCAST_TOOL: join(binaries, 'ledgercast'),
    BUF: buf,
    GRPCURL: pathOf('grpcurl'),
  };
});
after(async () => {
  run?.kill('SIGTERM');
  await run?.ended;
  rmSync(folder, { recursive: true });
});

function passwordOf(username) {
  const accounts = JSON.parse(readFileSync(join(folder, 'state/demo-accounts.json'), 'utf8'));
  return accounts.find((account) => account.username === username).password;
}

/** A shell in which the commands of a page are typed one after the other. */
class Shell {
  constructor(name) {
    this.directory = join(folder, name);
    this.variables = join(this.directory, '.variables');
    this.names = new Set();
    mkdirSync(this.directory);
    writeFileSync(this.variables, '');
  }

  /** Runs a command and returns what it prints. An endless one is ended once it has printed what `isEnough` wants. */
  async type(command, isEnough) {
    for (const [, name] of command.matchAll(/(?:^|read -r )([A-Z][A-Z0-9_]*)(?==| *$)/g)) this.names.add(name);
    const keep = [...this.names].map((name) => `declare -p ${name} 2>/dev/null`).join('; ');
    const script = `set -o pipefail; source ${this.variables}; trap '{ ${keep || ':'}; } > ${this.variables}' EXIT\n${command}`;
    const child = spawn('bash', ['-c', script], { cwd: this.directory, env: environment, detached: true });
    child.stdin.on('error', () => {}).end(`${passwordOf(/ADMIN/.test(command) ? 'admin' : 'user1')}\n`);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const closed = once(child, 'close');
    try {
      if (ENDLESS.test(command)) {
        await waitUntil(
          `${command}\nto print what the page says`,
          () => {
            assert.equal(child.exitCode, null, `${command}\nended by itself:\n${stdout}${stderr}`);
            return isEnough(stdout);
          },
          COMMAND_TIMEOUT_MS,
        );
      } else {
        const [code] = await within(command, closed, COMMAND_TIMEOUT_MS);
        assert.equal(code, 0, `${command}\nexited with ${code}:\n${stdout}${stderr}`);
      }
    } finally {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGINT');
      await closed;
    }
    return stdout;
  }
}

/** Returns a pattern for output that is, or only begins, as a page says. In it `…` stands for anything within a line. */
function patternOf({ text }, onlyBegins) {
  const parts = text.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^\\n]*?')}${onlyBegins ? '' : '$'}`);
}

/** Types the commands of a block and compares what they print with `expected`, if the page says that. */
async function runBlock(shell, commands, expected) {
  const isEnough = (output) => (expected === undefined ? /cursor/ : patternOf(expected, true)).test(output);
  let output = '';
  for (const command of commands) output += await shell.type(command, isEnough);
  const onlyBegins = commands.some((command) => ENDLESS.test(command));
  if (expected !== undefined) assert.match(output.trimEnd(), patternOf(expected, onlyBegins), `line ${expected.number}`);
}

for (const page of PAGES) {
  test(`every command of ${page} does what the page says`, async (context) => {
    const shell = new Shell(page.replaceAll('/', '-'));
    const blocks = blocksOf(page);
    for (const [index, { language, number, text }] of blocks.entries()) {
      if (language !== 'sh') continue;
      const expected = blocks[index + 1]?.language === 'text' ? blocks[index + 1] : undefined;
      const commands = commandsIn(text).filter(isRunHere);
      const name = `${page}:${number}: ${commands[0] ?? 'run elsewhere'}`;
      await context.test(name, () => runBlock(shell, commands, expected));
    }
  });

  test(`every block of ${page} is of a kind that is run, or is the output of the one above`, () => {
    const blocks = blocksOf(page);
    assert.ok(blocks.length > 0);
    for (const [index, { language, number }] of blocks.entries()) {
      assert.match(language, /^(sh|text)$/, `${page}:${number}`);
      if (language === 'text') assert.equal(blocks[index - 1].language, 'sh', `${page}:${number}`);
    }
  });
}

test('the lines for grpcurl that run.sh prints work as they are', async () => {
  const shell = new Shell('run-sh');
  const [, block] = /From a shell, with grpcurl:\n([^]*)\nLogs:/.exec(printed);
  const lines = commandsIn(block.replaceAll(`localhost:${ports.grpc}`, 'localhost:50051')).map((line) => line.trim());
  assert.equal(lines.length, 4, block);
  for (const line of lines) {
    await shell.type(line.endsWith('WatchTransactions') ? `${line} # until Ctrl-C` : line, (output) => /cursor/.test(output));
  }
});

test('what is run elsewhere is still printed, and is run by a file that exists', () => {
  const printed = new Set(PAGES.flatMap((page) => blocksOf(page).flatMap(({ text }) => commandsIn(text).map(withoutRemark))));
  for (const [command, script] of RUN_ELSEWHERE) {
    assert.ok(printed.has(command), `${command} is on no page`);
    assert.ok(existsSync(join(repository, script)), `${script}, which is to run ${command}`);
  }
  assert.ok(printed.has(START));
});

test('the README has at most 150 lines', () => {
  const lines = readFileSync(join(repository, 'README.md'), 'utf8').split('\n');
  assert.ok(lines.length - 1 <= 150, `${lines.length - 1} lines`);
});

test('this machine has what the pages need', () => {
  for (const program of ['curl', 'jq']) execFileSync(program, ['--version']);
});
