"""Evidence version 1, derived once more from its specification alone.

Needs nothing of bailee: hashlib, zipfile, python3-cbor2 and python3-cryptography. Section numbers are
those of the evidence page.

    rederive.py example                 prints what section 4.7 shows, one JSON object
    rederive.py bundle FILE VKEY...     checks a bundle against note verifier keys; exit 1 if it is wrong
"""
import base64
import io
import json
import sys
import zipfile
from hashlib import sha256

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RAW = (Encoding.Raw, PublicFormat.Raw)
POINT = (Encoding.X962, PublicFormat.UncompressedPoint)


class Wrong(Exception):
    """The evidence does not hold."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


# --- section 2: primitives ---------------------------------------------------------------------

def H(data):
    return sha256(data).digest()


def LH(data):
    return H(b"\x00" + data)


def NH(left, right):
    return H(b"\x01" + left + right)


def MTH(hashes):
    if not hashes:
        return H(b"")
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return NH(MTH(hashes[:half]), MTH(hashes[half:]))


def root_of_path(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2, which is the path of RFC 6962."""
    need(0 <= index < size, "index outside of the tree")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        need(len(p) == 32 and sn > 0, "path too long")
        if fn & 1 or fn == sn:
            r = NH(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = NH(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "path too short")
    return r


def D(text):
    return text.encode() + b"\x00"


def u64(n):
    return n.to_bytes(8, "big")


def u32(n):
    return n.to_bytes(4, "big")


def enc(value):
    return cbor2.dumps(value, canonical=True)


def sequence(data):
    """A CBOR sequence; every item must be in the one form the profile allows."""
    stream, items = io.BytesIO(data), []
    while stream.tell() < len(data):
        begin = stream.tell()
        item = cbor2.load(stream)
        need(enc(item) == data[begin : stream.tell()], "CBOR in another form")
        items.append(item)
    return items


# --- section 4: structures ---------------------------------------------------------------------

def leaf(K, seq, t, kind, body):
    return enc([H(K + u64(seq))[:16], seq, t, kind, body])


def usable(v, q):
    return v is not None and q & 39 == 0


def summary(kind, leaves):
    """min, max and nbad of section 4.3, of leaves [t, type, body]."""
    if kind != 1:
        return None, None, 0
    good = [body[0] for _, _, body in leaves if usable(body[0], body[1])]
    return min(good, default=None), max(good, default=None), len(leaves) - len(good)


def gaps(kind, leaves, t0, t1, max_gap, covered):
    """Maximal uncovered intervals of [t0, t1), and up to when coverage reaches."""
    if kind == 0:
        return [], None
    found, at = [], max(t0, covered if covered is not None else t0)
    for t, leaf_type, body in leaves:
        if not (usable(body[0], body[1]) if kind == 1 else leaf_type == 3):
            continue
        if t > at:
            found.append((at, t))
        at = max(at, t + max_gap)
        covered = at
    if at < t1:
        found.append((at, t1))
    return found, covered


def tail_start(origin, no, root):
    return H(D("bailee/tail-start/v1") + origin.encode() + b"\x00" + u64(no) + root)


def tail_next(chain, k, entries):
    return H(D("bailee/tail-next/v1") + chain + u64(k) + H(b"".join(u32(s) + lh for s, lh in entries)))


def tail_message(chain, head):
    return D("bailee/tail-sig/v1") + chain + H(head)


# --- section 4.5: notes ------------------------------------------------------------------------

LEDGER = b"\xffbailee/secp256k1/v1"
SM2 = b"\xffbailee/sm2-sm3/v1"
# The public key of GB/T 32918.5-2017 Annex A.
SM2_POINT = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)


def key_id(name, typed_key):
    return H(name.encode() + b"\n" + typed_key)[:4]


def vkey_of(name, typed_key):
    return f"{name}+{key_id(name, typed_key).hex()}+{base64.b64encode(typed_key).decode()}"


def line(name, decoded):
    return f"\u2014 {name} {base64.b64encode(decoded).decode()}\n"


def parse_note(data):
    text, signatures = data.decode().rsplit("\n\n", 1)
    lines = []
    for row in signatures.splitlines():
        dash, name, encoded = row.split(" ")
        need(dash == "\u2014", "no signature line")
        lines.append((name, base64.b64decode(encoded, validate=True)))
    return text + "\n", lines


def verify_line(text, typed_key, signature):
    """A line under a verifier key: Ed25519, a cosignature or a ledger line."""
    if typed_key[0] == 1:
        Ed25519PublicKey.from_public_bytes(typed_key[1:]).verify(signature, text.encode())
    elif typed_key[0] == 4:
        at = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {at}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(typed_key[1:]).verify(signature[8:], message)
    else:
        need(typed_key.startswith(LEDGER) and len(signature) == 65, "no ledger line")
        r, s = (int.from_bytes(signature[i : i + 32], "big") for i in (0, 32))
        der = utils.encode_dss_signature(r, s)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), typed_key[len(LEDGER) :])
        point.verify(der, text.encode(), ec.ECDSA(SHA256()))


