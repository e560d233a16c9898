import { formatDid, parseDid, readIdentity } from "../../../resolver/index.ts";
import type { DidChange } from "../../did/change.ts";
import { parsePurpose, readKey, setKey } from "../../did/key-input.ts";
import { parseService, setService } from "../../did/service-input.ts";
import { type AddCommand, callOf, collect } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { openNetwork } from "../../terminal/settings.ts";
import { submit } from "../../transaction/did-call.ts";
import { readSigner } from "../../transaction/signer.ts";
import { DEFAULT_VALIDITY, parseDuration } from "../../values/duration.ts";

interface Options {
  readonly key?: string[];
  readonly service?: string[];
  readonly validFor: string;
}

/** `mapae did create` */
export const addDidCreate: AddCommand = (parent, terminal) => {
  parent
    .command("create")
    .description("create the DID of the account that signs, with its first keys and services")
    .option(
      "--key <purpose=jwk>",
      "public JWK (file or JSON) with its purpose: assertion, authentication or keyAgreement",
      collect,
    )
    .option("--service <type[/fragment]=endpoint>", "service with a URI or JSON as its endpoint", collect)
    .option("--valid-for <duration>", "how long keys and services are valid, such as 365d or 12h", DEFAULT_VALIDITY)
    .addHelpText(
      "after",
      `
All is written in one transaction. The DID's identifier is the address of the account that signs: use an account of its
own for each DID, and hand it to a Safe afterwards with mapae did set-owner.

Example:
  $ mapae did create --keystore agency.json --key assertion=signing.jwk.json --key keyAgreement=encryption.jwk.json \\
      --service LinkedDomains/web=https://agency.example`,
    )
    .action(async (options: Options, command) => {
      const call = callOf(terminal, command);
      const changes = await firstChanges(options);
      const network = await openNetwork(terminal, call.options);
      const signer = await readSigner(terminal, call.options);
      const did = parseDid(formatDid(network.descriptor.name, `0x${signer.address.slice(2).toLowerCase()}`));
      const { asOf, state } = await readIdentity(network.reader, network.descriptor, did.address);
      if (state !== undefined) {
        throw new CliError(
          "ALREADY_EXISTS",
          `${did.did} exists since block ${state.created.block}: see mapae did add-key and add-service`,
        );
      }
      await submit(call, { network, did, state, asOf, changes, signer });
    });
};

async function firstChanges({ key = [], service = [], validFor }: Options): Promise<DidChange[]> {
  const validity = named("--valid-for", () => parseDuration(validFor));
  const keys = await named("--key", () => Promise.all(key.map((text) => firstKey(text, validity))));
  const services = named("--service", () => service.map((text) => setService(parseService(text), validity)));
  const changes = [...keys, ...services];
  if (changes.length === 0) {
    throw new CliError("USAGE", "A DID begins with its first entry: give at least one --key or --service");
  }
  return changes;
}

async function firstKey(text: string, validity: number): Promise<DidChange> {
  const at = text.indexOf("=");
  if (at < 0) {
    const got = JSON.stringify(text.slice(0, 40));
    throw new CliError("USAGE", `A key is <purpose>=<file or JSON>, such as assertion=signing.jwk.json; got ${got}`);
  }
  return setKey(await readKey(text.slice(at + 1)), parsePurpose(text.slice(0, at)), validity);
}
