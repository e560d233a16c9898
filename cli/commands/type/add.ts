import { id, keccak256 } from "ethers";
import { type Hash, isTypeUri } from "../../../resolver/index.ts";
import { MAX_URI_BYTES } from "../../../resolver/trust/decode-trust-log.ts";
import { readBytes } from "../../files/files.ts";
import { describeGoverned, type OrderOptions, orderOf, orderOptions } from "../../governance/order.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { parseHash } from "../../values/hash.ts";

/** Longest schema file, in bytes. */
const MAX_SCHEMA_BYTES = 1_048_576;

interface Options extends OrderOptions {
  readonly uri: string;
  readonly schemaUri: string;
  readonly schema?: string;
  readonly schemaHash?: string;
}

/** `mapae type add` */
export const addTypeAdd: AddCommand = (parent, terminal) => {
  orderOptions(parent.command("add"))
    .description("add a credential type, as governance")
    .requiredOption("--uri <uri>", "permanent name of the type and its version")
    .requiredOption("--schema-uri <uri>", "where its schema is")
    .option("--schema <file>", "the schema; its keccak256 hash is written")
    .option("--schema-hash <hash>", "that hash, in place of the file")
    .addHelpText(
      "after",
      `
The council proposes it to the timelock; the same command executes it once the delay is over. From another account it
prints the transaction that the council has to send.

Example:
  $ mapae type add --uri https://types.example/official-id/v1 \\
      --schema-uri https://types.example/official-id/v1/schema.json --schema official-id.schema.json`,
    )
    .action(async ({ uri, schemaUri, schema, schemaHash, ...order }: Options, command) => {
      const call = callOf(terminal, command);
      named("--uri", () => expectTypeUri(uri));
      named("--schema-uri", () => expectSchemaUri(schemaUri));
      if (uri.endsWith("/")) {
        call.out.warn(`${uri} ends with a slash: a credential of ${uri.slice(0, -1)} is of another type`);
      }
      const hash = await hashOf(schema, schemaHash);
      const operation = orderOf(order);
      await withRegistries(call, async ({ trust, govern }) => {
        const typeId = id(uri);
        const governed = await govern(trust, "addType", [uri, schemaUri, hash], { order: operation });
        call.out.answer({ typeId, uri, ...governed }, describeGoverned(`${uri}\n  type         ${typeId}`, governed));
      });
    });
};

/** Refuses a URI that no credential can name, because it would stay in the registry forever. */
function expectTypeUri(uri: string): void {
  const named: boolean = isTypeUri(uri);
  if (named) return;
  throw new CliError(
    "INVALID_INPUT",
    "A type's URI has a scheme in lower case and the characters of RFC 3986 alone, 256 at most, such as " +
      `https://types.example/official-id/v1: no credential can name ${JSON.stringify(uri.slice(0, 80))}`,
  );
}

/** Whoever looks for the schema has only this URI, which stays in the registry forever. */
function expectSchemaUri(text: string): void {
  if (/^[\x21-\x7e]+$/.test(text) && text.length <= MAX_URI_BYTES && URL.canParse(text)) return;
  const got = JSON.stringify(text.slice(0, 80));
  throw new CliError(
    "INVALID_INPUT",
    `A schema's URI has a scheme and ASCII characters alone, at most ${MAX_URI_BYTES}, such as https://types.example/v1.json; got ${got}`,
  );
}

async function hashOf(file: string | undefined, hash: string | undefined): Promise<Hash> {
  if ((file === undefined) === (hash === undefined)) {
    throw new CliError("USAGE", "Give either --schema <file> or --schema-hash <hash>");
  }
  if (hash !== undefined) return named("--schema-hash", () => parseHash(hash, "A schema's hash"));
  const input = { path: String(file), what: "schema", maxBytes: MAX_SCHEMA_BYTES };
  return keccak256(await named("--schema", () => readBytes(input))) as Hash;
}
