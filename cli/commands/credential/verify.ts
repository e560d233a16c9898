import { existsSync } from "node:fs";
import {
  type Credential,
  type CredentialAnswer,
  dateTime,
  formatDid,
  readCredential,
  type StatusListState,
  verifyCredential,
} from "../../../resolver/index.ts";
import { readWords } from "../../status/list.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { parseDuration } from "../../terminal/duration.ts";
import { CliError } from "../../terminal/errors.ts";
import { readInput, readStdin } from "../../terminal/files.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { withRegistries } from "../../transaction/contract-call.ts";
import { readEvidence } from "../../verify/chain-evidence.ts";
import { type FoundStatus, findStatus } from "../../verify/find-status.ts";
import { publicFetch } from "../../verify/public-fetch.ts";
import { headline, inWords } from "../../verify/words.ts";

/** Longest credential that is read, in bytes. */
const MAX_BYTES = 1_048_576;

interface Options {
  readonly node?: string;
  readonly maxAge: string;
}

/** `mapae verify` */
export const addVerify: AddCommand = (parent, terminal) => {
  parent
    .command("verify <credential>")
    .description("may this credential be trusted? A file, - for stdin, or the text of an SD-JWT VC or VC-JWT")
    .option("--node <url>", "ask this node for the status list (default: where the list itself says that it is)")
    .option("--max-age <duration>", "how old chain and list may be", "15m")
    .addHelpText(
      "after",
      `
Asks the chain for the issuer's keys and accreditation, and judges them at the moment of issue with what is known now: a key
that ran out keeps what it signed, a revoked one loses it, a withdrawal with a past date counts. The status list is fetched
whole, so that nobody learns which credential is verified. Who shows the credential is not checked.

Exit code 0 for valid, 5 for invalid, 4 when it could not be found out: only valid is to be trusted.

Examples:
  $ mapae verify .mapae/local/credentials/valid.sd-jwt
  $ mapae verify - --json < credential.txt`,
    )
    .action(async (given: string, { node, maxAge }: Options, command) => {
      const call = callOf(terminal, command);
      if (node !== undefined && !/^https?:\/\//.test(node))
        throw new CliError("USAGE", "A node is http:// or https://");
      const maxStaleness = parseDuration(maxAge);
      const credential = readCredential(await textOf(given, terminal));
      await withRegistries(call, async (registries) => {
        const network = registries.network.descriptor.name;
        if (credential.issuer.network !== network) {
          const detail = `Its issuer ${credential.issuer.did} is of another network than the descriptor's, ${network}`;
          throw new CliError("INVALID_INPUT", `${detail}: see --network`);
        }
        const now = Math.floor(Date.now() / 1_000);
        const evidence = await readEvidence(registries, credential, now);
        const words = (list: StatusListState) => readWords(registries, list, evidence.asOf.number);
        const fetching = { network, now, node, maxStaleness, fetch: publicFetch(), readWords: words };
        const status = await findStatus(credential, evidence, fetching);
        const answer = await verifyCredential(credential, { ...evidence, list: status.list }, { now, maxStaleness });
        if (status.problem !== undefined) call.out.warn(status.problem.message);
        call.out.answer(shown(credential, answer, status), describe(credential, answer, status));
        if (answer.verdict === "invalid") throw new CliError("NOT_TRUSTED", `${headline(answer)}: do not trust it`);
        if (answer.verdict === "unknown")
          throw new CliError("TRUST_UNKNOWN", `${headline(answer)}: do not trust it now`);
      });
    });
};

async function textOf(given: string, { stdin }: Terminal): Promise<string> {
  const bounds = { what: "credential", maxBytes: MAX_BYTES };
  if (given === "-") return readStdin(stdin, bounds);
  const isText = /^[\w-]+\.[\w-]+\.[\w-]*(?:~[\w.~-]*)?$/.test(given) && !existsSync(given);
  return isText ? given : readInput({ path: given, ...bounds });
}

function shown(
  { format, issuer, key, type, issuedAt, validFrom, validUntil, status, ignoredStatus }: Credential,
  answer: CredentialAnswer,
  found: FoundStatus,
) {
  const { issuedAt: statusAsOf } = found;
  const credential = {
    ...{ format, issuer: issuer.did, key, type, issuedAt: dateTime(issuedAt) },
    ...{ validFrom: validFrom && dateTime(validFrom), validUntil: validUntil && dateTime(validUntil) },
    ...{ status, ignoredStatus },
  };
  return { ...answer, credential, ...(statusAsOf !== undefined && { statusAsOf: dateTime(statusAsOf) }) };
}

function describe(credential: Credential, answer: CredentialAnswer, { issuedAt: statusAsOf }: FoundStatus): string {
  const { issuer, type, issuedAt, key, status, ignoredStatus } = credential;
  const { asOf, staleness, chain } = answer;
  const time = statusAsOf === undefined ? "not read" : `as of ${dateTime(statusAsOf)}`;
  const links = chain.map(({ subject, label }, depth) => {
    const name = label === null ? "" : ` (${label})`;
    return `  ${depth === 0 ? "accredited" : "by        "}  ${formatDid(issuer.network, subject)}${name}`;
  });
  return [
    headline(answer),
    `  ${inWords(answer)}`,
    `  issuer      ${issuer.did}`,
    `  key         #${key}`,
    `  type        ${type}`,
    `  issued      ${dateTime(issuedAt)}`,
    `  status      ${status === null ? NO_STATUS : `${status.uri}, index ${status.index}, ${time}`}`,
    ...ignoredStatus.map((entry) => `  not judged  ${entry}`),
    ...links,
    `  as of       block ${asOf.block}, ${asOf.time} (${staleness} s ago)`,
  ].join("\n");
}

const NO_STATUS = "it has none: nobody can revoke or suspend it";
