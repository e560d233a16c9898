import { z } from "zod";
import { parseDid } from "../../resolver/did/did.ts";
import { isAddressRange } from "../http/clients/clients.ts";
import { isHttpUrl } from "./http-url.ts";
import { csv, dids, portOrOff, text, urls, variable, whole } from "./variable.ts";
import type { NodeVariable } from "./variable-names.ts";

/** Maximum number of RPC URLs. */
export const MAX_RPC_URLS = 16;

/** Maximum number of addresses and ranges of trusted proxies. */
export const MAX_TRUSTED_PROXIES = 64;

/** Maximum number of other nodes with which a node is compared. */
export const MAX_PEERS = 32;

/** Maximum number of key files. */
export const MAX_SIGNERS = 32;

/** Maximum number of DIDs that are shown as examples. */
export const MAX_TEST_IDENTIFIERS = 8;

/** Maximum number of auditors. */
export const MAX_AUDITORS = 64;

/** Longest poll interval in milliseconds, and longest age in seconds. */
const MAX_POLL_MS = 60_000;
const MAX_AGE = 31_536_000;

/** Each variable of the environment that a node reads. The table in the operator's guide is generated from it. */
export const variables = z.object({
  MAPAE_NETWORK: variable(text, {
    description: "Path of the network descriptor",
    default: "required",
  }),
  MAPAE_RPC_URLS: variable(urls(MAX_RPC_URLS).default(["http://127.0.0.1:8545"]), {
    description: "JSON-RPC endpoints of the chain, separated by commas; the next one is asked when one does not answer",
    default: "`http://127.0.0.1:8545`",
    secret: true,
  }),
  MAPAE_RPC_AGREEMENT: variable(whole(1, MAX_RPC_URLS).optional(), {
    description:
      "How many of these servers' roots are compared at each block, as far as they answer; if two differ, receipts decide. At most as many as there are in `MAPAE_RPC_URLS`",
    default: "`2`; `1` with one URL",
  }),
  MAPAE_DATA_DIR: variable(text.optional(), {
    description: "Directory of the index; it can be removed at any time; the node then reads the chain again",
    default: "`.mapae/<network name>/index`",
  }),
  MAPAE_HTTP_HOST: variable(text.default("127.0.0.1"), {
    description: "Address that the public listener binds",
    default: "`127.0.0.1`",
  }),
  MAPAE_HTTP_PORT: variable(whole(0, 65_535).default(8_080), {
    description: "Port of the public listener; 0 uses any free one",
    default: "`8080`",
  }),
  MAPAE_TRUSTED_PROXIES: variable(
    csv(isAddressRange, {
      max: MAX_TRUSTED_PROXIES,
      of: "addresses",
      wanted: "wanted addresses or ranges such as 10.0.0.0/8",
    }).default([]),
    {
      description:
        "Addresses, or ranges such as `10.0.0.0/8`, of proxies in front, separated by commas: each of their clients gets a share of its own, by `X-Forwarded-For` ([proxies](operating-install.md#let-others-reach-it))",
      default: "none",
    },
  ),
  MAPAE_METRICS_HOST: variable(text.default("127.0.0.1"), {
    description: "Address that the listener of `/metrics` binds",
    default: "`127.0.0.1`",
  }),
  MAPAE_METRICS_PORT: variable(portOrOff.default(9_090), {
    description: "Port of `/metrics`; 0 uses any free one, `off` opens no such listener",
    default: "`9090`",
  }),
  MAPAE_AUDIT_HOST: variable(text.default("127.0.0.1"), {
    description: "Address that the audit listener binds; any but a loopback one needs `MAPAE_AUDIT_DIDS`",
    default: "`127.0.0.1`",
  }),
  MAPAE_AUDIT_PORT: variable(portOrOff.default(null), {
    description: "Port of the audit listener ([for auditors](auditing.md)); 0 uses any free one",
    default: "`off`: there is none",
  }),
  MAPAE_AUDIT_DIDS: variable(dids(MAX_AUDITORS).default([]), {
    description: "DIDs that may use the audit listener, separated by commas; without any, anyone on this machine may",
    default: "none",
  }),
  MAPAE_AUDIT_AUDIENCE: variable(
    z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, "wanted 1 to 200 printable ASCII characters")
      .optional(),
    {
      description: "Audience of auditors' tokens: the URL by which auditors reach this listener, and no other node's",
      default: "none; required with `MAPAE_AUDIT_DIDS`",
    },
  ),
  MAPAE_POLL_MS: variable(whole(10, MAX_POLL_MS).default(500), {
    description: "Milliseconds between two polls of the chain's tip",
    default: "`500`",
  }),
  MAPAE_STALE_AFTER: variable(whole(1, MAX_AGE).optional(), {
    description: "Seconds after which answers are marked as stale when the chain makes no block",
    default: "`60`; never on the network `local`",
  }),
  MAPAE_REFUSE_AFTER: variable(whole(1, MAX_AGE).optional(), {
    description:
      "Seconds after which no answer is given (503) when the chain makes no block; not less than `MAPAE_STALE_AFTER`",
    default: "`600`; never on the network `local`",
  }),
  MAPAE_PEERS: variable(
    csv(isPeerUrl, {
      max: MAX_PEERS,
      of: "URLs",
      wanted: "wanted http: or https: URLs without user or query, separated by commas",
    }).default([]),
    {
      description:
        "Public listeners of other nodes of the network, separated by commas: the node compares itself with them, and requests status lists that they sign and attestations of blocks",
      default: "none",
    },
  ),
  MAPAE_PEER_CHECK_SECONDS: variable(whole(1, MAX_AGE).default(10), {
    description: "Seconds between two comparisons with the other nodes",
    default: "`10`",
  }),
  MAPAE_SIGNER_FILES: variable(
    csv((file) => file !== "", { max: MAX_SIGNERS, of: "paths", wanted: "wanted paths, separated by commas" }).default(
      [],
    ),
    {
      description:
        "Key files that `mapae signer new` wrote, separated by commas: the node signs the status lists of their issuers, and attests blocks with the key of an operator",
      default: "none",
    },
  ),
  MAPAE_SIGNER_PASSWORD_FILE: variable(text.optional(), {
    description: "File with the password of the key files",
    default: "none; required with `MAPAE_SIGNER_FILES`",
  }),
  MAPAE_TYPES_DIR: variable(text.optional(), {
    description:
      "Folder of the documents of types, JSON files: each is served at the path of its type's own URI ([types](operating-configure.md#serve-the-documents-of-types))",
    default: "none are served",
  }),
  MAPAE_TEST_IDENTIFIERS: variable(
    dids(MAX_TEST_IDENTIFIERS)
      .transform((all) => all.map(parseDid))
      .default([]),
    {
      description:
        "DIDs that may be shown as examples, separated by commas: `/1.0/testIdentifiers` lists those that exist",
      default: "none",
    },
  ),
  MAPAE_SIGNER_PKCS11_MODULE: variable(text.optional(), {
    description:
      "Library of a PKCS#11 module whose keys sign status lists and blocks too ([hardware modules](status.md#keys-in-a-hardware-module))",
    default: "none",
  }),
  MAPAE_SIGNER_PKCS11_TOKEN: variable(z.string().max(32, "wanted at most 32 characters").optional(), {
    description: "Label of the module's token",
    default: "none; required with `MAPAE_SIGNER_PKCS11_MODULE`",
  }),
  MAPAE_SIGNER_PKCS11_PIN_FILE: variable(text.optional(), {
    description: "File with the token's PIN",
    default: "none; required with `MAPAE_SIGNER_PKCS11_MODULE`",
  }),
  MAPAE_LOG_LEVEL: variable(
    z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
        error: "wanted fatal, error, warn, info, debug, trace or silent",
      })
      .default("info"),
    { description: "Least severe log lines that are written", default: "`info`" },
  ),
} satisfies Record<NodeVariable, z.ZodType>);

function isPeerUrl(text: string): boolean {
  return isHttpUrl(text) && !/[?#@]/.test(text);
}
