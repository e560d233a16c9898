import { AUDIT_TOKEN_TYPE } from "../../../node/audit/bearer.ts";
import { MAX_TOKEN_LIFETIME } from "../../../node/audit/bounds.ts";
import { makeJws } from "../../../node/lists/make-token.ts";
import { systemClock } from "../../../node/runtime/clock.ts";
import { dateTime } from "../../../resolver/index.ts";
import { openKeyFile } from "../../files/key-file.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { parseDuration } from "../../values/duration.ts";

/** `mapae audit token` */
export const add: AddCommand = (parent, terminal) => {
  parent
    .command("token <file>")
    .description("make a token with which an auditor asks a node's audit listener")
    .requiredOption("--audience <url>", "the listener that it is for, as its operator set MAPAE_AUDIT_AUDIENCE")
    .option("--valid-for <duration>", `at most ${MAX_TOKEN_LIFETIME}s`, `${MAX_TOKEN_LIFETIME}s`)
    .addHelpText(
      "after",
      `
The key file is one that mapae signer new made for the auditor's DID, whose document lists the key for authentication.
Its password is asked for, or taken from the file that MAPAE_SIGNER_PASSWORD_FILE names. Anyone with the token can ask in
the auditor's name until it ends: it goes into a header, over TLS, and nowhere else.

Example:
  $ mapae audit token auditor.jwe --audience https://audit.example > token
  $ curl -H "Authorization: Bearer $(cat token)" https://audit.example/audit/changes`,
    )
    .action(async (file: string, { audience, validFor }: { audience: string; validFor: string }, command) => {
      const { out } = callOf(terminal, command);
      const lifetime = named("--valid-for", () => lifetimeOf(validFor));
      const signer = await openKeyFile(terminal, file);
      const iat = systemClock.now();
      const claims = { iss: signer.issuer, aud: audience, iat, exp: iat + lifetime };
      const token = await makeJws(AUDIT_TOKEN_TYPE, claims, signer);
      out.answer({ token, keyId: signer.keyId, audience, expires: dateTime(claims.exp) }, token);
    });
};

function lifetimeOf(text: string): number {
  const lifetime = parseDuration(text);
  if (lifetime >= 1 && lifetime <= MAX_TOKEN_LIFETIME) return lifetime;
  throw new CliError("USAGE", `A token is good for 1 to ${MAX_TOKEN_LIFETIME} s; got ${text}`);
}