def open_note(data, vkeys):
    """The checkpoint's text as [origin, size, root], and how many lines of the keys it bears."""
    text, lines = parse_note(data)
    known = 0
    for vkey in vkeys:
        name, hex_id, encoded = vkey.split("+", 2)
        typed_key = base64.b64decode(encoded, validate=True)
        need(key_id(name, typed_key).hex() == hex_id, "key id of a verifier key")
        for signer, decoded in lines:
            if signer == name and decoded[:4].hex() == hex_id:
                verify_line(text, typed_key, decoded[4:])
                known += 1
    origin, size, root, rest = text.split("\n", 3)
    need(rest == "" and str(int(size)) == size, "text of a checkpoint")
    return origin, int(size), base64.b64decode(root, validate=True), known


# --- section 14: cover -------------------------------------------------------------------------

def cut(a, b):
    while a < b:
        length = 1
        while a % (2 * length) == 0 and 2 * length <= b - a:
            length *= 2
        yield length
        a += length


class Cover:
    def __init__(self):
        self.at, self.stack = 0, []

    def push(self, length, h):
        current = (self.at, length, h)
        self.at += length
        while self.stack and self.stack[-1][1] == current[1] and self.stack[-1][0] % (2 * current[1]) == 0:
            start, _, left = self.stack.pop()
            current = (start, 2 * current[1], NH(left, current[2]))
        self.stack.append(current)

    def root(self):
        if not self.stack:
            return H(b"")
        h = self.stack[-1][2]
        for _, _, left in reversed(self.stack[:-1]):
            h = NH(left, h)
        return h


# --- the worked example of section 4.7 ---------------------------------------------------------

def example():
    T = 1767225600000
    gw, boot = bytes.fromhex("b0b1b2b3b4b5b6b7"), bytes.fromhex("c0c1c2c3c4c5c6c7")
    origin = "consortium.example/gw/b0b1b2b3b4b5b6b7/0"
    log_key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    witness = Ed25519PrivateKey.from_private_bytes(bytes(range(0x20, 0x40)))
    descriptors = [
        [1, gw, 0, 0, "gateway", "", "", 0, 0, 0, "", None, 0, None],
        [1, gw, 1, 1, "modbus:7", "t", "Cel", -2, 300000, 330000, "cold-1", None, 2, None],
        [1, gw, 2, 1, "gpio:3", "door", "1", 0, 300000, 330000, "cold-1", None, 1, None],
    ]
    rules = [b"\xee" * 32, b"\xcc" * 32, b"\xdd" * 32]
    events = [
        [T, 13, [1, None, None, None]],
        [T, 12, [1, descriptors[1]]],
        [T, 12, [2, descriptors[2]]],
        [T + 500, 7, rules],
    ]
    told = [
        [events, [[T + 1000, 1, [412, 0]], [T + 301000, 1, [-35, 0]]], [[T + 2000, 1, [0, 0]]]],
        [[[T + 631000, 5, ["cold-1/silent", 0, 1, 2, 1, 1]]], [], []],
    ]
    reasons = [[[], [4], [4, 1]], [[], [1], [1]]]
    clock = [2, 15, boot, T - 5000]
    seq, covered, blocks, out = [0, 0, 0], [None] * 3, [], {}
    # The second block names the cosignature of the first checkpoint.
    beacons = []
    for no, streams in enumerate(told):
        t0, t1 = T + no * 600000, T + (no + 1) * 600000
        segments = []
        for slot, leaves in enumerate(streams):
            K = bytes([0xA0 + 0x10 * no + slot]) * 32
            hashes = [LH(leaf(K, seq[slot] + i, *one)) for i, one in enumerate(leaves)]
            d = descriptors[slot]
            lo, hi, nbad = summary(d[3], leaves)
            open_for, covered[slot] = gaps(d[3], leaves, t0, t1, d[9], covered[slot])
            declared = [[a, b, why] for (a, b), why in zip(open_for, reasons[no][slot], strict=True)]
            S = [1, H(enc(d)), seq[slot], len(leaves), MTH(hashes), lo, hi, nbad, declared]
            seq[slot] += len(leaves)
            segments.append(enc(S))
            if (no, slot) == (0, 1):
                one = leaf(K, 0, *leaves[0])
                out |= {"leaf": one.hex(), "leafHash": LH(one).hex(), "segment": enc(S).hex()}
            if (no, slot) == (0, 0):
                chain = tail_next(tail_start(origin, 0, H(b"")), 1, [(0, h) for h in hashes[:3]])
                head = enc([T, 1, clock, T])
                out |= {"tail": chain.hex(), "tailSig": log_key.sign(tail_message(chain, head)).hex()}
        flags = 1 if no == 0 else 0
        B = enc([1, gw, no, t0, t1, 3, MTH([LH(s) for s in segments]), beacons, clock, None, flags])
        blocks.append(LH(B))
        out |= {f"block{no}": B.hex(), f"blockHash{no}": LH(B).hex(), f"root{no + 1}": MTH(blocks).hex()}
        if no == 0:
            text = f"{origin}\n1\n{base64.b64encode(MTH(blocks)).decode()}\n"
            raw = [key.public_key().public_bytes(*RAW) for key in (log_key, witness)]
            at, bank = 1767226205, "witness.example/bank"
            signed = key_id(origin, b"\x01" + raw[0]) + log_key.sign(text.encode())
            cosigned = witness.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
            cosignature = key_id(bank, b"\x04" + raw[1]) + u64(at) + cosigned
            beacons = [[2, 1, H(cosignature)]]
            secret = ec.derive_private_key(int.from_bytes(b"\x01" * 32, "big"), ec.SECP256K1())
            point = secret.public_key().public_bytes(*POINT)
            out |= {"text": text, "logLine": line(origin, signed), "cosignature": line(bank, cosignature),
                    "ledgerKey": vkey_of(origin, LEDGER + point), "sm2Key": vkey_of(origin, SM2 + SM2_POINT)}
    return out


