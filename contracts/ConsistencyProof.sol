// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// Consistency of two heads of a SHA-256 Merkle log (RFC 9162 section 2.1.4.2).
library ConsistencyProof {
    /// True when the tree of `size` leaves with `root` extends the one of `oldSize` leaves with `oldRoot`.
    /// From size 0, and between equal sizes, only the empty proof is good.
    function holds(uint64 oldSize, bytes32 oldRoot, uint64 size, bytes32 root, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        if (oldSize > size) return false;
        if (oldSize == size) return proof.length == 0 && oldRoot == root;
        if (oldSize == 0) return proof.length == 0;
        uint256 fn = oldSize - 1;
        uint256 sn = size - 1;
        while (fn & 1 == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        // The old tree is a whole subtree exactly when its size is a power of two: its root starts the path.
        uint256 next = 0;
        bytes32 seed = oldRoot;
        if (fn != 0) {
            if (proof.length == 0) return false;
            seed = proof[0];
            next = 1;
        }
        bytes32 oldHash = seed;
        bytes32 newHash = seed;
        for (; next < proof.length; next++) {
            if (sn == 0) return false;
            bytes32 c = proof[next];
            if (fn & 1 == 1 || fn == sn) {
                oldHash = node(c, oldHash);
                newHash = node(c, newHash);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                newHash = node(newHash, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && oldHash == oldRoot && newHash == root;
    }

    /// SHA-256(01, left, right) by the precompile. Written out because a long proof hashes forty times, and
    /// `sha256(abi.encodePacked(...))` takes new memory for each.
    function node(bytes32 left, bytes32 right) private view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore8(input, 0x01)
            mstore(add(input, 0x01), left)
            mstore(add(input, 0x21), right)
            if iszero(staticcall(gas(), 0x02, input, 0x41, 0x00, 0x20)) { revert(0, 0) }
            hash := mload(0x00)
        }
    }
}
