/**
 * Program that serves Hardhat's network `local` of hardhat.config.ts over JSON-RPC on 127.0.0.1. `mapae start` runs it and
 * receives the port once it listens; the program ends with its parent process. MAPAE_CHAIN_PORT is the port, 0 for any.
 */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { REPOSITORY } from "../cli/files/repository.ts";
import { endWithParent } from "../cli/local/child.ts";
import config from "../hardhat.config.ts";

const hardhat = await createHardhatRuntimeEnvironment(config, {}, REPOSITORY);
const server = await hardhat.network.createServer("local", "127.0.0.1", Number(process.env.MAPAE_CHAIN_PORT ?? 8_545));
const { port } = await server.listen();
console.log(`The chain answers on http://127.0.0.1:${port}`);
process.send?.({ port });

// Exits explicitly, because the chain's timers keep the process alive. The chain is in memory, so nothing has to be saved.
endWithParent(() => process.exit(0));
