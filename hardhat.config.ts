import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatNodeTestRunner from "@nomicfoundation/hardhat-node-test-runner";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

/** London rules on every network: one bytecode for Besu QBFT, GoQuorum, geth Clique and Hardhat. */
const LONDON = "london";

export default defineConfig({
  plugins: [hardhatEthers, hardhatNodeTestRunner],
  paths: { tests: { nodejs: "test/contracts", solidity: "contracts/test" } },
  solidity: {
    version: "0.8.28",
    // The compiler comes from the lock file, not from a download.
    path: require.resolve("solc/soljson.js"),
    settings: {
      evmVersion: LONDON,
      optimizer: { enabled: true, runs: 200 },
      // Slots are in network descriptors; a test pins them.
      outputSelection: { "*": { "*": ["storageLayout", "metadata"] } },
    },
    npmFilesToBuild: [
      "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol",
      "@openzeppelin/contracts/governance/TimelockController.sol",
    ],
  },
  networks: {
    // In-process, for tests: a transaction is a block, and time stands still unless a test moves it.
    default: {
      type: "edr-simulated",
      chainType: "generic",
      hardfork: LONDON,
      allowBlocksWithSameTimestamp: true,
    },
    // The chain of `npm start`: a block for each transaction and one every 2 s, so that an idle chain stays fresh.
    local: {
      type: "edr-simulated",
      chainType: "generic",
      chainId: 31337,
      hardfork: LONDON,
      mining: { auto: true, interval: 2_000 },
      allowBlocksWithSameTimestamp: true,
    },
  },
  coverage: { skipFiles: ["contracts/test/**"] },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 256, depth: 100 } } },
});
