import base from "../../hardhat.config.ts";

/**
 * Hardhat for the coverage of contracts. What is compiled has counters in it, so it is kept away from what is deployed; and a
 * line is reached by few random calls as it is by many, which `npm test` makes.
 */
export default {
  ...base,
  paths: { ...base.paths, artifacts: ".mapae/coverage/artifacts", cache: ".mapae/coverage/cache" },
  test: { solidity: { fuzz: { runs: 16 }, invariant: { runs: 8, depth: 100 } } },
};
