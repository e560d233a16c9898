import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from "node:fs";
import { Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import { MapaeError } from "../../resolver/errors.ts";
import { boundedBytes } from "./bounded-file.ts";

/** Milliseconds within which a secret has to be written into a pipe. */
const PIPE_WITHIN_MS = 10_000;

/** Longest password file, in bytes. */
export const MAX_PASSWORD_BYTES = 4_096;

/** A file with a key or a password is not protected as a secret. The message names the file and says what to do. */
export class SecretFileError extends MapaeError {
  readonly code = "SECRET_FILE";
}

/**
 * Reads a file with a key or a password, or a pipe (`<(…)`); a pipe has to be written to its end within `within`
 * milliseconds.
 *
 * @returns `undefined` when it is longer than `maxBytes`.
 * @throws SecretFileError when other users can reach it ({@link sharedWith}), when it is neither a file nor a pipe, or when
 * a pipe was not written in time; errors of opening and reading it.
 */
export async function secretFile(
  path: string,
  maxBytes: number,
  within = PIPE_WITHIN_MS,
): Promise<Uint8Array | undefined> {
  // Without O_NONBLOCK, opening a pipe waits for a writer, and this can't be interrupted. Windows has no such flag.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = fstatSync(file);
  const others = sharedWith(stats);
  if (others === undefined && stats.isFIFO()) return readPipe(file, path, maxBytes, within);
  if (others === undefined && stats.isFile()) return boundedBytes(createReadStream(path, { fd: file }), maxBytes);
  closeSync(file);
  if (others === undefined) throw new SecretFileError(`${path} is neither a file nor a pipe`);
  throw new SecretFileError(`${path} is open to ${others}: chmod 600 ${path}`);
}

async function readPipe(file: number, path: string, maxBytes: number, within: number) {
  const pipe = new Socket({ fd: file, readable: true, writable: false });
  const signal = AbortSignal.timeout(within);
  try {
    return await boundedBytes(addAbortSignal(signal, pipe), maxBytes);
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new SecretFileError(`${path} is a pipe that was not written and closed within ${within / 1_000} s`, {
      cause,
    });
  } finally {
    pipe.destroy();
  }
}

/**
 * Who besides its owner can read or change a file; `undefined` when nobody can. The group may read a file of the superuser
 * (mode 640), as with PostgreSQL, because services and containers get their secrets in this way. Windows has no such bits.
 */
export function sharedWith({ mode, uid }: Pick<Stats, "mode" | "uid">): "its group" | "all users" | undefined {
  if (process.platform === "win32") return undefined;
  if ((mode & 0o007) !== 0) return "all users";
  return (mode & (uid === 0 ? 0o030 : 0o070)) === 0 ? undefined : "its group";
}
