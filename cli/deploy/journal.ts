import { rm } from "node:fs/promises";
import { z } from "zod";
import type { Address, Hash } from "../../resolver/index.ts";
import { parseJson, readIfThere, writeJson } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";
import { addressField, hashField } from "../values/fields.ts";
import type { Governance } from "./governance.ts";

/** The fields of every journal: the chain, the deployer, and the progress. */
export const journalFields = {
  chainId: z.int(),
  genesisHash: hashField,
  deployer: addressField,
  /** By contract, written before its transaction is sent: the nonce determines the address. */
  steps: z.record(
    z.string(),
    z.strictObject({
      nonce: z.int().min(0),
      address: addressField,
      fromBlock: z.int().min(0),
      codeHash: hashField.nullable(),
    }),
  ),
};

const governance = z.strictObject({
  council: addressField,
  guardian: addressField,
  delay: z.int().min(0),
  rehearsal: z.literal(true).optional(),
});

const networkJournal = z.strictObject({ label: z.string(), governance, ...journalFields });

/** A deployment and its progress. */
export interface JournalFields {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly deployer: Address;
  readonly steps: Record<string, JournalStep>;
}

/** A network's deployment and its progress. */
export interface JournalData extends JournalFields {
  readonly label: string;
  readonly governance: Governance;
}

/** One contract of a deployment. `codeHash` is `null` until the code is on the chain. */
export interface JournalStep {
  readonly nonce: number;
  readonly address: Address;
  readonly fromBlock: number;
  readonly codeHash: Hash | null;
}

/** A file with the progress of a deployment, until it is finished. */
export interface Journal<T extends JournalFields = JournalData> {
  readonly path: string;
  read(): Promise<T | undefined>;
  write(data: T): Promise<void>;
  remove(): Promise<void>;
}

/** The journal of a network's deployment. */
export function fileJournal(path: string): Journal {
  return journalAt(path, networkJournal as z.ZodType<JournalData>);
}

/**
 * The journal at a path, with the contents that its schema describes.
 * @throws CliError `CONFIGURATION` on reading a file that breaks the schema.
 */
export function journalAt<T extends JournalFields>(path: string, schema: z.ZodType<T>): Journal<T> {
  return {
    path,
    async read() {
      const text = await readIfThere(path);
      if (text === undefined) return undefined;
      const parsed = schema.safeParse(parseJson(text, `deployment journal at ${path}`));
      if (!parsed.success) {
        const message = `${path} is no journal of this deployment: move it away and deploy again`;
        throw new CliError("CONFIGURATION", message, { cause: parsed.error });
      }
      return parsed.data;
    },
    write: (data) => writeJson(path, data),
    remove: () => rm(path, { force: true }),
  };
}

/** The progress of a deployment, by contract. */
export interface JournalSteps {
  stepOf(contract: string): JournalStep | undefined;
  record(contract: string, step: JournalStep): Promise<void>;
}

/**
 * Continues a deployment from its journal, or begins the one that `fresh` describes.
 * @throws CliError `CONFIGURATION` for the journal of another deployment, which must not be continued.
 */
export async function openJournal<T extends JournalFields>(journal: Journal<T>, fresh: T): Promise<JournalSteps> {
  const found = (await journal.read()) ?? fresh;
  for (const key of Object.keys(fresh) as (keyof T)[]) {
    const [was, is] = [JSON.stringify(found[key]), JSON.stringify(fresh[key])];
    if (key === "steps" || was === is) continue;
    throw new CliError(
      "CONFIGURATION",
      `${journal.path} is the journal of another deployment: its ${String(key)} is ${was}, now it is ${is}. ` +
        "Finish that deployment, or move the file away",
    );
  }
  const { steps } = found;
  return {
    stepOf: (contract) => steps[contract],
    async record(contract, step) {
      steps[contract] = step;
      await journal.write(found);
    },
  };
}
