import { z } from "zod";
import { CliError } from "../terminal/errors.ts";
import { type InputFile, readJsonInput } from "./files.ts";

/**
 * Reads a JSON file that a schema describes.
 * @throws CliError `INVALID_INPUT` naming what is wrong in it, and where; what reading it throws.
 */
export async function readJsonFile<S extends z.core.$ZodType>(schema: S, file: InputFile): Promise<z.output<S>> {
  const parsed = z.safeParse(schema, await readJsonInput(file));
  if (parsed.success) return parsed.data;
  throw new CliError("INVALID_INPUT", `The ${file.what} at ${file.path} is wrong:\n${z.prettifyError(parsed.error)}`);
}
