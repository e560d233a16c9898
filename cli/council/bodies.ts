import { z } from "zod";
import type { Address } from "../../resolver/index.ts";
import { readJsonFile } from "../files/json-file.ts";
import { delayFields, isLongEnough, TOO_SHORT } from "../governance/read-governance.ts";
import { accountField } from "../values/fields.ts";

/** Longest file of the two bodies, in bytes. */
const MAX_BODIES_BYTES = 65_536;

/** Most keys of a body: each signature of a proposal costs gas, and a line of output. */
const MAX_OWNERS = 50;

const body = z
  .strictObject({
    /** The accounts of its members. */
    owners: z.array(accountField).min(2).max(MAX_OWNERS),
    /** How many of them have to sign. */
    threshold: z.int().min(2, "one stolen key would be the whole body: let at least two sign"),
  })
  .refine(({ owners }) => new Set(owners).size === owners.length, "an account is named twice")
  .refine(({ owners, threshold }) => threshold <= owners.length, "more have to sign than there are");

const bodiesSchema = z
  .strictObject({ council: body, guardian: body, ...delayFields })
  .refine(isLongEnough, TOO_SHORT)
  .refine(
    ({ council, guardian }) => !council.owners.some((one) => guardian.owners.includes(one)),
    "an account is in both bodies: one has to watch over the other",
  );

/** A body of m of n keys. */
export interface Body {
  readonly owners: readonly Address[];
  readonly threshold: number;
}

/** The two bodies that govern a network, and the delay of the council's proposals in seconds. */
export type Bodies = z.output<typeof bodiesSchema>;

/**
 * Reads the file that names the members of the council and of the guardian.
 * @throws CliError `INVALID_INPUT` naming what is wrong in it.
 */
export function readBodies(path: string): Promise<Bodies> {
  return readJsonFile(bodiesSchema, { path, what: "file of the two bodies", maxBytes: MAX_BODIES_BYTES });
}
