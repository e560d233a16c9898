import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { run } from "../../cli/main.ts";

/** Output and exit code of a call of the command line. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the command line in this process, without a terminal. */
export async function mapae(args: readonly string[], env: Record<string, string | undefined>): Promise<Outcome> {
  const [stdout, stderr] = [collector(), collector()];
  const terminal = { env, stdin: new PassThrough(), stdout: stdout.stream, stderr: stderr.stream };
  const code = await run(args, terminal);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Calls a command that must succeed, and returns its parsed answer. */
export async function answerOf<T>(args: readonly string[], env: Record<string, string | undefined>): Promise<T> {
  const outcome = await mapae([...args, "--json"], env);
  assert.equal(outcome.code, 0, outcome.stderr);
  return JSON.parse(outcome.stdout);
}

/** The error that a call with `--json` printed on stderr. */
export function errorOf({ stdout, stderr }: Outcome): { code: string; message: string; exitCode: number } {
  assert.equal(stdout, "");
  return JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "").error;
}

function collector(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  return { stream, text: () => text };
}
