import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "pino";
import { MapaeError } from "../../resolver/errors.ts";
import type { Export, ExportedPart } from "../store/content/export.ts";
import { joined } from "./lines.ts";

/** Paths at which the operator's commands request a part of the index from the running node. */
export const PATHS: Readonly<Record<ExportedPart, string>> = { content: "/content", history: "/history" };

/** The last line of a complete answer. */
export const END = "end";

/** Longest path of a socket that every system accepts, in bytes. */
const MAX_PATH_BYTES = 100;

/** Commands that can read at the same time. */
const MAX_CONNECTIONS = 4;

/** Milliseconds without reading after which a command is disconnected, because it keeps a snapshot open. */
const IDLE_TIMEOUT = 60_000;

/** Umask of the socket: only the user that the node runs as may connect. */
const OWNER_ONLY = 0o177;

export interface SocketOptions {
  /** The data directory, which this process has open. */
  readonly directory: string;
  readonly exportPart: (part: ExportedPart) => Promise<Export>;
  /** Receives unexpected errors. */
  readonly onFault: (error: unknown) => void;
}

/** The Unix socket in the data directory by which the operator's commands reach a running node. */
export interface OperatorSocket {
  /** Stops commands that are reading, and closes the socket. */
  close(): Promise<void>;
}

/**
 * Path of the socket of a data directory: relative to the working directory when that is shorter, because the length is
 * limited.
 */
export function socketPath(directory: string): string {
  const path = join(resolve(directory), "operator.sock");
  const fromHere = relative("", path);
  return fromHere.length < path.length ? fromHere : path;
}

/** Opens the socket of a node; `undefined` when it can't be opened, since the node can serve without it. */
export async function openOperatorSocket({
  logger,
  ...options
}: Omit<SocketOptions, "onFault"> & { readonly logger: Logger }): Promise<OperatorSocket | undefined> {
  try {
    const onFault = (error: unknown) => logger.error({ err: error }, "a command of the operator failed");
    return await openSocket({ ...options, onFault });
  } catch (error) {
    const reason = (error as Error).message;
    logger.warn({ reason }, "no backup can be taken while this node runs: its socket can't be opened");
    return undefined;
  }
}

/**
 * Opens the socket of a data directory. Like every listener it writes nothing to the index. An answer is a part of
 * the index as of one block, in lines: a header in JSON, then key, space and value of each entry as hex digits, then {@link END}.
 *
 * @throws an error of the system, or an Error when the path is too long for a socket.
 */
async function openSocket({ directory, exportPart, onFault }: SocketOptions): Promise<OperatorSocket> {
  const path = socketPath(directory);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new Error(`the path ${path} is longer than the ${MAX_PATH_BYTES} bytes that a socket's may have`);
  }
  const answering = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = answer(request, response, exportPart).catch((error: unknown) => {
      response.destroy();
      if (!isBrokenOff(error)) onFault(error);
    });
    answering.add(answered);
    answered.then(() => answering.delete(answered));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_TIMEOUT;
  // This process holds the lock of the directory, so an existing socket was left by a killed process.
  await rm(path, { force: true });
  await listen(server, path);
  server.on("error", onFault);
  return {
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await Promise.all(answering);
      await closed;
    },
  };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  exportPart: SocketOptions["exportPart"],
): Promise<void> {
  const part = (Object.keys(PATHS) as ExportedPart[]).find((one) => PATHS[one] === url);
  if (method !== "GET" || part === undefined) return void response.writeHead(404).end();
  let exported: Export;
  try {
    exported = await exportPart(part);
  } catch (error) {
    if (!(error instanceof MapaeError)) throw error;
    const { code, message } = error;
    return void response.writeHead(503).end(JSON.stringify({ code, message }));
  }
  await using held = exported;
  await pipeline(Readable.from(joined(linesOf(held))), response);
}

async function* linesOf({ header, entries }: Export): AsyncGenerator<string, void, void> {
  yield JSON.stringify(header);
  for await (const [key, digits] of entries) yield `${key} ${digits}`;
  yield END;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const mask = process.umask(OWNER_ONLY);
    try {
      // `listen` binds synchronously, while the umask is set.
      server.listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

/** Whether the command disconnected, or was disconnected. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
