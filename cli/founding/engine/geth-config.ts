import type { KnownMember } from "../consortium.ts";
import { inUrl, PORTS } from "../ports.ts";
import { enodeOf, validatorAddress } from "../validator-key.ts";
import { GAS_LIMIT } from "./genesis.ts";

/** Paths on a member's machine, as the kit's unit expects them. */
export const GETH_PATHS = { etc: "/etc/geth", data: "/var/lib/geth", binary: "/opt/geth/geth" } as const;

/** The price of gas, in wei. geth replaces 0 by 1 gwei, see {@link cliqueGenesisOf}. */
const GAS_PRICE = 1;

/**
 * geth's configuration file (TOML) for one validator of a Clique chain, with fields of geth 1.13.15, the last version with
 * Clique. Its only peers are the other validators.
 */
export function gethToml(own: KnownMember, others: readonly KnownMember[]): string {
  const text = (value: string) => JSON.stringify(value);
  const list = (values: readonly string[]) => `[${values.map(text).join(", ")}]`;
  const enodes = list(others.map(enodeOf));
  const sections: Record<string, readonly (readonly [string, string])[]> = {
    Eth: [
      ["SyncMode", text("full")],
      // Keeps every state: a rehearsal is short, and its auditors read past states.
      ["NoPruning", "true"],
    ],
    "Eth.Miner": [
      ["Etherbase", text(validatorAddress(own.validator))],
      ["GasCeil", String(Number(GAS_LIMIT))],
      ["GasPrice", String(GAS_PRICE)],
    ],
    // The pool drops transactions below the price that validators accept.
    "Eth.TxPool": [["PriceLimit", String(GAS_PRICE)]],
    Node: [
      ["DataDir", text(GETH_PATHS.data)],
      ["KeyStoreDir", text(`${GETH_PATHS.etc}/keystore`)],
      // The sealing key is unlocked while geth runs. JSON-RPC has no method of `personal`, and the firewall admits only
      // members.
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
      // geth dials no more peers than this, not even a static one: with fewer, two validators that dialled all others and lost
      // their link would never connect again. With more, it would look for a better chain only after 10 s, because it waits for
      // that many peers.
      ["MaxPeers", String(Math.max(1, others.length))],
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

/** The arguments for which geth's configuration file has no field. */
export function gethArguments(own: KnownMember): string[] {
  const { etc } = GETH_PATHS;
  const address = validatorAddress(own.validator);
  return [
    ...["--config", `${etc}/geth.toml`, "--nodekey", `${etc}/nodekey`],
    ...["--mine", "--unlock", address, "--password", `${etc}/password`],
  ];
}
