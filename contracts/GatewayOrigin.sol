// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// The origin of a gateway's log: `<consortium domain>/gw/<16 hex digits>/<epoch>`, at most 96 bytes.
library GatewayOrigin {
    uint256 private constant LONGEST = 96;
    /// Length of `/gw/` and 16 hex digits.
    uint256 private constant GATEWAY_PART = 20;

    /// `gateway` is the SHA-256 of the origin without "/" and epoch; `ok` false when it is malformed.
    function parse(bytes calldata origin) internal pure returns (bool ok, bytes32 gateway, uint16 epoch) {
        if (origin.length > LONGEST) return (false, 0, 0);
        (bool decimal, uint256 slash, uint256 number) = trailingNumber(origin);
        if (!decimal || slash <= GATEWAY_PART) return (false, 0, 0);
        uint256 domainEnd = slash - GATEWAY_PART;
        if (bytes4(origin[domainEnd:domainEnd + 4]) != "/gw/") return (false, 0, 0);
        for (uint256 i = domainEnd + 4; i < slash; i++) {
            if (!isHexDigit(origin[i])) return (false, 0, 0);
        }
        for (uint256 i = 0; i < domainEnd; i++) {
            if (!isDomainCharacter(origin[i])) return (false, 0, 0);
        }
        return (true, sha256(origin[:slash]), uint16(number));
    }

    /// The number after the last slash, without leading zeros and at most 65,535, and that slash's place.
    function trailingNumber(bytes calldata text) private pure returns (bool ok, uint256 slash, uint256 number) {
        uint256 start = text.length;
        uint256 weight = 1;
        while (start > 0 && isDigit(text[start - 1])) {
            if (weight > 10_000) return (false, 0, 0);
            number += (uint8(text[start - 1]) - 48) * weight;
            weight *= 10;
            start--;
        }
        uint256 digits = text.length - start;
        if (start == 0 || digits == 0 || text[start - 1] != "/") return (false, 0, 0);
        if (digits > 1 && text[start] == "0") return (false, 0, 0);
        return (number <= type(uint16).max, start - 1, number);
    }

    function isDigit(bytes1 c) private pure returns (bool) {
        return c >= "0" && c <= "9";
    }

    function isHexDigit(bytes1 c) private pure returns (bool) {
        return isDigit(c) || (c >= "a" && c <= "f");
    }

    function isDomainCharacter(bytes1 c) private pure returns (bool) {
        return isDigit(c) || (c >= "a" && c <= "z") || c == "." || c == "-";
    }
}
