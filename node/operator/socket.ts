import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "pino";
import { MapaeError } from "../../resolver/errors.ts";
import type { AsOfBlock, ContentExport } from "../store/content/export.ts";
import { joined } from "./lines.ts";

/** What a node's data directory is asked by the operator's commands while the node has it open. */
export const CONTENT_PATHS: Readonly<Record<AsOfBlock, string>> = { tip: "/content/tip", final: "/content/final" };

/** The last line of an answer that is complete. */
export const END = "end";

/** Longest path of a socket that every system takes, in bytes. */
const MAX_PATH_BYTES = 100;

/** Commands that can read at once. */
const MAX_CONNECTIONS = 4;

/** Milliseconds after which a command that reads nothing any more is dropped: it holds a snapshot. */
const IDLE_TIMEOUT = 60_000;

/** The socket is opened by the node alone, and is for nobody else than the user that it runs as. */
const OWNER_ONLY = 0o177;

export interface SocketOptions {
  /** The data directory, which this process has open. */
  readonly directory: string;
  readonly exportContent: (asOf: AsOfBlock) => Promise<ContentExport>;
  /** Receives unexpected errors. */
  readonly onFault: (error: unknown) => void;
}

/** The operator's way into a node that runs: a Unix socket in its data directory. */
export interface OperatorSocket {
  /** Breaks off what is being read. */
  close(): Promise<void>;
}

/** Where the socket of a data directory is: a path from here when it is shorter, since a socket's may not be long. */
export function socketPath(directory: string): string {
  const path = join(resolve(directory), "operator.sock");
  const fromHere = relative("", path);
  return fromHere.length < path.length ? fromHere : path;
}

/** Opens the socket of a node, which is fit to answer without it, too: `undefined` when it can't be opened. */
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
 * Opens the socket of a data directory. Like every listener it writes nothing: it gives all content of the index as of
 * one block, as lines: a header in JSON, then key, space and value of each entry as hex digits, then {@link END}.
 *
 * @throws Error of the system, or that the path is too long for a socket.
 */
async function openSocket({ directory, exportContent, onFault }: SocketOptions): Promise<OperatorSocket> {
  const path = socketPath(directory);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new Error(`the path ${path} is longer than the ${MAX_PATH_BYTES} bytes that a socket's may have`);
  }
  const answering = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = answer(request, response, exportContent).catch((error: unknown) => {
      response.destroy();
      if (!isBrokenOff(error)) onFault(error);
    });
    answering.add(answered);
    answered.then(() => answering.delete(answered));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_TIMEOUT;
  // The directory is locked, so a socket that is there was left by a process that was killed.
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
  exportContent: SocketOptions["exportContent"],
): Promise<void> {
  const asOf = (Object.keys(CONTENT_PATHS) as AsOfBlock[]).find((one) => CONTENT_PATHS[one] === url);
  if (method !== "GET" || asOf === undefined) return void response.writeHead(404).end();
  let content: ContentExport;
  try {
    content = await exportContent(asOf);
  } catch (error) {
    if (!(error instanceof MapaeError)) throw error;
    const { code, message } = error;
    return void response.writeHead(503).end(JSON.stringify({ code, message }));
  }
  await using held = content;
  await pipeline(Readable.from(joined(linesOf(held))), response);
}

async function* linesOf({ header, entries }: ContentExport): AsyncGenerator<string, void, void> {
  yield JSON.stringify(header);
  for await (const [key, digits] of entries) yield `${key} ${digits}`;
  yield END;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const mask = process.umask(OWNER_ONLY);
    try {
      // Binds at once, so that there is no moment at which others may connect.
      server.listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

/** Whether the command went away, or was sent away. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
