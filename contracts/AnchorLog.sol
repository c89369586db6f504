// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ConsistencyProof} from "./ConsistencyProof.sol";
import {GatewayOrigin} from "./GatewayOrigin.sol";
import {LedgerTime} from "./LedgerTime.sol";

/// Heads of gateways' evidence logs. It is a witness with order: a head is taken only when it extends the
/// one before, so a history that was anchored can never be told in another way.
///
/// Nobody needs a right to anchor: what counts is the signature over the checkpoint text, the very text that
/// witnesses and verifiers check. There is no upgrade; a new contract starts with a new epoch of every log.
contract AnchorLog is AccessControl {
    /// Enrols logs, and proposes a key when the old one is lost or stolen.
    bytes32 public constant REGISTRAR = "REGISTRAR";
    /// Suspends, resumes, revokes, cancels proposed keys.
    bytes32 public constant REVOKER = "REVOKER";

    enum Status {
        None,
        Active,
        Suspended,
        Revoked,
        Faulted
    }

    struct Log {
        bytes32 root;
        uint64 size;
        /// Heads above it are void; the greatest number while nothing is.
        uint64 validSize;
        /// Time of the newest head, 0 before the first; seconds since 1970.
        uint40 anchoredAt;
        /// A log silent for longer is judged so by its reader; seconds.
        uint32 maxSilence;
        uint16 keyNo;
        uint16 epoch;
        Status status;
        uint16 proposalNo;
    }

    struct Key {
        address ledgerKey;
        /// The key counts for sizes above it.
        uint64 fromSize;
        /// Ed25519, recorded for verifiers.
        bytes32 logKey;
    }

    struct Proposal {
        address ledgerKey;
        /// The time from which it counts, seconds since 1970; 0 when there is none.
        uint40 ripeAt;
        bytes32 logKey;
    }

    error Exists();
    error NotActive();
    error StaleHead(uint64 size, bytes32 root);
    error BadSignature();
    error Inconsistent();
    error Invalid();

    event Enrolled(bytes32 indexed logId, bytes32 indexed prev, bytes32 indexed gateway);
    event Anchored(bytes32 indexed logId, uint64 oldSize, uint64 size, bytes32 root, uint16 keyNo);
    event KeyProposed(bytes32 indexed logId, uint16 proposalNo);
    event KeyAccepted(bytes32 indexed logId, uint16 keyNo, uint64 fromSize);
    event KeyCancelled(bytes32 indexed logId);
    event StatusChanged(bytes32 indexed logId, Status status, uint64 validSize, bytes32 reason);
    event ForkProven(bytes32 indexed logId, uint64 size, bytes32 root, bytes32 forkRoot, uint16 keyNo);

    /// Seconds between the proposal of a key and the time from which it counts.
    uint32 public immutable keyDelay;

    mapping(bytes32 logId => Log) private _logs;
    mapping(bytes32 logId => mapping(uint16 keyNo => Key)) public keys;
    mapping(bytes32 logId => Proposal) public pending;
    /// Newest log of a gateway; its id is the SHA-256 of the origin without "/" and epoch.
    mapping(bytes32 gateway => bytes32 logId) public currentLog;

    constructor(address admin, uint32 keyDelaySeconds) {
        keyDelay = keyDelaySeconds;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// Opens a log. `prev` is the gateway's newest log so far (0 for its first), which ends here: with two
    /// live epochs a gateway could tell two stories of one hour. `sig` proves possession of `ledgerKey`.
    function enrol(
        bytes calldata origin,
        bytes32 prev,
        address ledgerKey,
        bytes32 logKey,
        uint32 maxSilence,
        bytes calldata sig
    ) external onlyRole(REGISTRAR) {
        bytes32 logId = sha256(origin);
        if (_logs[logId].status != Status.None) revert Exists();
        if (!_signedBy(ledgerKey, keyHash(logId, 0, ledgerKey, logKey), sig)) revert BadSignature();
        (bool ok, bytes32 gateway, uint16 epoch) = GatewayOrigin.parse(origin);
        if (!ok || prev != currentLog[gateway]) revert Invalid();
        if (prev != 0) {
            if (epoch <= _logs[prev].epoch) revert Invalid();
            _end(prev, logId);
        }
        Log storage l = _logs[logId];
        l.validSize = type(uint64).max;
        l.maxSilence = maxSilence;
        l.epoch = epoch;
        l.status = Status.Active;
        keys[logId][0] = Key(ledgerKey, 0, logKey);
        currentLog[gateway] = logId;
        emit Enrolled(logId, prev, gateway);
    }

    /// Takes a new head. The key that was proposed comes into force with the first head it signs after its delay.
    function anchor(
        bytes calldata origin,
        uint64 oldSize,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata proof,
        bytes calldata sig
    ) external {
        bytes32 logId = sha256(origin);
        Log storage l = _logs[logId];
        if (l.status != Status.Active) revert NotActive();
        bytes32 root = l.root;
        if (oldSize != l.size || newSize <= oldSize) revert StaleHead(l.size, root);
        bool rotates = _signedByPending(logId, textHash(origin, newSize, newRoot), sig);
        if (!ConsistencyProof.holds(oldSize, root, newSize, newRoot, proof)) revert Inconsistent();
        if (rotates) _accept(logId, oldSize);
        l.root = newRoot;
        l.size = newSize;
        l.anchoredAt = LedgerTime.nowSeconds();
        emit Anchored(logId, oldSize, newSize, newRoot, l.keyNo);
    }

    /// Proposes the next key pair. Its holder proves possession by `newSig`; `oldSig` is the current key's
    /// consent, which REGISTRAR may do without.
    function proposeKey(
        bytes32 logId,
        address ledgerKey,
        bytes32 logKey,
        bytes calldata newSig,
        bytes calldata oldSig
    ) external {
        Log storage l = _logs[logId];
        bool registrar = hasRole(REGISTRAR, msg.sender);
        if (l.status != Status.Active && !(registrar && l.status == Status.Suspended)) revert NotActive();
        if (pending[logId].ripeAt != 0) revert Exists();
        address current = keys[logId][l.keyNo].ledgerKey;
        if (ledgerKey == current) revert Invalid();
        uint16 proposalNo = l.proposalNo + 1;
        bytes32 hash = keyHash(logId, proposalNo, ledgerKey, logKey);
        if (!_signedBy(ledgerKey, hash, newSig)) revert BadSignature();
        if (!registrar && !_signedBy(current, hash, oldSig)) revert BadSignature();
        l.proposalNo = proposalNo;
        pending[logId] = Proposal(ledgerKey, LedgerTime.nowSeconds() + keyDelay, logKey);
        emit KeyProposed(logId, proposalNo);
    }

    function cancelKey(bytes32 logId) external onlyRole(REVOKER) {
        if (pending[logId].ripeAt == 0) revert Invalid();
        delete pending[logId];
        emit KeyCancelled(logId);
    }

    /// Suspending drops a proposed key, so a thief's proposal falls; resuming puts a ripe one in force, so
    /// the stolen key never counts again. `reason` is a short code or the hash of a document.
    function setSuspended(bytes32 logId, bool on, bytes32 reason) external onlyRole(REVOKER) {
        Log storage l = _logs[logId];
        if (l.status != (on ? Status.Active : Status.Suspended)) revert NotActive();
        uint40 ripeAt = pending[logId].ripeAt;
        if (on && ripeAt != 0) {
            delete pending[logId];
            emit KeyCancelled(logId);
        }
        if (!on && ripeAt != 0 && ripeAt <= LedgerTime.nowSeconds()) _accept(logId, l.size);
        l.status = on ? Status.Suspended : Status.Active;
        emit StatusChanged(logId, l.status, l.validSize, reason);
    }

    /// Ends a log for good; heads above `validSize` are void. May be called again only to void more.
    function revoke(bytes32 logId, uint64 validSize, bytes32 reason) external onlyRole(REVOKER) {
        Log storage l = _logs[logId];
        if (l.status == Status.None || validSize > l.size || validSize > l.validSize) revert Invalid();
        l.status = Status.Revoked;
        l.validSize = validSize;
        emit StatusChanged(logId, Status.Revoked, validSize, reason);
    }

    /// Shows that the key `keyNo` signed `forkRoot` at a size where the anchored log has `root`. A fault stops
    /// growth and voids nothing, else a stolen key could erase old evidence. A retired key leaves the event
    /// only: leaked, it would end the living log.
    function proveFork(
        bytes calldata origin,
        uint16 keyNo,
        uint64 size,
        bytes32 root,
        bytes32[] calldata proof,
        bytes32 forkRoot,
        bytes calldata forkSig
    ) external {
        bytes32 logId = sha256(origin);
        if (root == forkRoot || !_mayFork(logId, keyNo, size)) revert Invalid();
        Log storage l = _logs[logId];
        if (!ConsistencyProof.holds(size, root, l.size, l.root, proof)) revert Inconsistent();
        address signer = keys[logId][keyNo].ledgerKey;
        if (!_signedBy(signer, textHash(origin, size, forkRoot), forkSig)) revert BadSignature();
        emit ForkProven(logId, size, root, forkRoot, keyNo);
        if (keyNo != l.keyNo) return;
        l.status = Status.Faulted;
        l.validSize = l.size;
        emit StatusChanged(logId, Status.Faulted, l.size, 0);
    }

    function log(bytes32 logId) external view returns (Log memory) {
        return _logs[logId];
    }

    /// SHA-256 of the checkpoint text, rebuilt: origin, decimal size, base64 root, a line each.
    function textHash(bytes calldata origin, uint64 size, bytes32 root) public pure returns (bytes32) {
        string memory root64 = Base64.encode(abi.encodePacked(root));
        return sha256(abi.encodePacked(origin, "\n", Strings.toString(size), "\n", root64, "\n"));
    }

    /// What a key signs to prove possession. It names chain, contract and proposal, so that it counts once.
    function keyHash(bytes32 logId, uint16 proposalNo, address ledgerKey, bytes32 logKey)
        public
        view
        returns (bytes32)
    {
        bytes32 domain = sha256("bailee/key/v1");
        return sha256(abi.encode(domain, block.chainid, address(this), logId, proposalNo, ledgerKey, logKey));
    }

    /// A fork can be proven of a log that has not ended, at a size for which the key counted.
    function _mayFork(bytes32 logId, uint16 keyNo, uint64 size) private view returns (bool) {
        Log storage l = _logs[logId];
        if (l.status != Status.Active && l.status != Status.Suspended) return false;
        if (keyNo > l.keyNo || size <= keys[logId][keyNo].fromSize) return false;
        return size <= (keyNo == l.keyNo ? l.size : keys[logId][keyNo + 1].fromSize);
    }

    /// True when the proposed key signed, which must be ripe; false when the current one did.
    function _signedByPending(bytes32 logId, bytes32 hash, bytes calldata sig) private view returns (bool) {
        if (_signedBy(keys[logId][_logs[logId].keyNo].ledgerKey, hash, sig)) return false;
        Proposal storage p = pending[logId];
        if (p.ripeAt == 0 || p.ripeAt > LedgerTime.nowSeconds() || !_signedBy(p.ledgerKey, hash, sig)) revert BadSignature();
        return true;
    }

    function _signedBy(address key, bytes32 hash, bytes calldata sig) private pure returns (bool) {
        (address signer, ECDSA.RecoverError defect,) = ECDSA.tryRecover(hash, sig);
        return defect == ECDSA.RecoverError.NoError && signer == key;
    }

    function _accept(bytes32 logId, uint64 fromSize) private {
        Proposal storage p = pending[logId];
        uint16 keyNo = _logs[logId].keyNo + 1;
        _logs[logId].keyNo = keyNo;
        keys[logId][keyNo] = Key(p.ledgerKey, fromSize, p.logKey);
        delete pending[logId];
        emit KeyAccepted(logId, keyNo, fromSize);
    }

    /// A log that has already ended keeps the size it ended with.
    function _end(bytes32 prev, bytes32 successor) private {
        Log storage p = _logs[prev];
        if (p.status == Status.Revoked || p.status == Status.Faulted) return;
        p.status = Status.Revoked;
        p.validSize = p.size;
        emit StatusChanged(prev, Status.Revoked, p.size, successor);
    }
}
