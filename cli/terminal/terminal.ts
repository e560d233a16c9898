import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError } from "./errors.ts";
import { printable } from "./printable.ts";

/** The streams and the environment of a command, so that a test can replace the terminal. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Called when a key that signs for a chain is opened: from then on the command may have lasting effects. */
  readonly onSigner?: () => void;
}

/** The output of a command, for a person or with `--json` for a program. */
export interface Output {
  readonly json: boolean;
  /** The answer, on stdout: text for a person, a JSON value on one line for a program. */
  answer(value: unknown, text: string): void;
  /** Progress, for a person only. */
  note(text: string): void;
  /** A warning; the command continues. */
  warn(text: string): void;
  /** Why the command failed, on stderr. */
  error(value: unknown, text: string): void;
}

/** Escapes the output of all commands for a terminal. */
export function output({ stdout, stderr }: Terminal, json: boolean): Output {
  const write = (stream: NodeJS.WritableStream, text: string) => void stream.write(`${printable(text)}\n`);
  return {
    json,
    answer: (value, text) => write(stdout, json ? JSON.stringify(value) : text),
    note: (text) => void (json || write(stderr, text)),
    warn: (text) => write(stderr, json ? JSON.stringify({ warning: text }) : indented(`Warning: ${text}`)),
    error: (value, text) => write(stderr, json ? JSON.stringify({ error: value }) : indented(`Error: ${text}`)),
  };
}

/** Reasons come from servers, too: indented lines can't be taken for lines of `mapae`. */
function indented(text: string): string {
  return text.replace(/\n(?! )/g, "\n  ");
}

/**
 * Asks a person for a secret without echoing it. The result is in Unicode form NFC, so that it does not depend on the keyboard.
 * @param variables those that give the secret where nobody can be asked.
 * @throws CliError `NO_SIGNER` without a terminal, `DECLINED` when the person cancels.
 */
export async function askSecret(terminal: Terminal, question: string, variables: string): Promise<string> {
  if (!terminal.stdin.isTTY) throw new CliError("NO_SIGNER", `No terminal to ask for the password: set ${variables}`);
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
    lines.once("close", () => reject(new CliError("DECLINED", "Interrupted: nothing was sent")));
  });
  try {
    return await Promise.race([lines.question(question), brokenOff]);
  } finally {
    lines.close();
  }
}
