import base from "../../hardhat.config.ts";

/**
 * Hardhat for the coverage of contracts. The compiled code contains counters, so it is kept apart from the code that is
 * deployed. Few random calls suffice to reach every line; `npm test` makes many.
 */
export default {
  ...base,
  paths: { ...base.paths, artifacts: ".mapae/coverage/artifacts", cache: ".mapae/coverage/cache" },
  test: { solidity: { fuzz: { runs: 16 }, invariant: { runs: 8, depth: 100 } } },
};
