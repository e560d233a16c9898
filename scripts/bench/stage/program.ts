import { fork } from "node:child_process";
import { once } from "node:events";
import { basename, join } from "node:path";
import { REPOSITORY } from "../../../cli/files/repository.ts";

/**
 * A program of the bench in its own process, so that its memory and processor time can be measured separately. It ends when
 * it is disposed of.
 */
export interface Program<T> extends AsyncDisposable {
  readonly pid: number;
  /** The first message that it sent. */
  readonly sent: T;
}

/** The cache of compiled code with which `mapae` starts a node. */
const COMPILED = join(REPOSITORY, "node_modules", ".cache", "mapae");

/**
 * Starts a program and waits for its first message.
 * @throws Error when it ends without a message.
 */
export async function startProgram<T>(file: URL, args: readonly string[] = []): Promise<Program<T>> {
  const child = fork(file, args, {
    cwd: REPOSITORY,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  });
  const ended = once(child, "exit");
  const [sent] = (await Promise.race([once(child, "message"), ended.then(() => [])])) as [T?];
  if (sent === undefined) throw new Error(`${basename(file.pathname)} ended without a message`);
  return {
    pid: child.pid as number,
    sent,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** A program that serves HTTP on 127.0.0.1. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** Starts a program of the bench that sends its port once it listens. */
export async function startServer(file: URL, args: readonly string[] = []): Promise<Server> {
  const program = await startProgram<{ readonly port: number }>(file, args);
  const end = () => program[Symbol.asyncDispose]();
  return { url: `http://127.0.0.1:${program.sent.port}`, pid: program.pid, [Symbol.asyncDispose]: end };
}
