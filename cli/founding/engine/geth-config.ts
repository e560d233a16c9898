import type { KnownMember } from "../consortium.ts";
import { inUrl, PORTS } from "../ports.ts";
import { enodeOf, validatorAddress } from "../validator-key.ts";
import { GAS_LIMIT } from "./genesis.ts";

/** Where the kit's unit expects things on a member's machine. */
export const GETH_PATHS = { etc: "/etc/geth", data: "/var/lib/geth", binary: "/opt/geth/geth" } as const;

/** The price of gas: 0 is replaced by 1 gwei, see {@link cliqueGenesisOf}. In wei. */
const GAS_PRICE = 1;

/**
 * geth's configuration file (TOML) for one validator of a Clique chain, with fields of geth 1.13.15, the last version with
 * Clique. Its peers are the other validators and nobody else.
 */
export function gethToml(own: KnownMember, others: readonly KnownMember[]): string {
  const text = (value: string) => JSON.stringify(value);
  const list = (values: readonly string[]) => `[${values.map(text).join(", ")}]`;
  const enodes = list(others.map(enodeOf));
  const sections: Record<string, readonly (readonly [string, string])[]> = {
    Eth: [
      ["SyncMode", text("full")],
      // Every state stays: a rehearsal is short, and its auditors ask about the past.
      ["NoPruning", "true"],
    ],
    "Eth.Miner": [
      ["Etherbase", text(validatorAddress(own.validator))],
      ["GasCeil", String(Number(GAS_LIMIT))],
      ["GasPrice", String(GAS_PRICE)],
    ],
    // The pool drops what pays less than a validator takes.
    "Eth.TxPool": [["PriceLimit", String(GAS_PRICE)]],
    Node: [
      ["DataDir", text(GETH_PATHS.data)],
      ["KeyStoreDir", text(`${GETH_PATHS.etc}/keystore`)],
      // The key that seals is open while geth runs; JSON-RPC has no method of `personal`, and the firewall lets in members alone.
      ["InsecureUnlockAllowed", "true"],
      ["IPCPath", text("")],
      ["HTTPHost", text("0.0.0.0")],
      ["HTTPPort", String(PORTS.rpc)],
      ["HTTPVirtualHosts", list(["localhost", "127.0.0.1", own.host])],
      ["HTTPModules", list(["eth", "net", "web3", "clique"])],
      ["AuthPort", String(PORTS.gethEngine)],
    ],
    "Node.P2P": [
      ["ListenAddr", text(`${inUrl(own.host)}:${own.port}`)],
      ["NoDiscovery", "true"],
      // One peer less than there are: geth begins to look for a better chain once it has so many, else after 10 s.
      ["MaxPeers", String(Math.max(1, others.length - 1))],
      ["DialRatio", "1"],
      ["StaticNodes", enodes],
      ["TrustedNodes", enodes],
    ],
    Metrics: [
      ["Enabled", "true"],
      ["HTTP", text("127.0.0.1")],
      ["Port", String(PORTS.gethMetrics)],
    ],
  };
  const written = Object.entries(sections).map(
    ([name, fields]) => `[${name}]\n${fields.map(([field, value]) => `${field} = ${value}\n`).join("")}`,
  );
  return written.join("\n");
}

/** The arguments that geth's configuration file has no field for. */
export function gethArguments(own: KnownMember): string[] {
  const { etc } = GETH_PATHS;
  const address = validatorAddress(own.validator);
  return [
    ...["--config", `${etc}/geth.toml`, "--nodekey", `${etc}/nodekey`],
    ...["--mine", "--unlock", address, "--password", `${etc}/password`],
  ];
}
