import { z } from "zod";
import { isMapaeDid } from "../../resolver/did/did.ts";
import { isHttpUrl } from "./http-url.ts";

/** Metadata of a variable in the schema. */
export interface VariableMeta {
  readonly description: string;
  /** Description of the default, in Markdown. */
  readonly default: string;
  /** Whether its value is never shown. */
  readonly secret?: true;
}

/** A whole number in a range. */
export const whole = (min: number, max: number) => {
  const wanted = `wanted a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, wanted)
    .transform(Number)
    .refine((number) => number >= min && number <= max, wanted);
};

/** Any text, such as a path. */
export const text = z.string().max(4_096, "wanted at most 4096 characters");

/** A list separated by commas, each item of which is valid by `isOne`. */
export const csv = (
  isOne: (text: string) => boolean,
  { max, of, wanted }: { max: number; of: string; wanted: string },
) =>
  z
    .string()
    .max(65_536, "wanted at most 65536 characters")
    .transform((list) => list.split(",").map((one) => one.trim()))
    .refine((all) => all.length <= max, `wanted at most ${max} ${of}`)
    .refine((all) => all.every(isOne), wanted);

/** URLs of servers, separated by commas. */
export const urls = (max: number) =>
  csv(isHttpUrl, {
    max,
    of: "URLs",
    wanted: "wanted http: or https: URLs, separated by commas; in a user or password write % as %25",
  });

/** DIDs of the network, separated by commas. */
export const dids = (max: number) =>
  csv(isMapaeDid, { max, of: "DIDs", wanted: "wanted DIDs of the network, separated by commas" });

/** A port, or `off`, which becomes `null`. */
export const portOrOff = z
  .string()
  .regex(/^(?:off|[0-9]{1,9})$/, "wanted off, or a whole number from 0 to 65535")
  .transform((port) => (port === "off" ? null : Number(port)))
  .refine((port) => port === null || port <= 65_535, "wanted off, or a whole number from 0 to 65535");

/** A variable with its metadata. */
export const variable = <T extends z.ZodType>(type: T, meta: VariableMeta) => type.meta({ ...meta });

/** A schema of variables, each with its `VariableMeta`. */
export type VariableSchema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

export function variableMeta(schema: VariableSchema, name: string): VariableMeta {
  return schema.shape[name]?.meta() as unknown as VariableMeta;
}

/** The table of the variables of a schema, in Markdown. */
export function configTable(schema: VariableSchema): string {
  const rows = Object.keys(schema.shape).map((name) => {
    const meta = variableMeta(schema, name);
    return `| \`${name}\` | ${meta.default} | ${meta.description}${meta.secret ? ". Never logged" : ""} |`;
  });
  return ["| variable | default | meaning |", "| --- | --- | --- |", ...rows, ""].join("\n");
}
