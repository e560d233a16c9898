/**
 * Program that serves a chain on 127.0.0.1 whose transactions are free, so that any number of accounts can write. It sends
 * its port when it listens, and ends with its parent process.
 */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import { endWithParent } from "../../../cli/local/child.ts";
import config from "../../../hardhat.config.ts";

const hardhat = await createHardhatRuntimeEnvironment(config, {}, REPOSITORY);
const override = {
  initialBaseFeePerGas: 0,
  // So large that blocks are never half full and the base fee stays 0.
  blockGasLimit: 10_000_000_000,
  mining: { auto: true, interval: 0 },
};
const server = await hardhat.network.createServer({ network: "local", override }, "127.0.0.1", 0);
const { port } = await server.listen();
process.send?.({ port });
endWithParent(() => process.exit(0));
