// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// The one clock of the ledger.
library LedgerTime {
    /// Seconds since 1970. Some chains count milliseconds, or may be switched from one to the other: a value
    /// that large cannot be seconds before the year 5138.
    function nowSeconds() internal view returns (uint40) {
        return uint40(block.timestamp < 1e11 ? block.timestamp : block.timestamp / 1000);
    }
}
