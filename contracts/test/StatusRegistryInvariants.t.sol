// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {DidRegistry} from "../DidRegistry.sol";
import {StatusRegistry} from "../StatusRegistry.sol";
import {TrustRegistry} from "../TrustRegistry.sol";
import {IStatusRegistry} from "../interfaces/IStatusRegistry.sol";
import {StatusRegistryHandler} from "./StatusRegistryHandler.sol";

/// @title What holds after any sequence of writes to `StatusRegistry`
contract StatusRegistryInvariants {
    address private constant FORWARDER = address(0xF0);
    address private constant GOVERNOR = address(0x60);

    StatusRegistry private _registry;
    StatusRegistryHandler private _handler;
    mapping(bytes32 list => mapping(uint256 word => uint256)) private _onceRevoked;

    function setUp() public {
        DidRegistry did = new DidRegistry(FORWARDER);
        TrustRegistry trust = new TrustRegistry(FORWARDER, did, GOVERNOR, GOVERNOR);
        _registry = new StatusRegistry(FORWARDER, did, trust);
        _handler = new StatusRegistryHandler(_registry, GOVERNOR);
        // Every run begins with two lists of two issuers: from nothing, most would end before there is one.
        for (uint8 issuer = 0; issuer < 2; ++issuer) {
            _handler.accredit(issuer, false);
            _handler.createList(issuer, 1, 0);
        }
    }

    /// @notice The runner calls the handler and nothing else.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// hardhat-config: invariant.failOnRevert = true
    function invariant_StateIsTheModelsAndARevocationIsForEver() public {
        _handler.enter();
        require(_registry.root() == _handler.root(), "root");
        for (uint256 i = 0; i < _handler.count(); ++i) {
            StatusRegistryHandler.Model memory model = _handler.modelOf(i);
            require(_registry.head(model.id) == _handler.headOf(model.id), "head");
            (address issuer,, uint256 size, bool closed,,) = _registry.listOf(model.id);
            require(issuer == model.issuer && size == 131_072 && closed == model.closed, "list");
            IStatusRegistry.Word[] memory words = _registry.words(model.id, 0, 4);
            for (uint256 w = 0; w < 3; ++w) {
                require(words[w].revoked == model.revoked[w] && words[w].suspended == model.suspended[w], "word");
                uint256 once = _onceRevoked[model.id][w];
                require(words[w].revoked & once == once, "a revocation was taken back");
                _onceRevoked[model.id][w] = words[w].revoked;
            }
            require(words[3].revoked | words[3].suspended == 0, "a word that nobody wrote");
        }
    }

    /// @notice A run that wrote nothing after {setUp} would prove nothing. More is not asked of every run: chance decides.
    function afterInvariant() public view {
        require(_handler.writes() > 2, "nothing was written");
    }

    /// @notice Each of the handler's calls does what the runner counts on.
    function test_TheHandlerWritesAndIsRefused() public {
        uint256 before = _handler.writes();
        uint256[4] memory masks = [uint256(1), 2, 4, 8];
        _handler.update(0, 1, masks, "reason");
        _handler.update(0, 3, masks, "reason");
        _handler.checkpoint(0, 1);
        _handler.close(0, 1);
        require(_handler.writes() == before + 4 && _handler.refusals() == 0, "the controller writes");
        _handler.close(0, 1);
        _handler.createList(0, 1, 0);
        _handler.update(0, 8, masks, "reason");
        _handler.checkpoint(0, 8);
        require(_handler.refusals() == 4 && _handler.strangers() == 2, "stranger, or done before");
        _handler.changeDid(0, 2, 1);
        _handler.update(0, 8, masks, "reason");
        require(_handler.writes() == before + 5, "a delegate writes");
        _handler.changeDid(0, 3, 4);
        uint256[4] memory nothing;
        _handler.update(0, 12, nothing, "reason");
        require(_handler.suspenders() == 1 && _handler.writes() == before + 6, "a delegate suspends");
        _handler.update(0, 12, masks, "reason");
        require(_handler.suspenders() == 2 && _handler.refusals() == 5, "and does not revoke");
        _handler.changeDid(0, 2, 77);
        _handler.update(0, 8, masks, "reason");
        require(_handler.strangers() == 3, "delegate of a deactivated one");
        _handler.update(0, 1, masks, "reason");
        _handler.update(0, 3, masks, "reason");
        require(_handler.writes() == before + 7 && _handler.refusals() == 7, "last owner tightens only");
        invariant_StateIsTheModelsAndARevocationIsForEver();
    }
}
