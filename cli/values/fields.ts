import { z } from "zod";
import type { Address } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { parseAccount } from "./account.ts";

// Fields of JSON files, for schemas.

/** An address that a program wrote, in lower case. */
export const addressField = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{40}$/)]);

/** 32 bytes in lower-case hex. */
export const hashField = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);

/** Any number of bytes in lower-case hex. */
export const bytesField = z.templateLiteral(["0x", z.string().regex(/^(?:[0-9a-f]{2})*$/)]);

/** An account that a person wrote: a wrong EIP-55 checksum is a typing error. */
export const accountField = z.string().transform((text, context): Address => {
  try {
    return parseAccount(text);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return z.NEVER;
  }
});
