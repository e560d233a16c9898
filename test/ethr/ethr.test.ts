import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { id } from "ethers";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { EXCEPTIONS, LEFT_OUT, MISSING_FUNCTION } from "./exceptions.ts";
import { installVitest } from "./vitest.ts";

// Runs every test of the package `ethr-did-resolver` against Mapae's registry.

const PACKAGE = join(REPOSITORY, "node_modules", "ethr-did-resolver");
const MAX_OUTPUT = 64 * 2 ** 20;

interface Case {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

interface Report {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly Case[] }[];
}

const folder = await mkdtemp(join(tmpdir(), "mapae-ethr-"));
after(() => rm(folder, { recursive: true, force: true }));

/** Runs the package's tests and returns their report. Failed tests are not an error here. */
async function runTests(): Promise<Report> {
  const report = join(folder, "report.json");
  const vitest = join(installVitest(), "vitest", "vitest.mjs");
  const config = join(import.meta.dirname, "vitest.config.mjs");
  const args = [vitest, "run", "--config", config, "--reporter=json", `--outputFile=${report}`];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: REPOSITORY, maxBuffer: MAX_OUTPUT }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
  const text = await readFile(report, "utf8").catch((cause: unknown) => {
    throw new Error(`The tests were not run: ${output.slice(-2_000)}`, { cause });
  });
  return JSON.parse(text) as Report;
}

const { testResults } = await runTests();
const cases = testResults.flatMap(({ assertionResults }) => assertionResults);

for (const { fullName, status, failureMessages } of cases) {
  const call = EXCEPTIONS[fullName];
  if (call === undefined) {
    test(fullName, () => assert.equal(status, "passed", failureMessages.join("\n")));
    continue;
  }
  test(`${fullName}: fails, because it needs \`${call}\``, () => {
    assert.equal(status, "failed", "it passes now: remove it from the exceptions, and from section 16");
    const [message = ""] = failureMessages;
    assert.match(message, /execution reverted/);
    assert.ok(message.includes(`"data": "${id(MISSING_FUNCTION).slice(0, 10)}`), message);
  });
}

test("every file of the package's tests ran, besides those that need the Internet", async () => {
  const files = (await readdir(join(PACKAGE, "src", "__tests__"))).filter((name) => name.endsWith(".test.ts"));
  const run = testResults.filter(({ assertionResults }) => assertionResults.length > 0);
  assert.deepEqual([...run.map(({ name }) => basename(name)), ...LEFT_OUT].sort(), files.sort());
});

test("each exception is a test of the package, for a call that the specification says does not work", async () => {
  const names = new Set(cases.map(({ fullName }) => fullName));
  const text = await readFile(join(REPOSITORY, "docs", "did-method-mapae.md"), "utf8");
  const [sentence = ""] = /Stock calls that do \*\*not\*\* work:[^.]*\./.exec(text) ?? [];
  for (const [name, call] of Object.entries(EXCEPTIONS)) {
    assert.ok(names.has(name), name);
    assert.ok(sentence.includes(`\`${call}\``), call);
  }
});
