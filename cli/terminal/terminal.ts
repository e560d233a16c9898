import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError } from "./errors.ts";

/** The streams and the environment that a command runs in, so that a test can stand in for a terminal. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** What a command says, to a person or with `--json` to a program. */
export interface Output {
  readonly json: boolean;
  /** The answer, on stdout: text for a person, a JSON value on one line for a program. */
  answer(value: unknown, text: string): void;
  /** What is going on, for a person only. */
  note(text: string): void;
  /** What a person or program should know though the command goes on. */
  warn(text: string): void;
}

export function output({ stdout, stderr }: Terminal, json: boolean): Output {
  return {
    json,
    answer: (value, text) => void stdout.write(`${json ? JSON.stringify(value) : text}\n`),
    note: (text) => void (json || stderr.write(`${text}\n`)),
    warn: (text) => void stderr.write(json ? `${JSON.stringify({ warning: text })}\n` : `Warning: ${text}\n`),
  };
}

/**
 * Asks a person for a secret, without showing it.
 * @throws CliError `NO_SIGNER` without a terminal, `DECLINED` when the person breaks off.
 */
export async function askSecret(terminal: Terminal, question: string): Promise<string> {
  if (!terminal.stdin.isTTY) {
    throw new CliError(
      "NO_SIGNER",
      "No terminal to ask for the keystore's password: set MAPAE_KEYSTORE_PASSWORD_FILE or MAPAE_KEYSTORE_PASSWORD",
    );
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  terminal.stderr.write(question);
  const answer = await ask(terminal, silent, "");
  terminal.stderr.write("\n");
  return answer;
}

/**
 * Asks a person to type `yes`.
 * @throws CliError `USAGE` without a terminal, `DECLINED` for any other answer.
 */
export async function confirm(terminal: Terminal, question: string): Promise<void> {
  if (!terminal.stdin.isTTY) throw new CliError("USAGE", `${question}\nNo terminal to ask: confirm with --yes`);
  const answer = await ask(terminal, terminal.stderr, `${question}\nType yes to go on: `);
  if (answer.trim() !== "yes") throw new CliError("DECLINED", "Not confirmed: nothing was sent");
}

async function ask({ stdin }: Terminal, echo: NodeJS.WritableStream, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: echo, terminal: true });
  const brokenOff = new Promise<never>((_, reject) => {
    lines.once("close", () => reject(new CliError("DECLINED", "Broken off: nothing was sent")));
  });
  try {
    return await Promise.race([lines.question(question), brokenOff]);
  } finally {
    lines.close();
  }
}
