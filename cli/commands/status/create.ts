import { listIdOf } from "../../../resolver/index.ts";
import { CHUNK_SIZE, MAX_LIST_SIZE, MIN_LIST_SIZE } from "../../../resolver/status/decode-status-log.ts";
import { readList } from "../../status/list.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named, namedIfGiven } from "../../terminal/named.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { writtenLines } from "../../transaction/send.ts";
import { typeIdOf } from "../../trust/terms.ts";
import { addressOf } from "../../values/did.ts";
import { parseListNumber } from "../../values/list-number.ts";
import { parseWhole } from "../../values/whole.ts";

interface Options {
  readonly number: string;
  readonly size: string;
  readonly type: string;
  readonly baseUri: string;
}

/** `mapae status create` */
export const addStatusCreate: AddCommand = (parent, terminal) => {
  parent
    .command("create <issuer>")
    .description("create a status list of an issuer that is accredited for its type")
    .requiredOption("--number <number>", "number of the list, unique for the issuer")
    .requiredOption("--type <uri or id>", "the type of its credentials")
    .requiredOption("--base-uri <url>", "its tokens are served at <url>/<number>; it can never be changed")
    .option("--size <credentials>", "a multiple of 256 from 131072 to 524288", "131072")
    .addHelpText(
      "after",
      `
The base URI goes into every credential. Fill a list before you open the next one: credentials that share a list can't be
told apart by it.

Example:
  $ mapae status create did:mapae:gov-…:0x… --number 0 --type https://types.example/official-id/v1 \\
      --base-uri https://issuer.example/status-lists`,
    )
    .action(async (issuer: string, { number, size, type, baseUri }: Options, command) => {
      const call = callOf(terminal, command);
      const url = named("--base-uri", () => checkedUri(baseUri));
      const credentials = named("--size", () => parseSize(size));
      const place = named("--number", () => parseListNumber(number));
      const typeId = named("--type", () => typeIdOf(type));
      await withRegistries(call, async (registries) => {
        const address = addressOf(issuer, registries.network.descriptor);
        const args = [address, place, BigInt(credentials), typeId, url];
        const written = await registries.write(registries.status, "createList", args);
        const list = listIdOf(address, place);
        const text = `list ${number} of ${issuer}\n  id           ${list}\n${writtenLines(written)}`;
        call.out.answer({ list, issuer, number: String(place), ...written }, text);
      });
    });
};

/** `mapae status close` */
export const addStatusClose: AddCommand = (parent, terminal) => {
  parent
    .command("close <issuer> <number>")
    .description("close a list for new credentials; statuses can still be changed")
    .addHelpText("after", "\nExample:\n  $ mapae status close did:mapae:gov-…:0x… 0")
    .action(async (issuer: string, number: string, _options: object, command) => {
      const call = callOf(terminal, command);
      await withRegistries(call, async (registries) => {
        const { list } = await readList(registries, issuer, number);
        const written = await registries.write(registries.status, "close", [list]);
        call.out.answer({ list, ...written }, `list ${number} of ${issuer} is closed\n${writtenLines(written)}`);
      });
    });
};

/** `mapae status checkpoint` */
export const addStatusCheckpoint: AddCommand = (parent, terminal) => {
  parent
    .command("checkpoint <issuer> <number>")
    .description("write a checkpoint of a list, from which a proof can start")
    .option("--from <chunk>", "first chunk, of 256 credentials each", "0")
    .option("--count <chunks>", "number of chunks (default: all)")
    .addHelpText("after", "\nExample:\n  $ mapae status checkpoint did:mapae:gov-…:0x… 0")
    .action(async (issuer: string, number: string, { from, count }: { from: string; count?: string }, command) => {
      const call = callOf(terminal, command);
      const first = named("--from", () => parseWhole(from, "The first chunk", 0, MAX_LIST_SIZE / CHUNK_SIZE - 1));
      const many = namedIfGiven("--count", count, (text) =>
        parseWhole(text, "A number of chunks", 1, MAX_LIST_SIZE / CHUNK_SIZE),
      );
      await withRegistries(call, async (registries) => {
        const { list, size } = await readList(registries, issuer, number);
        const total = size / CHUNK_SIZE;
        const chunks = many ?? total - first;
        if (chunks < 1 || first + chunks > total) {
          throw new CliError(
            "INVALID_INPUT",
            `--from, --count: The list has the chunks 0 to ${total - 1}, got ${chunks} from ${first} on`,
          );
        }
        const written = await registries.write(registries.status, "checkpoint", [list, BigInt(first), BigInt(chunks)]);
        const text = `checkpoint of ${chunks} chunks of list ${number} of ${issuer}\n${writtenLines(written)}`;
        call.out.answer({ list, from: first, count: chunks, ...written }, text);
      });
    });
};

function parseSize(text: string): number {
  const size = parseWhole(text, "A size", MIN_LIST_SIZE, MAX_LIST_SIZE);
  if (size % CHUNK_SIZE === 0) return size;
  throw new CliError("INVALID_INPUT", `A size is a multiple of ${CHUNK_SIZE}; got ${size}`);
}

/** The contract checks only the length. A URI that verifiers refuse would make every credential of the list unusable. */
function checkedUri(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.protocol === "http:" && url.hostname === "127.0.0.1";
  if (url === undefined || (url.protocol !== "https:" && !local) || /[?#]|\/$/.test(text) || url.username !== "") {
    throw new CliError(
      "INVALID_INPUT",
      `A base URI is https, without query, fragment, user or trailing slash; got ${JSON.stringify(text.slice(0, 200))}`,
    );
  }
  return text;
}
