import { rm } from "node:fs/promises";
import { z } from "zod";
import type { Address, Hash } from "../../resolver/index.ts";
import { parseJson, readIfThere, writeWhole } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";
import type { Governance } from "./governance.ts";

const hash = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);
const address = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{40}$/)]);

const journalSchema = z.strictObject({
  /** What this deployment is: a journal of another one must not be gone on with. */
  label: z.string(),
  chainId: z.int(),
  genesisHash: hash,
  deployer: address,
  governance: z.strictObject({ council: address, guardian: address, delay: z.int().min(0) }),
  /** By contract, written before its transaction is sent: its nonce fixes its address, whatever happens next. */
  steps: z.record(
    z.string(),
    z.strictObject({ nonce: z.int().min(0), address, fromBlock: z.int().min(0), codeHash: hash.nullable() }),
  ),
});

/** How far a deployment is. */
export interface JournalData {
  readonly label: string;
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly deployer: Address;
  readonly governance: Governance;
  readonly steps: Record<string, JournalStep>;
}

/** One contract of a deployment. `codeHash` is `null` until its code was seen on the chain. */
export interface JournalStep {
  readonly nonce: number;
  readonly address: Address;
  readonly fromBlock: number;
  readonly codeHash: Hash | null;
}

/** A file beside the descriptor that remembers a deployment until it is finished. */
export interface Journal {
  readonly path: string;
  read(): Promise<JournalData | undefined>;
  write(data: JournalData): Promise<void>;
  remove(): Promise<void>;
}

/** @throws CliError `CONFIGURATION` when the file is none of a deployment. */
export function fileJournal(path: string): Journal {
  return {
    path,
    async read() {
      const text = await readIfThere(path);
      if (text === undefined) return undefined;
      const parsed = journalSchema.safeParse(parseJson(text, `deployment journal at ${path}`));
      if (!parsed.success) {
        throw new CliError("CONFIGURATION", `${path} is no journal of a deployment: move it away and deploy again`);
      }
      return parsed.data;
    },
    write: (data) => writeWhole(path, `${JSON.stringify(data, null, 2)}\n`),
    remove: () => rm(path, { force: true }),
  };
}
