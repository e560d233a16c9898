/** What `mapae --help` prints after options and commands. */
export const PROGRAM_HELP = `
Environment:
  MAPAE_NETWORK                 network descriptor, as --network
  MAPAE_RPC_URLS                URLs of the chain; the first one is used here
  MAPAE_KEYSTORE                encrypted JSON keystore of the account that signs, as --keystore
  MAPAE_KEYSTORE_PASSWORD_FILE  file with its password; or MAPAE_KEYSTORE_PASSWORD; else it is asked for
  MAPAE_SIGNER_PASSWORD_FILE    file with the password of keys that sign status lists, tokens or blocks; else it is asked for
  MAPAE_ACCOUNT_PKCS11          label of the account's key in the hardware module of MAPAE_SIGNER_PKCS11_*, in place of a keystore
  MAPAE_PRIVATE_KEY             private key in place of a keystore: for development
  MAPAE_GAS_PRICE               as --gas-price
  MAPAE_HOME                    folder of what npm start writes (default .mapae)
  MAPAE_DEBUG=1                 show where an error came from
  HTTPS_PROXY, HTTP_PROXY       proxy for requests to other machines, except those of NO_PROXY

Exit codes:
  0  done
  1  a fault of Mapae itself
  2  wrong usage, input or configuration
  3  the DID does not exist or is deactivated
  4  the chain or the node can't be asked, so that the answer is unknown
  5  refused by the contract, the chain, or the person asked; a credential that is not to be trusted
  141  the reader of the answer closed the pipe

Examples:
  $ npm start                              a local network with demo DIDs, to try the rest on
  $ mapae resolve did:mapae:local:0x…      the DID document, straight from the chain
  $ mapae doctor                           is everything as it should be?`;
