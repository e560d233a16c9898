import { readFile } from "node:fs/promises";
import { policyFor } from "../../../../examples/mobile-id/gate/policies.ts";
import { type Asker, GateRequests } from "../../../../examples/mobile-id/gate/requests.ts";
import type { ExampleConfig } from "../../../../examples/mobile-id/shared/config.ts";
import type { TextKey } from "../../../../examples/mobile-id/shared/words.ts";
import { openKey } from "../../../../node/issuing/key-file.ts";

/** A request, and what a wallet says of it. */
export interface StrangeRequest {
  readonly text: string;
  readonly screen: "consent" | "problem";
  readonly says: TextKey;
}

const TYPE = "https://types.mapae.example/official-id/v1";

/** Requests as nobody should make them: by who is not accredited, for too much, forged, too old, by a stranger. */
export async function strangeRequests({
  issuers,
  verifiers,
  password,
}: ExampleConfig): Promise<Map<string, StrangeRequest>> {
  const secret = (await readFile(password, "utf8")).trimEnd();
  const open = async (file = "") => openKey(await readFile(file, "utf8"), secret);
  const [issuer, door] = [await open(issuers["official-id"]?.keys[0]), await open(verifiers.door?.key)];
  const purpose = verifiers.door?.purpose ?? "";
  const asking = (claims: readonly string[]) =>
    policyFor("door", { freshFor: 1, denyAfter: 1, credentials: [{ id: "card", vct: TYPE, claims }] });
  const now = () => Math.floor(Date.now() / 1_000);
  const make = async (asker: Asker, clock = now) => (await new GateRequests(clock).make(asker)).text;
  const good = await make({ policy: asking(["organization"]), signer: door, purpose });
  const stranger = `did:mapae:local:0x${"5".repeat(40)}`;
  return new Map<string, StrangeRequest>([
    [
      "13-unaccredited",
      {
        text: await make({ policy: asking(["name", "staff_number"]), signer: issuer, purpose }),
        screen: "consent",
        says: "consent.unaccredited",
      },
    ],
    [
      "14-too-much",
      {
        text: await make({ policy: asking(["organization", "staff_number"]), signer: door, purpose }),
        screen: "consent",
        says: "consent.tooMuch",
      },
    ],
    [
      "15-forged",
      { text: good.replace(/.{8}$/, "AAAAAAAA"), screen: "problem", says: "problem.REQUEST_BAD_SIGNATURE" },
    ],
    [
      "15-expired",
      {
        text: await make({ policy: asking(["organization"]), signer: door, purpose }, () => now() - 600),
        screen: "problem",
        says: "problem.REQUEST_EXPIRED",
      },
    ],
    [
      "16-stranger",
      {
        text: good.replace(encodeURIComponent(door.issuer), encodeURIComponent(stranger)),
        screen: "problem",
        says: "problem.REQUEST_UNKNOWN_VERIFIER",
      },
    ],
    ["16-nonsense", { text: "https://example.org/", screen: "problem", says: "problem.SCAN_UNKNOWN" }],
  ]);
}
