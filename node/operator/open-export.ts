import { once } from "node:events";
import { existsSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { UnavailableError } from "../../resolver/errors.ts";
import { CheckedDatabase } from "../store/checked-database.ts";
import { type ContentHeader, type Export, type ExportedPart, exportPart } from "../store/content/export.ts";
import { expectReadable } from "../store/meta.ts";
import { StoreError, type StoreErrorCode } from "../store/store-error.ts";
import { lines } from "./lines.ts";
import { END, PATHS, socketPath } from "./socket.ts";

/** Longest line that is read from a node, in bytes. The state of a DID has no other bound than the gas that its owner pays. */
const MAX_LINE_BYTES = 268_435_456;

/**
 * A part of the index in a data directory, read from the directory, or from the node that has it open.
 *
 * @throws StoreError as {@link exportPart}, or when the directory can't be read; UnavailableError when the node closes
 * the connection early.
 */
export async function openExport(directory: string, part: ExportedPart): Promise<Export> {
  // LevelDB would create a database where there is none.
  if (!existsSync(join(directory, "CURRENT"))) {
    throw new StoreError("STORE_EMPTY", `There is no index in ${directory}: set MAPAE_DATA_DIR as for the node`);
  }
  let database: CheckedDatabase;
  try {
    database = await CheckedDatabase.open(directory);
  } catch (error) {
    if (error instanceof StoreError && error.code === "STORE_LOCKED") return askNode(directory, part, error);
    throw error;
  }
  try {
    const exported = await exportPart(database, part);
    return {
      ...exported,
      async [Symbol.asyncDispose]() {
        await exported[Symbol.asyncDispose]();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function askNode(directory: string, part: ExportedPart, locked: StoreError): Promise<Export> {
  const asked = request({ socketPath: socketPath(directory), path: PATHS[part], agent: false });
  asked.end();
  let response: IncomingMessage;
  try {
    [response] = await once(asked, "response");
  } catch (cause) {
    const message = `${directory} is open in another process, which does not answer on ${socketPath(directory)}: stop that process first`;
    throw new StoreError("STORE_LOCKED", message, { cause: locked.cause ?? cause });
  }
  const text = lines(response, MAX_LINE_BYTES);
  const next = async (): Promise<string> => {
    try {
      const { value } = await text.next();
      if (value !== undefined) return value;
    } catch (cause) {
      throw new UnavailableError("The node ended its answer early: its log says why, unless it was stopped", { cause });
    }
    throw new UnavailableError("The node ended its answer early: its log says why, unless it was stopped");
  };
  const first = JSON.parse(await next());
  if (response.statusCode !== 200) {
    asked.destroy();
    throw new StoreError(first.code as StoreErrorCode, first.message);
  }
  async function* entries() {
    for (let line = await next(); line !== END; line = await next()) {
      const space = line.indexOf(" ");
      yield [line.slice(0, space), line.slice(space + 1)] as const;
    }
  }
  const header = first as ContentHeader;
  expectReadable(header.meta);
  return {
    header,
    entries: entries(),
    async [Symbol.asyncDispose]() {
      asked.destroy();
    },
  };
}
