import {
  appendFile,
  type FileHandle,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname } from "node:path";
import { boundedBytes, boundedFile, utf8Text } from "../../node/files/bounded-file.ts";
import { secretFile } from "../../node/files/secret-file.ts";
import { MAX_JSON_DEPTH, parseJsonText } from "../../resolver/primitives/json.ts";
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
export async function readInput(file: InputFile): Promise<string> {
  return textOf(await readWith(boundedFile, file), nameOf(file));
}

/**
 * Reads a file or a pipe as {@link readInput} does, of any bytes and unchanged: for what is hashed, where even a byte order mark
 * counts.
 * @throws CliError `INVALID_INPUT` when it can't be read or is too long.
 */
export function readBytes(file: InputFile): Promise<Uint8Array> {
  return readWith(boundedFile, file);
}

/**
 * Reads a file or a pipe with a key or a password, which other users must not be able to read.
 * @throws CliError `INVALID_INPUT` as {@link readInput} does, and when other users can read it or a pipe is not written in
 * time.
 */
export async function readSecret(file: InputFile): Promise<string> {
  return textOf(await readWith(secretFile, file), nameOf(file));
}

async function readWith(read: typeof boundedFile, file: InputFile): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await read(file.path, file.maxBytes);
  } catch (cause) {
    throw new CliError("INVALID_INPUT", `Can't read the ${nameOf(file)}: ${reason(cause)}`, { cause });
  }
  return whole(bytes, nameOf(file), file.maxBytes);
}

function nameOf({ what, path }: InputFile): string {
  return `${what} at ${path}`;
}

/**
 * Reads stdin to its end; reading stops at the largest size.
 * @throws CliError `INVALID_INPUT` when it is too long or is no UTF-8.
 */
export async function readStdin(
  stdin: AsyncIterable<string | Uint8Array>,
  { what, maxBytes }: Omit<InputFile, "path">,
): Promise<string> {
  const name = `${what} on stdin`;
  return textOf(whole(await boundedBytes(stdin, maxBytes), name, maxBytes), name);
}

function whole(bytes: Uint8Array | undefined, name: string, maxBytes: number): Uint8Array {
  if (bytes !== undefined) return bytes;
  throw new CliError("INVALID_INPUT", `The ${name} is longer than ${maxBytes} bytes`);
}

function textOf(bytes: Uint8Array, name: string): string {
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
  return parseJson(await readInput(file), nameOf(file));
}

/**
 * Parses JSON from the user that every reader understands alike: a name that is twice in an object may show a reader another
 * account than the one that counts. The error does not repeat the text, which may be secret.
 * @throws CliError `INVALID_INPUT`
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    // The parser's message quotes the text.
    const wanted = `wanted JSON without a name twice in an object, nested at most ${MAX_JSON_DEPTH} deep`;
    throw new CliError("INVALID_INPUT", `The ${what} is no JSON that all readers understand alike: ${wanted}`);
  }
}

/**
 * The text of one of Mapae's own files; `undefined` when it does not exist.
 * @throws CliError `INVALID_INPUT` when it can't be read.
 */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new CliError("INVALID_INPUT", `Can't read ${path}: ${reason(error)}`, { cause: error });
  }
}

/**
 * Writes a file atomically, and creates its folder; `mode` is for secrets. After an error the former file is unchanged, and
 * nothing else is left. A link stays, and what it leads to is replaced.
 * @throws CliError `CONFIGURATION`, also for a folder, a device or a pipe: root's rename would replace `/dev/null` by a file.
 */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const part = `${target}.${process.pid}.part`;
  try {
    const found = await stat(target).catch(() => undefined);
    if (found !== undefined && !found.isFile())
      throw new Error(`it is a ${found.isDirectory() ? "folder" : "device or a pipe"}: name a file`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(part, content, { mode });
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined); // the first error says more
    throw notWritten(path, cause);
  }
}

/**
 * Writes a value as JSON for people and programs: see {@link writeWhole}.
 * @throws CliError `CONFIGURATION`
 */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Writes a new key, which only its owner can read, and creates its folder. An existing file is never replaced, also when two
 * processes write at the same time: it may be the only copy of a key that is in use.
 * @throws CliError `ALREADY_EXISTS`, `CONFIGURATION`
 */
export async function writeNewKey(path: string, text: string): Promise<void> {
  await using file = await openNew(path);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (cause) {
    await rm(path, { force: true }).catch(() => undefined); // the first error says more
    throw notWritten(path, cause);
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw notWritten(path, cause);
  }
  try {
    return await open(path, "wx", 0o600);
  } catch (cause) {
    throw isCode(cause, "EEXIST") ? alreadyExists(path) : notWritten(path, cause);
  }
}

/** The error for a file that a new key must not replace. */
export function alreadyExists(path: string): CliError {
  return new CliError("ALREADY_EXISTS", `${path} exists: name another file`);
}

/**
 * Adds text to the end of a file that only its owner can read; a missing file is created.
 * @throws CliError `CONFIGURATION`
 */
export async function append(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text, { mode: 0o600 });
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

function notWritten(path: string, cause: unknown): CliError {
  return new CliError("CONFIGURATION", `Can't write ${path}: ${reason(cause)}`, { cause });
}

/** Whether an error means that a file does not exist. */
export function isMissing(error: unknown): boolean {
  return isCode(error, "ENOENT");
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
