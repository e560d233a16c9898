import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { newPassword } from "../../../cli/files/password.ts";
import { askSecret, confirm } from "../../../cli/terminal/terminal.ts";

/** An interactive terminal, whose output can be read. */
function person({ isTTY = true } = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = new PassThrough();
  let screen = "";
  stderr.on("data", (chunk) => {
    screen += chunk;
  });
  const terminal = { env: {}, stdin, stdout: new PassThrough(), stderr };
  return { terminal, type: (text: string) => void setImmediate(() => stdin.write(text)), screen: () => screen };
}

test("a secret is asked for and not shown", async () => {
  const { terminal, type, screen } = person();
  type("correct horse\r");
  assert.equal(await askSecret(terminal, "Password: ", "VARIABLE"), "correct horse");
  assert.equal(screen(), "Password: \n");
});

test("a new password is typed twice, because a mistyped one would lose the key", async () => {
  for (const [again, isSame] of [
    ["correct horse", true],
    ["corect horse", false],
  ] as const) {
    const { terminal, type } = person();
    terminal.stderr.on("data", (chunk) => {
      if (/^New password/.test(chunk)) type("correct horse\r");
      if (/^The same again/.test(chunk)) type(`${again}\r`);
    });
    const asked = newPassword(terminal, "keystore", "agency.json");
    if (isSame) assert.equal(await asked, "correct horse");
    else await assert.rejects(asked, { code: "INVALID_INPUT", message: /The two passwords differ/ });
  }
});

test("yes confirms, anything else declines", async () => {
  for (const [answer, isYes] of [
    ["yes", true],
    ["no", false],
    ["", false],
    ["YES", false],
  ] as const) {
    const { terminal, type, screen } = person();
    type(`${answer}\r`);
    const asked = confirm(terminal, "Really?");
    await (isYes ? asked : assert.rejects(asked, { code: "DECLINED" }));
    assert.match(screen(), /Really\?\nType yes to go on: /);
  }
});

test("Ctrl-C and the end of input break a question off", async () => {
  const typed = person();
  typed.type("\u0003");
  await assert.rejects(askSecret(typed.terminal, "Password: ", "VARIABLE"), { code: "DECLINED" });
  const ended = person();
  setImmediate(() => ended.terminal.stdin.end());
  await assert.rejects(confirm(ended.terminal, "Really?"), { code: "DECLINED" });
});

test("without a terminal nothing is asked", async () => {
  const { terminal, screen } = person({ isTTY: false });
  await assert.rejects(askSecret(terminal, "Password: ", "VARIABLE"), {
    code: "NO_SIGNER",
    message: "No terminal to ask for the password: set VARIABLE",
  });
  await assert.rejects(confirm(terminal, "Really?"), { code: "USAGE" });
  assert.equal(screen(), "");
});
