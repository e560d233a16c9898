import assert from "node:assert/strict";
import type { Wallet } from "ethers";
import { startNode } from "../../../node/main.ts";
import type { Rpc } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { type Bundle, readBundle } from "../../../resolver/proofs/bundle.ts";
import type { ProofEnvelope } from "../../../resolver/proofs/envelope.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";
import { gateStage } from "../../gate/stage.ts";
import { addressesOf, qbftChain, type Sealing, VALIDATORS } from "../../helpers/qbft-chain.ts";
import { configFor, ready, silent } from "../../helpers/real-node.ts";

type Ends = { after(end: () => Promise<void>): void };

/** Changes validators by one. */
export interface Turn {
  readonly joins?: Wallet;
  readonly leaves?: Wallet;
}

/**
 * The chain of the gate's tests, sealed by four validators, who change as a test says. Nodes follow it as in production but for the
 * connection to the chain, each by a server of its own.
 */
export async function qbftNetwork() {
  const stage = await gateStage();
  const sets = [{ fromBlock: 0, validators: VALIDATORS.slice(0, 4) }];
  const { chainId, ...described } = stage.network;
  const genesis = await rpcReader(qbftChain(stage.rpc, { sets })).header(0);
  const network: NetworkDescriptor = {
    ...described,
    chainId,
    genesisHash: genesis?.hash ?? assert.fail("no genesis block"),
    consensus: { kind: "qbft", validators: addressesOf(VALIDATORS.slice(0, 4)) },
  };
  const height = async () => (await stage.reader.header("latest"))?.number ?? assert.fail("no block");

  return {
    ...stage,
    network,
    height,
    /** Validators of the newest block. */
    validators: () => addressesOf(sets.at(-1)?.validators ?? []),
    /** The next block has other validators. It is made, and a server that is asked from here on seals it so. */
    async turn({ joins, leaves }: Turn): Promise<number> {
      const now = sets.at(-1)?.validators ?? [];
      const validators = [...now.filter((one) => one !== leaves), ...(joins === undefined ? [] : [joins])];
      const fromBlock = (await height()) + 1;
      sets.push({ fromBlock, validators });
      await stage.ethers.provider.send("hardhat_mine", ["0x1"]);
      return fromBlock;
    },
    /** A server of the chain. */
    server: (sealing: Omit<Sealing, "sets"> = {}): Rpc => qbftChain(stage.rpc, { sets, ...sealing }),
    /** A node that follows the chain by a server. */
    async follow(t: Ends, rpc: Rpc) {
      const config = configFor({ network, dataDir: await temporaryFolder(t as Parameters<typeof temporaryFolder>[0]) });
      const node = await startNode(config, { readers: [rpcReader(rpc)], rpcs: [rpc], logger: silent });
      endsOf(t)(() => node.stop());
      await ready(node.url);
      /** An answer of the newest block. */
      const get = async (path: string) => {
        for (;;) {
          const answer = await fetch(`${node.url}${path}`);
          const bytes = new Uint8Array(await answer.arrayBuffer());
          const [number] = (answer.headers.get("mapae-as-of") ?? "").split(" ");
          if (answer.status === 200 && Number(number) === (await height())) return bytes;
          if (answer.status !== 200 && answer.status !== 503 && answer.status !== 204)
            throw new Error(`HTTP ${answer.status}: ${new TextDecoder().decode(bytes)}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      return {
        url: node.url,
        bundle: async (since?: number): Promise<Bundle> =>
          readBundle(await get(`/bundles${since === undefined ? "" : `?since=${since}`}`)),
        envelope: async (path: string): Promise<ProofEnvelope> =>
          JSON.parse(new TextDecoder().decode(await get(`/proofs/${path}`))),
      };
    },
  };
}

export type QbftNetwork = Awaited<ReturnType<typeof qbftNetwork>>;
