import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { boundedBytes, boundedFile, utf8Text } from "../../node/files/bounded-file.ts";
import { secretFile } from "../../node/files/secret-file.ts";
import { CliError } from "../terminal/errors.ts";

/** A file to read, and its largest size. */
export interface InputFile {
  readonly path: string;
  /** What it is expected to be, for messages: "network descriptor". */
  readonly what: string;
  readonly maxBytes: number;
}

/**
 * Reads a file or a pipe (`<(…)`) from the command line to its end; reading stops at the largest size.
 * @throws CliError `INVALID_INPUT` when it can't be read, is too long or is no UTF-8.
 */
export function readInput(file: InputFile): Promise<string> {
  return readWith(boundedFile, file);
}

/**
 * Reads a file or a pipe with a key or a password, which other users must not be able to read.
 * @throws CliError `INVALID_INPUT` as {@link readInput} does, and when other users can read it or a pipe is not written in
 * time.
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
 * Reads stdin to its end; reading stops at the largest size.
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
 * Reads a JSON file from the command line.
 * @throws CliError `INVALID_INPUT`
 */
export async function readJsonInput(file: InputFile): Promise<unknown> {
  return parseJson(await readInput(file), `${file.what} at ${file.path}`);
}

/**
 * Parses JSON from the user. The error does not repeat the text, which may be secret.
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

/** The text of one of Mapae's own files; `undefined` when it does not exist. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Writes a file atomically, and creates its folder; `mode` is for secrets. */
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

/** Whether an error means that a file does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
