import { JsonRpcApiProvider, type JsonRpcError, type JsonRpcPayload, type JsonRpcResult, Network } from "ethers";
import { type Rpc, RpcError } from "../../../resolver/chain/rpc/rpc.ts";

/** An ethers provider over Mapae's RPC, with its timeouts and limits, without retries and cache. */
export class RpcProvider extends JsonRpcApiProvider {
  readonly #rpc: Rpc;

  /** @param pollingInterval milliseconds between two polls for an awaited transaction. */
  constructor(rpc: Rpc, chainId: number, pollingInterval = 4_000) {
    const network = Network.from(chainId);
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval });
    this.#rpc = rpc;
    this._start();
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload];
    return Promise.all(
      payloads.map(async ({ id, method, params }) => {
        try {
          const [result] = await this.#rpc([[method, Array.isArray(params) ? params : []]]);
          return { id, result };
        } catch (error) {
          if (!(error instanceof RpcError)) throw error;
          return { id, error: { code: error.rpcCode, message: error.rpcMessage, data: error.data } };
        }
      }),
    );
  }
}
