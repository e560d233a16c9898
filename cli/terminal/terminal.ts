import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError } from "./errors.ts";
import { printable } from "./printable.ts";

/** The streams and the environment that a command runs in, so that a test can stand in for a terminal. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Called once there is a key that signs for a chain: what the command does from then on may outlast it. */
  readonly onSigner?: () => void;
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
  /** Why the command failed, on stderr. */
  error(value: unknown, text: string): void;
}

/** What all commands write goes through here, escaped for a terminal. */
export function output({ stdout, stderr }: Terminal, json: boolean): Output {
  const write = (stream: NodeJS.WritableStream, text: string) => void stream.write(`${printable(text)}\n`);
  return {
    json,
    answer: (value, text) => write(stdout, json ? JSON.stringify(value) : text),
    note: (text) => void (json || write(stderr, text)),
    warn: (text) => write(stderr, json ? JSON.stringify({ warning: text }) : `Warning: ${text}`),
    error: (value, text) => write(stderr, json ? JSON.stringify({ error: value }) : `Error: ${text}`),
  };
}

/**
 * Asks a person for a secret, without showing it; in Unicode form NFC, whichever keyboard it was typed on.
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
  terminal.stderr.write(printable(question));
  const answer = await ask(terminal, silent, "");
  terminal.stderr.write("\n");
  return answer.normalize("NFC");
}

/**
 * Asks a person to type `yes`.
 * @throws CliError `USAGE` without a terminal, `DECLINED` for any other answer.
 */
export async function confirm(terminal: Terminal, question: string): Promise<void> {
  if (!terminal.stdin.isTTY) throw new CliError("USAGE", `${question}\nNo terminal to ask: confirm with --yes`);
  const answer = await ask(terminal, terminal.stderr, `${printable(question)}\nType yes to go on: `);
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
