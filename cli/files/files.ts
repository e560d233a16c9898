import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { boundedBytes, boundedFile, utf8Text } from "../../node/files/bounded-file.ts";
import { secretFile } from "../../node/files/secret-file.ts";
import { CliError } from "../terminal/errors.ts";

/** A file to read, and how long it may be. */
export interface InputFile {
  readonly path: string;
  /** What it should be, for messages: "network descriptor". */
  readonly what: string;
  readonly maxBytes: number;
}

/**
 * Reads a file that somebody named, or a pipe (`<(…)`), to its end; what is longer is not read on.
 * @throws CliError `INVALID_INPUT` when it can't be read, is too long or is no UTF-8.
 */
export function readInput(file: InputFile): Promise<string> {
  return readWith(boundedFile, file);
}

/**
 * Reads a file with a key or a password, or a pipe, which others must not be able to read.
 * @throws CliError `INVALID_INPUT` as {@link readInput} does, and when it is open to others or a pipe is not written in time.
 */
export function readSecret(file: InputFile): Promise<string> {
  return readWith(secretFile, file);
}

async function readWith(
  read: (path: string, maxBytes: number) => Promise<Uint8Array | undefined>,
  { path, what, maxBytes }: InputFile,
): Promise<string> {
  const name = `${what} at ${path}`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = await read(path, maxBytes);
  } catch (cause) {
    throw new CliError("INVALID_INPUT", `Can't read the ${name}: ${reason(cause)}`, { cause });
  }
  return textOf(bytes, name, maxBytes);
}

/**
 * Reads what somebody gives on stdin, to its end; what is longer is not read on.
 * @throws CliError `INVALID_INPUT` when it is too long or is no UTF-8.
 */
export async function readStdin(
  stdin: AsyncIterable<string | Uint8Array>,
  { what, maxBytes }: Omit<InputFile, "path">,
): Promise<string> {
  return textOf(await boundedBytes(stdin, maxBytes), `${what} on stdin`, maxBytes);
}

function textOf(bytes: Uint8Array | undefined, name: string, maxBytes: number): string {
  if (bytes === undefined) throw new CliError("INVALID_INPUT", `The ${name} is longer than ${maxBytes} bytes`);
  try {
    return utf8Text(bytes);
  } catch (cause) {
    throw new CliError("INVALID_INPUT", `The ${name} is no UTF-8 text`, { cause });
  }
}

/**
 * Reads a JSON file that somebody named.
 * @throws CliError `INVALID_INPUT`
 */
export async function readJsonInput(file: InputFile): Promise<unknown> {
  return parseJson(await readInput(file), `${file.what} at ${file.path}`);
}

/**
 * Parses JSON that somebody gave. The text is not repeated in the error: it may be secret.
 * @throws CliError `INVALID_INPUT`
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new CliError("INVALID_INPUT", `The ${what} is no JSON`);
  }
}

/** A file of our own; `undefined` when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Writes a whole file or nothing, with its folder; `mode` is for secrets. */
export async function writeWhole(path: string, text: string, mode = 0o644): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(part, text, { mode });
    await rename(part, path);
  } catch (cause) {
    throw new CliError("CONFIGURATION", `Can't write ${path}: ${reason(cause)}`, { cause });
  }
}

/** Whether an error says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