# --- section 6: a bundle -----------------------------------------------------------------------

def bundle(path, vkeys):
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    origin, size, root, known = open_note(files["checkpoint"], vkeys)
    need(known > 0, "no line of a known key")
    gw = bytes.fromhex(origin.split("/")[-2])
    (a, b, N, left, right), *blocks = sequence(files["log.cbor"])
    need((N, b - a) == (size, len(blocks)), "sizes of the log")
    cover = Cover()
    for length, h in zip(cut(0, a), left, strict=True):
        cover.push(length, h)
    for block in blocks:
        cover.push(1, LH(enc(block)))
    for length, h in zip(cut(b, N), right, strict=True):
        cover.push(length, h)
    need(cover.root() == root, "root of the log")
    for no, block in enumerate(blocks, a):
        need(block[:3] == [1, gw, no] and block[3] < block[4], f"block {no}")
    heads = 0
    for name in files:
        if name.startswith("heads/"):
            need(open_note(files[name], vkeys)[3] > 0, name)
            heads += 1
    leaves = sum(
        stream(files, name.split("/")[1], blocks, a, gw) for name in files if name.endswith("/segments.cbor")
    )
    return {"origin": origin, "size": size, "root": root.hex(), "lines": known, "blocks": len(blocks),
            "heads": heads, "leaves": leaves}


def stream(files, slot, blocks, a, gw):
    """Every leaf of one stream that is shown in full: hashes, order, summary and gaps."""
    descriptors = {H(enc(d)): d for d in sequence(files[f"streams/{slot}/descriptors.cbor"])}
    segments = sequence(files[f"streams/{slot}/segments.cbor"])
    full = sequence(files[f"streams/{slot}/full.cbor"])
    need(len(segments) == len(full) == len(blocks), f"stream {slot}: one item a block")
    index, count, next_seq, covered, desc_before = int(slot), 0, None, None, None
    for no, (block, shown, told) in enumerate(zip(blocks, segments, full), a):
        where = f"block {no}, slot {slot}"
        _, _, _, t0, t1, slots, sroot, _, _, _, flags = block
        if shown is None:
            need(slots <= index and told is None, where)
            continue
        S, path = shown
        need(root_of_path(LH(enc(S)), index, slots, path) == sroot, f"{where}: path")
        version, desc, seq0, n, root, lo, hi, nbad, declared = S
        d = descriptors[desc]
        need((version, d[0], d[1], d[2]) == (1, 1, gw, index), f"{where}: descriptor")
        K, leaves = told
        need(seq0 == next_seq or (next_seq is None and (seq0 == 0 or a > 0)), f"{where}: seq")
        need(n == len(leaves) and (K is None) == (n == 0), f"{where}: number")
        hashes = [LH(leaf(K, seq0 + i, *one)) for i, one in enumerate(leaves)]
        need(MTH(hashes) == root, f"{where}: root")
        times = [t for t, _, _ in leaves]
        need(times == sorted(times) and all(t0 <= t < t1 for t in times), f"{where}: time")
        need(summary(d[3], leaves) == (lo, hi, nbad), f"{where}: summary")
        if flags & 2 or desc != desc_before:
            covered = None
        found, covered = gaps(d[3], leaves, t0, t1, d[9], covered)
        # What came before the first block shown may still cover its begin.
        if a == 0 or t0 >= blocks[0][3] + d[9]:
            need(found == [(x, y) for x, y, _ in declared], f"{where}: gaps")
        next_seq, desc_before, count = seq0 + n, desc, count + n
    return count


def main(verb, *rest):
    if verb == "example":
        return example()
    path, *vkeys = rest
    return bundle(path, vkeys)


if __name__ == "__main__":
    try:
        print(json.dumps(main(*sys.argv[1:])))
    except (Wrong, InvalidSignature, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        sys.exit(f"{type(error).__name__}: {error}")
