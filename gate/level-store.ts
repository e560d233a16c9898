import { Level } from "level";
import { CodedError, MapaeError } from "../resolver/errors.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import { type Evidence, type GateStore, isNewEvidence, type StoredState } from "./gate-store.ts";

/**
 * - `GATE_STORE_LOCKED`: another process has the folder open;
 * - `GATE_STORE_OTHER`: it is of another network, or was written by another version of Mapae or by another program;
 * - `GATE_STORE_DAMAGED`: what is read back is not what was written;
 * - `GATE_STORE_IO`: the disk fails, or its permissions do not allow the access.
 */
export class GateStoreError extends CodedError<
  "GATE_STORE_LOCKED" | "GATE_STORE_OTHER" | "GATE_STORE_DAMAGED" | "GATE_STORE_IO"
> {}

const META = "meta";
const HELD = "held";
const BUNDLE = "bundle";
const SEEN = "seen";
const EVIDENCE = { gte: "evidence ", lt: "evidence!" } as const;
const VERSION = 1;

/** Bytes as base64, since all values of the database are text. */
const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/**
 * A gate's store in LevelDB, in a folder of its own that is created when missing. One process at a time can open it.
 * @throws GateStoreError
 */
export async function levelStore(directory: string, { genesisHash, name }: NetworkDescriptor): Promise<GateStore> {
  const database = new Level<string, string>(directory);
  const guarded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => Promise.reject(ours(cause, directory)));
  await guarded(database.open());
  const meta = JSON.stringify({ version: VERSION, genesisHash, name });
  const found = await guarded(database.get(META));
  const [first] = await guarded(database.keys({ limit: 1 }).all());
  if (first === undefined) await guarded(database.put(META, meta, { sync: true }));
  else if (found !== meta) {
    await database.close();
    const of = found?.slice(0, 200) ?? "another program, such as a node";
    throw new GateStoreError(
      "GATE_STORE_OTHER",
      `The folder ${directory} is of ${of}, wanted ${meta}: name another folder`,
    );
  }
  const evidence = async () =>
    (await guarded(database.values(EVIDENCE).all())).map((text) => read<Evidence>(text, directory));

  return {
    async load() {
      const [held, bundle, seen] = await guarded(database.getMany([HELD, BUNDLE, SEEN]));
      if (held === undefined && bundle === undefined) return undefined;
      if (held === undefined || bundle === undefined || seen === undefined)
        throw damaged(directory, "a value is missing");
      const kept = read<Pick<StoredState, "blocks" | "trusted">>(held, directory);
      return { ...kept, bundle: new Uint8Array(Buffer.from(bundle, "base64")), seen: read<number>(seen, directory) };
    },
    save: ({ bundle, seen, ...held }) =>
      guarded(
        database
          .batch()
          .put(HELD, JSON.stringify(held))
          .put(BUNDLE, toText(bundle))
          .put(SEEN, String(seen))
          .write({ sync: true }),
      ),
    saveSeen: (seen) => guarded(database.put(SEEN, String(seen))),
    async addEvidence(one) {
      if (!isNewEvidence(await evidence(), one)) return;
      const key = `${EVIDENCE.gte}${one.reason} ${one.came.hash}`;
      await guarded(database.put(key, JSON.stringify(one), { sync: true }));
    },
    evidence,
    close: () => guarded(database.close()),
  };
}

function read<T>(text: string, directory: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw damaged(directory, "a value is no JSON", cause);
  }
}

/** The error for a damaged folder. It can be deleted: everything important in it comes from bundles. */
export function damaged(directory: string, why: string, cause?: unknown): GateStoreError {
  return new GateStoreError(
    "GATE_STORE_DAMAGED",
    `The gate's folder ${directory} is damaged: ${why}. Check the disk, keep the folder for the investigation, and let the gate import a whole bundle in a new one`,
    { cause },
  );
}

function ours(error: unknown, directory: string): unknown {
  if (!(error instanceof Error) || error instanceof MapaeError) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as Error & { code?: unknown };
  const options = { cause: error };
  if (code === "LEVEL_LOCKED")
    return new GateStoreError(
      "GATE_STORE_LOCKED",
      `Another process has the folder ${directory} open: end that process`,
      options,
    );
  if (code === "LEVEL_CORRUPTION" || code === "LEVEL_DECODE_ERROR") return damaged(directory, message, error);
  return new GateStoreError(
    "GATE_STORE_IO",
    `Could not read or write the folder ${directory} (${message}): check the disk and the rights`,
    options,
  );
}
