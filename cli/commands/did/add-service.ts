import { setService } from "../../did/service-input.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { named } from "../../terminal/named.ts";
import { existing, openDid, submit } from "../../transaction/did-call.ts";
import { DEFAULT_VALIDITY, parseDuration } from "../../values/duration.ts";

interface Options {
  readonly type: string;
  readonly fragment?: string;
  readonly endpoint: string;
  readonly validFor: string;
}

/** `mapae did add-service` */
export const addDidAddService: AddCommand = (parent, terminal) => {
  parent
    .command("add-service <did>")
    .description("publish a service; it replaces one with the same fragment")
    .requiredOption("--type <type>", "type of the service, [A-Za-z0-9_]+")
    .requiredOption("--endpoint <URI or JSON>", "where it is: a URI, a JSON object, or a list of these")
    .option("--fragment <fragment>", "name of the service in the DID document, [A-Za-z0-9_]+")
    .option("--valid-for <duration>", "how long it holds, such as 365d or 12h", DEFAULT_VALIDITY)
    .addHelpText(
      "after",
      `
Example:
  $ mapae did add-service did:mapae:local:0x… --type LinkedDomains --fragment web --endpoint https://agency.example`,
    )
    .action(async (did: string, { validFor, ...service }: Options, command) => {
      const call = callOf(terminal, command);
      const validity = named("--valid-for", () => parseDuration(validFor));
      const change = setService(service, validity, (part, read) => named(`--${part}`, read));
      const opened = await openDid(call, did);
      existing(opened);
      await submit(call, { ...opened, changes: [change] });
    });
};
