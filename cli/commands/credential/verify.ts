import { existsSync } from "node:fs";
import {
  type Credential,
  CredentialError,
  dateTime,
  readCredential,
  type VerifierAnswer,
  verifier,
} from "../../../resolver/index.ts";
import { readInput, readStdin } from "../../files/files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named, namedIfGiven } from "../../terminal/named.ts";
import { nodeUrl, openNetwork, readDescriptor } from "../../terminal/settings.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { parseDuration } from "../../values/duration.ts";
import { listFetch } from "../../verify/public-fetch.ts";
import { answerInWords, headline } from "../../verify/words.ts";

/** Longest credential that is read, in bytes. */
const MAX_BYTES = 1_048_576;

interface Options {
  readonly node?: string;
  readonly maxAge: string;
  readonly proofs?: string;
}

/** `mapae verify` */
export const add: AddCommand = (program, terminal) => {
  program
    .option("--node <url>", "ask this node for the status list (default: the list's own URI)")
    .option(
      "--proofs <node>",
      "ask the node at this URL, and accept only proven answers, also for the list; no chain is asked",
    )
    .option("--max-age <duration>", "maximum age of the chain's newest block and of the status list", "15m")
    .addHelpText(
      "after",
      `
Asks the chain for the issuer's keys and accreditation, and judges them at the moment of issue with what is known now: what an
expired key signed stays valid, what a revoked key signed does not, and a withdrawal with a past date counts. The status list is
fetched whole, so that its server does not learn which credential is verified. Whether the holder presents it is not checked.

Exit code 0 for valid, 5 for invalid, 4 when the verdict is unknown: only valid is to be trusted.

Examples:
  $ mapae verify .mapae/local/credentials/valid.sd-jwt
  $ mapae verify - --json < credential.txt
  $ mapae verify .mapae/local/credentials/valid.sd-jwt --proofs http://127.0.0.1:8080`,
    )
    .action(async (given: string, { node, maxAge, proofs }: Options, command) => {
      const call = callOf(terminal, command);
      const listsFrom = namedIfGiven("--node", node, nodeUrl);
      const proofsFrom = namedIfGiven("--proofs", proofs, nodeUrl);
      const maxStaleness = named("--max-age", () => parseDuration(maxAge));
      const text = await textOf(given, terminal);
      // A text that is no credential is refused before any request.
      const { issuer } = read(text);
      if (node !== undefined && proofs !== undefined) throw new CliError("USAGE", "Name --node or --proofs, not both");
      const descriptor = await readDescriptor(terminal, call.options);
      if (issuer.network !== descriptor.name) {
        const detail = `Its issuer ${issuer.did} is of another network than the descriptor's, ${descriptor.name}`;
        throw new CliError("INVALID_INPUT", `${detail}: see --network`);
      }
      const lists = listsFrom === undefined ? [] : [listsFrom];
      const { verify } =
        proofsFrom === undefined
          ? verifier({
              networks: [{ descriptor, chain: (await openNetwork(terminal, call.options)).reader, lists }],
              maxStaleness,
              fetch: listFetch(listsFrom),
            })
          : verifier({ networks: [{ descriptor, nodes: [proofsFrom] }], maxStaleness, proofs: "require" });
      const answer = await verify(text);
      const { verdict, problem, asOf } = answer;
      if (problem !== undefined && asOf === undefined) throw problem;
      if (problem !== undefined) call.out.warn(problem.message);
      call.out.answer(shown(answer), answerInWords(answer));
      if (verdict === "invalid") throw new CliError("NOT_TRUSTED", `${headline(answer)}: do not trust it`);
      if (verdict === "unknown") throw new CliError("TRUST_UNKNOWN", `${headline(answer)}: do not trust it now`);
    });
};

/** Reads the credential; the library's errors are about "it", which here is what was given. */
function read(text: string): Credential {
  try {
    return readCredential(text);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new CredentialError(error.code, `This is not a credential that can be verified: ${error.message}`, {
      cause: error,
    });
  }
}

async function textOf(given: string, { stdin }: Terminal): Promise<string> {
  if (given === "") throw new CliError("USAGE", "The credential is empty: give a file, - for stdin, or its text");
  const bounds = { what: "credential", maxBytes: MAX_BYTES };
  if (given === "-") return readStdin(stdin, bounds);
  const isText = /^[\w-]+\.[\w-]+\.[\w-]*(?:~[\w.~-]*)?$/.test(given) && !existsSync(given);
  return isText ? given : readInput({ path: given, ...bounds });
}

function shown({ credential, statusAsOf, problem: _, ...answer }: VerifierAnswer) {
  const time = { ...(statusAsOf !== undefined && { statusAsOf: dateTime(statusAsOf) }) };
  return { ...answer, credential: shownCredential(credential), ...time };
}

function shownCredential(credential: Credential) {
  const { format, issuer, key, type, issuedAt, validFrom, validUntil, status, ignoredStatus } = credential;
  return {
    ...{ format, issuer: issuer.did, key, type, issuedAt: dateTime(issuedAt) },
    ...{ validFrom: validFrom && dateTime(validFrom), validUntil: validUntil && dateTime(validUntil) },
    ...{ status, ignoredStatus },
  };
}
