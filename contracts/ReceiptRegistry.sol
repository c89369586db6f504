// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {AnchorLog} from "./AnchorLog.sol";
import {LedgerTime} from "./LedgerTime.sol";

/// Warehouse receipts, the pledges over them and the orders to release goods (ledger section 3). One Live
/// receipt per goods, nothing pledged or reserved twice, and a gate may act only on an order that it has
/// claimed here while evidence of the place is fresh.
///
/// No reading, place or customer is on chain: goods and documents are hashes. Quantities are in the unit of
/// the receipt's document. There is no upgrade.
contract ReceiptRegistry is AccessControl {
    bytes32 public constant WAREHOUSE = "WAREHOUSE";
    bytes32 public constant FINANCIER = "FINANCIER";
    /// Freezes a receipt, and acts for a party that cannot while it is frozen.
    bytes32 public constant REGULATOR = "REGULATOR";
    /// Holds goods back that failed an inspection.
    bytes32 public constant INSPECTOR = "INSPECTOR";

    /// How long after `begin` a gate is taken for dead, seconds.
    uint40 public constant GATE_PATIENCE = 24 hours;

    enum ReceiptState {
        None,
        Live,
        Closed
    }

    enum OrderState {
        None,
        Requested,
        Authorized,
        Executing,
        Done,
        Cancelled,
        Expired
    }

    struct Receipt {
        address warehouse;
        uint96 qty;
        address holder;
        uint96 pledged;
        uint96 reserved;
        /// Evidence of the gateway may be no older when a gate begins, seconds; 0 without one.
        uint32 maxAge;
        ReceiptState state;
        bool frozen;
        bool held;
        /// Who disputes it: 1 the warehouse, 2 the holder.
        uint8 disputed;
        /// The warehouse says that it was issued by mistake.
        bool voidAsked;
        /// SHA-256 of location, lot and seal set.
        bytes32 goodsKey;
        /// SHA-256 of the document.
        bytes32 docHash;
        /// The gateway whose evidence a gate needs (AnchorLog's id of it); 0 for none.
        bytes32 gateway;
    }

    struct Pledge {
        address financier;
        uint96 qty;
        bytes32 receiptId;
        /// Hash of the public registration's number.
        bytes32 regNo;
    }

    struct Order {
        address gate;
        uint96 qty;
        bytes32 receiptId;
        /// Times in seconds since 1970; `beganAt` is 0 before it began.
        uint40 expires;
        uint32 maxAge;
        OrderState state;
        uint40 beganAt;
        /// Leaf hash of the gate's release record.
        bytes32 evidence;
    }

    /// The caller is none of those who may do this.
    error NotPermitted();
    error WrongState();
    error Invalid();
    /// Another Live receipt stands for these goods.
    error GoodsTaken(bytes32 by);
    error Encumbered(uint96 free, uint96 asked);
    /// The gateway's current log, its size and the time of its head: not Active, empty or too old.
    error Condition(bytes32 logId, uint64 size, uint40 anchoredAt);

    event Issued(
        bytes32 indexed id,
        address indexed warehouse,
        address indexed holder,
        uint96 qty,
        bytes32 goodsKey,
        bytes32 docHash,
        bytes32 gateway,
        uint32 maxAge
    );
    event Transferred(bytes32 indexed id, address indexed from, address indexed to);
    event VoidAsked(bytes32 indexed id);
    /// Nothing is left of it, or it was voided; its goods may be on a receipt again.
    event Closed(bytes32 indexed id, bool voided);
    event Pledged(
        bytes32 indexed pledgeId, bytes32 indexed receiptId, address indexed financier, uint96 qty, bytes32 regNo
    );
    event PledgeReduced(bytes32 indexed pledgeId, bytes32 indexed receiptId, uint96 from, uint96 to);
    event Requested(
        bytes32 indexed orderId, bytes32 indexed receiptId, address indexed gate, uint96 qty, uint40 expires, uint32 maxAge
    );
    event Authorized(bytes32 indexed orderId);
    event Begun(bytes32 indexed orderId, uint40 time);
    event Completed(bytes32 indexed orderId, uint96 moved, bytes32 evidence);
    event Cancelled(bytes32 indexed orderId, address by);
    event Expired(bytes32 indexed orderId);
    event FrozenSet(bytes32 indexed id, bool on, bytes32 evidence);
    event HeldSet(bytes32 indexed id, bool on, bytes32 evidence);
    event DisputedSet(bytes32 indexed id, address indexed by, bool on, bytes32 evidence);

    AnchorLog public immutable anchorLog;

    mapping(bytes32 id => Receipt) private _receipts;
    mapping(bytes32 id => Order) private _orders;
    mapping(bytes32 pledgeId => Pledge) public pledges;
    /// The Live receipt of goods, 0 for none.
    mapping(bytes32 goodsKey => bytes32 id) public receiptOf;

    constructor(address admin, AnchorLog log) {
        anchorLog = log;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// A receipt for goods that came in. With a gateway, a gate needs its evidence, not older than `maxAge`.
    function issue(
        address holder,
        uint96 qty,
        bytes32 goodsKey,
        bytes32 docHash,
        bytes32 gateway,
        uint32 maxAge,
        uint256
    ) external onlyRole(WAREHOUSE) returns (bytes32 id) {
        id = _idOfCall();
        if (_receipts[id].state != ReceiptState.None) revert WrongState();
        if (holder == address(0) || qty == 0 || goodsKey == 0 || docHash == 0) revert Invalid();
        if ((gateway == 0) != (maxAge == 0)) revert Invalid();
        if (receiptOf[goodsKey] != 0) revert GoodsTaken(receiptOf[goodsKey]);
        receiptOf[goodsKey] = id;
        Receipt storage r = _receipts[id];
        r.warehouse = msg.sender;
        r.qty = qty;
        r.holder = holder;
        r.maxAge = maxAge;
        r.state = ReceiptState.Live;
        r.goodsKey = goodsKey;
        r.docHash = docHash;
        if (gateway != 0) r.gateway = gateway;
        emit Issued(id, msg.sender, holder, qty, goodsKey, docHash, gateway, maxAge);
    }

    /// Only what is neither pledged nor on an order changes hands.
    function transfer(bytes32 id, address to) external {
        Receipt storage r = _ownLive(id);
        if (r.frozen) revert WrongState();
        if (to == address(0) || to == r.holder) revert Invalid();
        if (r.pledged != 0 || r.reserved != 0) revert Encumbered(_free(r), r.qty);
        r.holder = to;
        emit Transferred(id, msg.sender, to);
    }

    /// A receipt issued by mistake: the warehouse asks, then the holder agrees; while it is frozen REGULATOR
    /// agrees for him.
    function voidReceipt(bytes32 id) external {
        Receipt storage r = _live(id);
        bool agrees = r.frozen ? hasRole(REGULATOR, msg.sender) : msg.sender == r.holder;
        if (msg.sender != r.warehouse && !agrees) revert NotPermitted();
        if (r.pledged != 0 || r.reserved != 0) revert Encumbered(_free(r), r.qty);
        if (r.voidAsked && agrees) {
            _close(id, r, true);
        } else {
            if (r.voidAsked || msg.sender != r.warehouse) revert WrongState();
            r.voidAsked = true;
            emit VoidAsked(id);
        }
    }

    /// A pledge of free quantity; `regNo` is the hash of the public pledge registration's number.
    function pledge(bytes32 receiptId, address financier, uint96 qty, bytes32 regNo, uint256)
        external
        returns (bytes32 pledgeId)
    {
        Receipt storage r = _ownLive(receiptId);
        pledgeId = _idOfCall();
        if (r.frozen || pledges[pledgeId].receiptId != 0) revert WrongState();
        if (qty == 0 || !hasRole(FINANCIER, financier)) revert Invalid();
        _needFree(r, qty);
        r.pledged += qty;
        pledges[pledgeId] = Pledge(financier, qty, receiptId, regNo);
        emit Pledged(pledgeId, receiptId, financier, qty, regNo);
    }

    /// The financier frees what he no longer needs; 0 ends the pledge. Nobody raises one.
    function reducePledge(bytes32 pledgeId, uint96 to) external {
        Pledge storage p = pledges[pledgeId];
        if (p.receiptId == 0) revert WrongState();
        if (msg.sender != p.financier) revert NotPermitted();
        uint96 from = p.qty;
        if (to >= from) revert Invalid();
        p.qty = to;
        _receipts[p.receiptId].pledged -= from - to;
        emit PledgeReduced(pledgeId, p.receiptId, from, to);
    }

    /// An order to release free quantity through one gate. `maxAge` 0 is the receipt's; it may ask for
    /// fresher evidence, never for older.
    function request(bytes32 receiptId, uint96 qty, address gate, uint40 expires, uint32 maxAge, uint256)
        external
        returns (bytes32 orderId)
    {
        Receipt storage r = _ownLive(receiptId);
        orderId = _idOfCall();
        if (r.frozen || _orders[orderId].state != OrderState.None) revert WrongState();
        if (qty == 0 || gate == address(0) || expires <= LedgerTime.nowSeconds() || maxAge > r.maxAge) {
            revert Invalid();
        }
        _needFree(r, qty);
        r.reserved += qty;
        uint32 age = maxAge == 0 ? r.maxAge : maxAge;
        Order storage o = _orders[orderId];
        o.gate = gate;
        o.qty = qty;
        o.receiptId = receiptId;
        o.expires = expires;
        o.maxAge = age;
        o.state = OrderState.Requested;
        emit Requested(orderId, receiptId, gate, qty, expires, age);
    }

    function authorize(bytes32 orderId) external {
        Order storage o = _orders[orderId];
        if (o.state != OrderState.Requested || LedgerTime.nowSeconds() > o.expires) revert WrongState();
        if (msg.sender != _receipts[o.receiptId].warehouse) revert NotPermitted();
        o.state = OrderState.Authorized;
        emit Authorized(orderId);
    }

    /// The named gate claims the order: from here on only it can end it. It opens when this is final.
    function begin(bytes32 orderId) external {
        Order storage o = _orders[orderId];
        if (o.state != OrderState.Authorized) revert WrongState();
        if (msg.sender != o.gate) revert NotPermitted();
        uint40 time = LedgerTime.nowSeconds();
        Receipt storage r = _receipts[o.receiptId];
        if (time > o.expires || r.frozen || r.held || r.disputed != 0) revert WrongState();
        if (r.gateway != 0) _needFresh(r.gateway, o.maxAge, time);
        o.state = OrderState.Executing;
        o.beganAt = time;
        emit Begun(orderId, time);
    }

    /// What was moved, at most what was ordered, and the leaf that says so. While the receipt is frozen
    /// REGULATOR ends the order of a gate that has been dead for a day.
    function complete(bytes32 orderId, uint96 moved, bytes32 evidence) external {
        Order storage o = _orders[orderId];
        if (o.state != OrderState.Executing) revert WrongState();
        bytes32 id = o.receiptId;
        Receipt storage r = _receipts[id];
        if (msg.sender != o.gate) {
            if (!hasRole(REGULATOR, msg.sender)) revert NotPermitted();
            if (!r.frozen || LedgerTime.nowSeconds() < o.beganAt + GATE_PATIENCE) revert WrongState();
        }
        if (moved > o.qty) revert Invalid();
        o.state = OrderState.Done;
        o.evidence = evidence;
        r.reserved -= o.qty;
        r.qty -= moved;
        emit Completed(orderId, moved, evidence);
        if (r.qty == 0) _close(id, r, false);
    }

    function cancel(bytes32 orderId) external {
        Order storage o = _orders[orderId];
        Receipt storage r = _receipts[o.receiptId];
        _unreserve(o, r, OrderState.Cancelled);
        if (msg.sender != r.holder && msg.sender != r.warehouse) revert NotPermitted();
        emit Cancelled(orderId, msg.sender);
    }

    /// Anybody may free what an order that was not begun in time reserved.
    function expire(bytes32 orderId) external {
        Order storage o = _orders[orderId];
        _unreserve(o, _receipts[o.receiptId], OrderState.Expired);
        if (LedgerTime.nowSeconds() <= o.expires) revert WrongState();
        emit Expired(orderId);
    }

    function setFrozen(bytes32 id, bool on, bytes32 evidence) external onlyRole(REGULATOR) {
        Receipt storage r = _live(id);
        if (r.frozen == on) revert Invalid();
        r.frozen = on;
        emit FrozenSet(id, on, evidence);
    }

    function setHeld(bytes32 id, bool on, bytes32 evidence) external onlyRole(INSPECTOR) {
        Receipt storage r = _live(id);
        if (r.held == on) revert Invalid();
        r.held = on;
        emit HeldSet(id, on, evidence);
    }

    /// Warehouse and holder dispute, and withdraw, each for themselves; REGULATOR may end both.
    function setDisputed(bytes32 id, bool on, bytes32 evidence) external {
        Receipt storage r = _live(id);
        uint8 mine = (msg.sender == r.warehouse ? 1 : 0) | (msg.sender == r.holder ? 2 : 0);
        if (mine == 0) {
            if (on || !hasRole(REGULATOR, msg.sender)) revert NotPermitted();
            mine = 3;
        }
        uint8 disputed = on ? r.disputed | mine : r.disputed & ~mine;
        if (disputed == r.disputed) revert Invalid();
        r.disputed = disputed;
        emit DisputedSet(id, msg.sender, on, evidence);
    }

    function receipt(bytes32 id) external view returns (Receipt memory) {
        return _receipts[id];
    }

    function order(bytes32 orderId) external view returns (Order memory) {
        return _orders[orderId];
    }

    /// The id that a call makes: nobody can take one that was announced, its caller knows it before he
    /// sends, and the same call again is refused.
    function idOf(address sender, bytes calldata call) external view returns (bytes32) {
        return sha256(abi.encodePacked(block.chainid, address(this), sender, call));
    }

    function _idOfCall() private view returns (bytes32) {
        return sha256(abi.encodePacked(block.chainid, address(this), msg.sender, msg.data));
    }

    function _live(bytes32 id) private view returns (Receipt storage r) {
        r = _receipts[id];
        if (r.state != ReceiptState.Live) revert WrongState();
    }

    function _ownLive(bytes32 id) private view returns (Receipt storage r) {
        r = _live(id);
        if (msg.sender != r.holder) revert NotPermitted();
    }

    function _free(Receipt storage r) private view returns (uint96) {
        return r.qty - r.pledged - r.reserved;
    }

    function _needFree(Receipt storage r, uint96 qty) private view {
        if (qty > _free(r)) revert Encumbered(_free(r), qty);
    }

    /// The gateway's newest log grows, and its head is young enough.
    function _needFresh(bytes32 gateway, uint32 maxAge, uint40 time) private view {
        bytes32 logId = anchorLog.currentLog(gateway);
        AnchorLog.Log memory l = anchorLog.log(logId);
        if (l.status != AnchorLog.Status.Active || l.size == 0 || time > l.anchoredAt + maxAge) {
            revert Condition(logId, l.size, l.anchoredAt);
        }
    }

    /// Ends an order that no gate has begun.
    function _unreserve(Order storage o, Receipt storage r, OrderState to) private {
        if (o.state != OrderState.Requested && o.state != OrderState.Authorized) revert WrongState();
        o.state = to;
        r.reserved -= o.qty;
    }

    function _close(bytes32 id, Receipt storage r, bool voided) private {
        r.state = ReceiptState.Closed;
        delete receiptOf[r.goodsKey];
        emit Closed(id, voided);
    }
}
