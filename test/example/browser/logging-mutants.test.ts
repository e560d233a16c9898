import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { REPOSITORY, temporaryFolder } from "../../cli/harness.ts";
import { FOUND, learns } from "./helpers/findings.ts";

const PROOF = "test/example/browser/who-learns.test.ts";

/** Generated and installed files, and git's. */
const MADE: ReadonlySet<string> = new Set([
  ...[".git", ".mapae", ".tools", "artifacts", "cache", "coverage", "dist", "node_modules"],
]);

/** One line of logging in the code of a party. */
interface Mutant {
  readonly party: string;
  readonly file: string;
  /** The line behind which the new one is put. */
  readonly behind: string;
  readonly line: string;
}

const MUTANTS: readonly Mutant[] = [
  {
    party: "node",
    file: "node/http/server/handler.ts",
    behind: "const url = originForm(request.url);",
    line: "console.error(url);",
  },
  {
    // The chain and its RPC are one process.
    party: "chain",
    file: "hardhat.config.ts",
    behind: "chainId: 31337,",
    line: "loggingEnabled: true,",
  },
  {
    party: "issuer",
    file: "examples/mobile-id/issuer/credential-endpoint.ts",
    behind: "if (credentials === undefined) throw noSuchCard();",
    line: "console.error(credentials[0]);",
  },
  {
    party: "wallet",
    file: "examples/mobile-id/wallet/main.ts",
    behind: 'const pathname = pathOf(request.url) ?? "";',
    line: "console.error(pathname);",
  },
  {
    party: "approval",
    file: "examples/mobile-id/approval/requests.ts",
    behind: "const shown = answer.credential.claims;",
    line: "console.error(shown.name);",
  },
  {
    party: "gate",
    file: "examples/mobile-id/gate/check.ts",
    behind: "const [nonce] = nonces;",
    line: "console.error(nonce);",
  },
];

test("the proof of who learns what names each party to whose code one line of logging is added", async (t) => {
  const copy = await temporaryFolder(t);
  await copyCheckout(copy);
  for (const mutant of MUTANTS) await addLine(copy, mutant);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // the proof is a run of its own, not a part of this one
  const args = ["--test", "--test-reporter=spec", PROOF];
  const said = await promisify(execFile)(process.execPath, args, { cwd: copy, env, maxBuffer: 2 ** 26 }).then(
    () => assert.fail("the proof passes, whatever is logged"),
    ({ stdout }: { stdout: string }) => stdout,
  );
  assert(said.includes(FOUND), `The proof ended by an error of its own, before it could say who learns what:\n${said}`);
  const unnamed = MUTANTS.filter(({ party }) => !said.includes(learns(party)));
  assert.deepEqual(unnamed, [], `Parties that log are not named:\n${said}`);
});

/** This checkout's files, with the packages that are installed here. */
async function copyCheckout(to: string): Promise<void> {
  await cp(REPOSITORY, to, { recursive: true, filter: (from) => !MADE.has(basename(from)) });
  for (const folder of ["node_modules", "examples/mobile-id/node_modules"]) {
    await symlink(join(REPOSITORY, folder), join(to, folder));
  }
}

async function addLine(to: string, { party, file, behind, line }: Mutant): Promise<void> {
  const path = join(to, file);
  const text = await readFile(path, "utf8");
  assert.equal(text.split(behind).length, 2, `${file} has the line for ${party} once: ${behind}`);
  await writeFile(
    path,
    text.replace(behind, () => `${behind}\n${line}`),
  );
}
