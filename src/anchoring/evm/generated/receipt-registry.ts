// Written by `npm run contracts`; a test recompiles and compares.
export const receiptRegistryAbi = [
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "admin",
        "type": "address"
      },
      {
        "internalType": "contract AnchorLog",
        "name": "log",
        "type": "address"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "constructor"
  },
  {
    "inputs": [],
    "name": "AccessControlBadConfirmation",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "internalType": "bytes32",
        "name": "neededRole",
        "type": "bytes32"
      }
    ],
    "name": "AccessControlUnauthorizedAccount",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "logId",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "size",
        "type": "uint64"
      },
      {
        "internalType": "uint40",
        "name": "anchoredAt",
        "type": "uint40"
      }
    ],
    "name": "Condition",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint96",
        "name": "free",
        "type": "uint96"
      },
      {
        "internalType": "uint96",
        "name": "asked",
        "type": "uint96"
      }
    ],
    "name": "Encumbered",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "by",
        "type": "bytes32"
      }
    ],
    "name": "GoodsTaken",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "Invalid",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "NotPermitted",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "WrongState",
    "type": "error"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "Authorized",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint40",
        "name": "time",
        "type": "uint40"
      }
    ],
    "name": "Begun",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "by",
        "type": "address"
      }
    ],
    "name": "Cancelled",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "voided",
        "type": "bool"
      }
    ],
    "name": "Closed",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint96",
        "name": "moved",
        "type": "uint96"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "Completed",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "by",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "on",
        "type": "bool"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "DisputedSet",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "Expired",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "on",
        "type": "bool"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "FrozenSet",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "on",
        "type": "bool"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "HeldSet",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "warehouse",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "holder",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "goodsKey",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "docHash",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "gateway",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "maxAge",
        "type": "uint32"
      }
    ],
    "name": "Issued",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "pledgeId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "receiptId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint96",
        "name": "from",
        "type": "uint96"
      },
      {
        "indexed": false,
        "internalType": "uint96",
        "name": "to",
        "type": "uint96"
      }
    ],
    "name": "PledgeReduced",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "pledgeId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "receiptId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "financier",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "regNo",
        "type": "bytes32"
      }
    ],
    "name": "Pledged",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "receiptId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "gate",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "indexed": false,
        "internalType": "uint40",
        "name": "expires",
        "type": "uint40"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "maxAge",
        "type": "uint32"
      }
    ],
    "name": "Requested",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "previousAdminRole",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "newAdminRole",
        "type": "bytes32"
      }
    ],
    "name": "RoleAdminChanged",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "RoleGranted",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "RoleRevoked",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "to",
        "type": "address"
      }
    ],
    "name": "Transferred",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      }
    ],
    "name": "VoidAsked",
    "type": "event"
  },
  {
    "inputs": [],
    "name": "DEFAULT_ADMIN_ROLE",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "FINANCIER",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "GATE_PATIENCE",
    "outputs": [
      {
        "internalType": "uint40",
        "name": "",
        "type": "uint40"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "INSPECTOR",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "REGULATOR",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "WAREHOUSE",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "anchorLog",
    "outputs": [
      {
        "internalType": "contract AnchorLog",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "authorize",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "begin",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "cancel",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      },
      {
        "internalType": "uint96",
        "name": "moved",
        "type": "uint96"
      },
      {
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "complete",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "expire",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      }
    ],
    "name": "getRoleAdmin",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "grantRole",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "hasRole",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      },
      {
        "internalType": "bytes",
        "name": "call",
        "type": "bytes"
      }
    ],
    "name": "idOf",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "holder",
        "type": "address"
      },
      {
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "internalType": "bytes32",
        "name": "goodsKey",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "docHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "gateway",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "maxAge",
        "type": "uint32"
      },
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      }
    ],
    "name": "issue",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "name": "order",
    "outputs": [
      {
        "components": [
          {
            "internalType": "address",
            "name": "gate",
            "type": "address"
          },
          {
            "internalType": "uint96",
            "name": "qty",
            "type": "uint96"
          },
          {
            "internalType": "bytes32",
            "name": "receiptId",
            "type": "bytes32"
          },
          {
            "internalType": "uint40",
            "name": "expires",
            "type": "uint40"
          },
          {
            "internalType": "uint32",
            "name": "maxAge",
            "type": "uint32"
          },
          {
            "internalType": "enum ReceiptRegistry.OrderState",
            "name": "state",
            "type": "uint8"
          },
          {
            "internalType": "uint40",
            "name": "beganAt",
            "type": "uint40"
          },
          {
            "internalType": "bytes32",
            "name": "evidence",
            "type": "bytes32"
          }
        ],
        "internalType": "struct ReceiptRegistry.Order",
        "name": "",
        "type": "tuple"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "receiptId",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "financier",
        "type": "address"
      },
      {
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "internalType": "bytes32",
        "name": "regNo",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      }
    ],
    "name": "pledge",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "pledgeId",
        "type": "bytes32"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "pledgeId",
        "type": "bytes32"
      }
    ],
    "name": "pledges",
    "outputs": [
      {
        "internalType": "address",
        "name": "financier",
        "type": "address"
      },
      {
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "internalType": "bytes32",
        "name": "receiptId",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "regNo",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      }
    ],
    "name": "receipt",
    "outputs": [
      {
        "components": [
          {
            "internalType": "address",
            "name": "warehouse",
            "type": "address"
          },
          {
            "internalType": "uint96",
            "name": "qty",
            "type": "uint96"
          },
          {
            "internalType": "address",
            "name": "holder",
            "type": "address"
          },
          {
            "internalType": "uint96",
            "name": "pledged",
            "type": "uint96"
          },
          {
            "internalType": "uint96",
            "name": "reserved",
            "type": "uint96"
          },
          {
            "internalType": "uint32",
            "name": "maxAge",
            "type": "uint32"
          },
          {
            "internalType": "enum ReceiptRegistry.ReceiptState",
            "name": "state",
            "type": "uint8"
          },
          {
            "internalType": "bool",
            "name": "frozen",
            "type": "bool"
          },
          {
            "internalType": "bool",
            "name": "held",
            "type": "bool"
          },
          {
            "internalType": "uint8",
            "name": "disputed",
            "type": "uint8"
          },
          {
            "internalType": "bool",
            "name": "voidAsked",
            "type": "bool"
          },
          {
            "internalType": "bytes32",
            "name": "goodsKey",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "docHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "gateway",
            "type": "bytes32"
          }
        ],
        "internalType": "struct ReceiptRegistry.Receipt",
        "name": "",
        "type": "tuple"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "goodsKey",
        "type": "bytes32"
      }
    ],
    "name": "receiptOf",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "pledgeId",
        "type": "bytes32"
      },
      {
        "internalType": "uint96",
        "name": "to",
        "type": "uint96"
      }
    ],
    "name": "reducePledge",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "callerConfirmation",
        "type": "address"
      }
    ],
    "name": "renounceRole",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "receiptId",
        "type": "bytes32"
      },
      {
        "internalType": "uint96",
        "name": "qty",
        "type": "uint96"
      },
      {
        "internalType": "address",
        "name": "gate",
        "type": "address"
      },
      {
        "internalType": "uint40",
        "name": "expires",
        "type": "uint40"
      },
      {
        "internalType": "uint32",
        "name": "maxAge",
        "type": "uint32"
      },
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      }
    ],
    "name": "request",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "orderId",
        "type": "bytes32"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "revokeRole",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "internalType": "bool",
        "name": "on",
        "type": "bool"
      },
      {
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "setDisputed",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "internalType": "bool",
        "name": "on",
        "type": "bool"
      },
      {
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "setFrozen",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "internalType": "bool",
        "name": "on",
        "type": "bool"
      },
      {
        "internalType": "bytes32",
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "name": "setHeld",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes4",
        "name": "interfaceId",
        "type": "bytes4"
      }
    ],
    "name": "supportsInterface",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      }
    ],
    "name": "transfer",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "id",
        "type": "bytes32"
      }
    ],
    "name": "voidReceipt",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  }
] as const;
export const receiptRegistryBytecode =
  '0x60a060405234801561001057600080fd5b50604051612c13380380612c1383398101604081905261002f91610113565b6001600160a01b03811660805261004760008361004f565b50505061014d565b6000828152602081815260408083206001600160a01b038516845290915281205460ff166100f1576000838152602081815260408083206001600160a01b03861684529091529020805460ff191660011790556100a93390565b6001600160a01b0316826001600160a01b0316847f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d60405160405180910390a45060016100f5565b5060005b92915050565b6001600160a01b038116811461011057600080fd5b50565b6000806040838503121561012657600080fd5b8251610131816100fb565b6020840151909250610142816100fb565b809150509250929050565b608051612a9d610176600039600081816104c80152818161207d01526121140152612a9d6000f3fe608060405234801561001057600080fd5b50600436106101f05760003560e01c8063797d7cc91161010f578063b9aeebeb116100a2578063dacb2a9d11610071578063dacb2a9d146104c3578063e1b980e914610502578063e80160ab14610515578063f48d85f01461053557600080fd5b8063b9aeebeb14610477578063c4d252f51461048a578063c64417981461049d578063d547741f146104b057600080fd5b8063904dc01b116100de578063904dc01b1461043657806391d14854146104495780639eedba3f1461045c578063a217fddf1461046f57600080fd5b8063797d7cc91461038157806379ce9fac146103945780638dc436b6146103a75780638ed32f31146103ba57600080fd5b806336568abe116101875780636fa85b20116101565780636fa85b201461032857806372a41fdd1461033b57806375aa87051461035b57806375c84ed01461036e57600080fd5b806336568abe146102dc5780633c66fe68146102ef578063542be13814610302578063621457ed1461031557600080fd5b8063281d0a8f116101c3578063281d0a8f1461028e5780632a3b8b8f146102a35780632b2c6ead146102b65780632f2ff15d146102c957600080fd5b806301ffc9a7146101f557806304918a621461021d578063198a27aa1461023d578063248a9ca31461025d575b600080fd5b610208610203366004612354565b610548565b60405190151581526020015b60405180910390f35b6102276201518081565b60405164ffffffffff9091168152602001610214565b61025061024b366004612385565b61057f565b60405161021491906123c8565b61028061026b366004612385565b60009081526020819052604090206001015490565b604051908152602001610214565b6102a161029c3660046124f2565b61070b565b005b6102a16102b1366004612546565b6107c5565b6102806102c43660046125ae565b610933565b6102a16102d736600461261a565b610b90565b6102a16102ea36600461261a565b610bbb565b6102a16102fd366004612385565b610bf3565b6102a1610310366004612385565b610cee565b6102a161032336600461263d565b610e9e565b610280610336366004612662565b61111e565b610280610349366004612385565b60046020526000908152604090205481565b6102a1610369366004612385565b6112d6565b610280682324a720a721a4a2a960b91b81565b6102806824a729a822a1aa27a960b91b81565b6102a16103a236600461261a565b61148c565b610280682922a3aaa620aa27a960b91b81565b6104046103c8366004612385565b6003602052600090815260409020805460018201546002909201546001600160a01b03821692600160a01b9092046001600160601b0316919084565b604080516001600160a01b0390951685526001600160601b039093166020850152918301526060820152608001610214565b6102806104443660046126b0565b6115cf565b61020861045736600461261a565b611808565b6102a161046a3660046124f2565b611831565b610280600081565b61028061048536600461271f565b611990565b6102a1610498366004612385565b611a0f565b6102a16104ab366004612385565b611aba565b6102a16104be36600461261a565b611b4e565b6104ea7f000000000000000000000000000000000000000000000000000000000000000081565b6040516001600160a01b039091168152602001610214565b6102a16105103660046124f2565b611b73565b610528610523366004612385565b611c22565b60405161021491906127b4565b6102806857415245484f55534560b81b81565b60006001600160e01b03198216637965db0b60e01b148061057957506301ffc9a760e01b6001600160e01b03198316145b92915050565b604080516101c081018252600080825260208201819052918101829052606081018290526080810182905260a0810182905260c0810182905260e08101829052610100810182905261012081018290526101408101829052610160810182905261018081018290526101a081019190915260008281526001602081815260409283902083516101c08101855281546001600160a01b0380821683526001600160601b03600160a01b9283900481169584019590955294830154948516958201959095529390920481166060840152600280830154918216608085015263ffffffff600160601b83041660a085015260c084019160ff600160801b909104169081111561068d5761068d61239e565b600281111561069e5761069e61239e565b8152600282015460ff600160881b8204811615156020840152600160901b8204811615156040840152600160981b820481166060840152600160a01b9091041615156080820152600382015460a0820152600482015460c082015260059091015460e09091015292915050565b682922a3aaa620aa27a960b91b61072181611d34565b600061072c85611d41565b90508315158160020160119054906101000a900460ff1615150361076357604051636dac6a0960e01b815260040160405180910390fd5b60028101805460ff60881b1916600160881b86151590810291909117909155604080519182526020820185905286917f201194545c037e2c2f657b80e47d0a1647d13c95f98d8aaa47ebb913cf3ac76a91015b60405180910390a25050505050565b600082815260036020526040812060018101549091036107f857604051636f20b45d60e11b815260040160405180910390fd5b80546001600160a01b03163314610822576040516339218f3b60e01b815260040160405180910390fd5b80546001600160601b03600160a01b9091048116908316811161085857604051636dac6a0960e01b815260040160405180910390fd5b81546001600160a01b0316600160a01b6001600160601b03851602178255610880838261285d565b60018381015460009081526020829052604090200180546014906108b5908490600160a01b90046001600160601b031661285d565b92506101000a8154816001600160601b0302191690836001600160601b031602179055508160010154847f9efe7af78f283ddaeec1bb35503a679c3708ebbee786bf4188f225c43401676283866040516109259291906001600160601b0392831681529116602082015260400190565b60405180910390a350505050565b60008061093f88611d96565b9050610949611dd1565b6002820154909250600160881b900460ff16806109915750600082815260026020819052604082200154600160481b900460ff16600681111561098e5761098e61239e565b14155b156109af57604051636f20b45d60e11b815260040160405180910390fd5b6001600160601b03871615806109cc57506001600160a01b038616155b806109ec57506109da611e4e565b64ffffffffff168564ffffffffff1611155b80610a0b5750600281015463ffffffff600160601b9091048116908516115b15610a2957604051636dac6a0960e01b815260040160405180910390fd5b610a338188611e6d565b600281018054889190600090610a539084906001600160601b031661287c565b92506101000a8154816001600160601b0302191690836001600160601b0316021790555060008463ffffffff16600014610a8d5784610aa0565b6002820154600160601b900463ffffffff165b60008481526002602081905260409091206001600160601b038b16600160a01b026001600160a01b038b1617815560018082018d9055918101805463ffffffff8516650100000000000268ffffffffffffffffff1990911664ffffffffff8c161717808255939450909260ff60481b1916600160481b830217905550604080516001600160601b038b16815264ffffffffff8916602082015263ffffffff8416918101919091526001600160a01b038916908b9086907fcd5f486ce02c934cba04de0ca5941486e977112ea10db347f27c45ecdc8b22769060600160405180910390a45050509695505050505050565b600082815260208190526040902060010154610bab81611d34565b610bb58383611ec9565b50505050565b6001600160a01b0381163314610be45760405163334bd91960e11b815260040160405180910390fd5b610bee8282611f5b565b505050565b600081815260026020526040902060016002820154600160481b900460ff166006811115610c2357610c2361239e565b141580610c485750600281015464ffffffffff16610c3f611e4e565b64ffffffffff16115b15610c6657604051636f20b45d60e11b815260040160405180910390fd5b600181810154600090815260209190915260409020546001600160a01b03163314610ca4576040516339218f3b60e01b815260040160405180910390fd5b60028101805460ff60481b1916690200000000000000000017905560405182907f72e40b363fd6bb99d89cad74fd78040e92227b342c468ba4ec538b635d10f06c90600090a25050565b6000610cf982611d41565b6002810154909150600090600160881b900460ff16610d275760018201546001600160a01b03163314610d3d565b610d3d682922a3aaa620aa27a960b91b33611808565b82549091506001600160a01b03163314801590610d58575080155b15610d76576040516339218f3b60e01b815260040160405180910390fd5b6001820154600160a01b90046001600160601b0316151580610da4575060028201546001600160601b031615155b15610dee57610db282611fc6565b8254604051630c54707b60e21b81526001600160601b039283166004820152600160a01b90910490911660248201526044015b60405180910390fd5b6002820154600160a01b900460ff168015610e065750805b15610e1757610bee83836001612004565b6002820154600160a01b900460ff1680610e3b575081546001600160a01b03163314155b15610e5957604051636f20b45d60e11b815260040160405180910390fd5b60028201805460ff60a01b1916600160a01b17905560405183907f28c6c6d57f5dee5c73ab4718932ae5b1d515a9ffcbee4afce4cba17644c4faee90600090a2505050565b600083815260026020526040902060036002820154600160481b900460ff166006811115610ece57610ece61239e565b14610eec57604051636f20b45d60e11b815260040160405180910390fd5b6001818101546000818152602092909252604090912082546001600160a01b03163314610fb357610f29682922a3aaa620aa27a960b91b33611808565b610f46576040516339218f3b60e01b815260040160405180910390fd5b6002810154600160881b900460ff161580610f9557506002830154610f7d906201518090600160501b900464ffffffffff1661289b565b64ffffffffff16610f8c611e4e565b64ffffffffff16105b15610fb357604051636f20b45d60e11b815260040160405180910390fd5b82546001600160601b03600160a01b90910481169086161115610fe957604051636dac6a0960e01b815260040160405180910390fd5b6002838101805460ff60481b1916690400000000000000000017905560038401859055835490820180546001600160601b03600160a01b9093048316926000916110359185911661285d565b92506101000a8154816001600160601b0302191690836001600160601b03160217905550848160000160148282829054906101000a90046001600160601b031661107f919061285d565b92506101000a8154816001600160601b0302191690836001600160601b03160217905550857f9719ab2d9cc72d3588b68b8bba17e527f74e5349f5ed25ca3e6fb7b25c3da42786866040516110e99291906001600160601b03929092168252602082015260400190565b60405180910390a28054600160a01b90046001600160601b03166000036111165761111682826000612004565b505050505050565b60008061112a87611d96565b9050611134611dd1565b6002820154909250600160881b900460ff1680611161575060008281526003602052604090206001015415155b1561117f57604051636f20b45d60e11b815260040160405180910390fd5b6001600160601b03851615806111a857506111a6682324a720a721a4a2a960b91b87611808565b155b156111c657604051636dac6a0960e01b815260040160405180910390fd5b6111d08186611e6d565b848160010160148282829054906101000a90046001600160601b03166111f6919061287c565b82546001600160601b039182166101009390930a928302928202191691909117909155604080516080810182526001600160a01b03808b168083528a851660208085019182528486018f8152606086018d815260008c815260039093529187902095519251909716600160a01b0291909316178355935160018301555160029091015551909150889084907f5cc726bae6d39c74e21087184a120935dec98b712e622c596866ce28bd4c84e1906112c4908a908a906001600160601b03929092168252602082015260400190565b60405180910390a45095945050505050565b6000818152600260208190526040909120906002820154600160481b900460ff1660068111156113085761130861239e565b1461132657604051636f20b45d60e11b815260040160405180910390fd5b80546001600160a01b03163314611350576040516339218f3b60e01b815260040160405180910390fd5b600061135a611e4e565b60018381015460009081526020919091526040902060028401549192509064ffffffffff908116908316118061139b57506002810154600160881b900460ff165b806113b157506002810154600160901b900460ff165b806113c957506002810154600160981b900460ff1615155b156113e757604051636f20b45d60e11b815260040160405180910390fd5b6005810154156114155760058101546002840154611415919065010000000000900463ffffffff1684612064565b60028301805464ffffffffff8416600160501b81026effffffffffff000000000000000000199092169190911769030000000000000000001790915560405190815284907fb67791fff2d05749bebdbb3d8df3e922f2606f032ae72744d315846d8b2a463e9060200160405180910390a250505050565b600061149783611d96565b6002810154909150600160881b900460ff16156114c757604051636f20b45d60e11b815260040160405180910390fd5b6001600160a01b03821615806114ec575060018101546001600160a01b038381169116145b1561150a57604051636dac6a0960e01b815260040160405180910390fd5b6001810154600160a01b90046001600160601b0316151580611538575060028101546001600160601b031615155b1561157d5761154681611fc6565b8154604051630c54707b60e21b81526001600160601b039283166004820152600160a01b9091049091166024820152604401610de5565b6001810180546001600160a01b0319166001600160a01b038416908117909155604051339085907f7b97c62130aa09acbbcbf7482630e756592496f1759eaf702f469cf64dfb779490600090a4505050565b60006857415245484f55534560b81b6115e781611d34565b6115ef611dd1565b9150600080838152600160205260409020600290810154600160801b900460ff16908111156116205761162061239e565b1461163e57604051636f20b45d60e11b815260040160405180910390fd5b6001600160a01b038916158061165b57506001600160601b038816155b80611664575086155b8061166d575085155b1561168b57604051636dac6a0960e01b815260040160405180910390fd5b841563ffffffff851615146116b357604051636dac6a0960e01b815260040160405180910390fd5b600087815260046020526040902054156116f55760008781526004602081905260409182902054915163e5c5d78760e01b8152610de592910190815260200190565b600087815260046020818152604080842086905585845260019182905290922033600160a01b6001600160601b038d160217815591820180546001600160a01b0319166001600160a01b038d16179055600282018054600160801b64ffffffffff60601b1990911660ff60801b19600160601b63ffffffff8b16021617179055600382018990558101879055851561178f57600581018690555b604080516001600160601b038b168152602081018a90529081018890526060810187905263ffffffff861660808201526001600160a01b038b1690339085907f04064ce57a17bdb45efd5e4dae1201ed66e12eadfa8d558fdeed35ee31dd40e39060a00160405180910390a45050979650505050505050565b6000918252602082815260408084206001600160a01b0393909316845291905290205460ff1690565b600061183c84611d41565b60018101549091506000906001600160a01b0316331461185d576000611860565b60025b82546001600160a01b0316331461187857600061187b565b60015b1790508060ff166000036118ca5783806118a857506118a6682922a3aaa620aa27a960b91b33611808565b155b156118c6576040516339218f3b60e01b815260040160405180910390fd5b5060035b6000846118e8576002830154600160981b900482191660ff166118fa565b6002830154600160981b900460ff1682175b600284015490915060ff600160981b90910481169082160361192f57604051636dac6a0960e01b815260040160405180910390fd5b60028301805460ff60981b1916600160981b60ff84160217905560408051861515815260208101869052339188917fa75e93d4daa783bb3159cad2f35730d6593b05d8f560da0e0248d04f0eadc65b910160405180910390a3505050505050565b6000600246308686866040516020016119ad9594939291906128b8565b60408051601f19818403018152908290526119c7916128fa565b602060405180830381855afa1580156119e4573d6000803e3d6000fd5b5050506040513d601f19601f82011682018060405250810190611a079190612929565b949350505050565b60008181526002602090815260408083206001808201548552909252909120611a3a8282600561222f565b60018101546001600160a01b03163314801590611a61575080546001600160a01b03163314155b15611a7f576040516339218f3b60e01b815260040160405180910390fd5b60405133815283907f37f7fee84bd656bac1447df96e3014d8a7e8352e960e827b202efad2f908ecd3906020015b60405180910390a2505050565b60008181526002602090815260408083206001808201548552909252909120611ae6908290600661222f565b600281015464ffffffffff16611afa611e4e565b64ffffffffff1611611b1f57604051636f20b45d60e11b815260040160405180910390fd5b60405182907f3077f64f92ad91c6479071531304fa3c1e0bb9b63e130c746f3a564292f0ddc690600090a25050565b600082815260208190526040902060010154611b6981611d34565b610bb58383611f5b565b6824a729a822a1aa27a960b91b611b8981611d34565b6000611b9485611d41565b90508315158160020160129054906101000a900460ff16151503611bcb57604051636dac6a0960e01b815260040160405180910390fd5b60028101805460ff60901b1916600160901b86151590810291909117909155604080519182526020820185905286917f219a953d8a25bae998b2428ff93e7971c749dffbd12abc04e2abc85f756e79ab91016107b6565b6040805161010081018252600080825260208201819052918101829052606081018290526080810182905260a0810182905260c0810182905260e081019190915260008281526002602081815260409283902083516101008101855281546001600160a01b0381168252600160a01b90046001600160601b0316928101929092526001810154938201939093529082015464ffffffffff8116606083015265010000000000810463ffffffff16608083015290919060a0830190600160481b900460ff166006811115611cf757611cf761239e565b6006811115611d0857611d0861239e565b81526002820154600160501b900464ffffffffff16602082015260039091015460409091015292915050565b611d3e813361231b565b50565b600081815260016020819052604090912090600282810154600160801b900460ff1690811115611d7357611d7361239e565b14611d9157604051636f20b45d60e11b815260040160405180910390fd5b919050565b6000611da182611d41565b60018101549091506001600160a01b03163314611d91576040516339218f3b60e01b815260040160405180910390fd5b60006002463033600036604051602001611def9594939291906128b8565b60408051601f1981840301815290829052611e09916128fa565b602060405180830381855afa158015611e26573d6000803e3d6000fd5b5050506040513d601f19601f82011682018060405250810190611e499190612929565b905090565b600064174876e8004210611e6857611e496103e842612942565b504290565b611e7682611fc6565b6001600160601b0316816001600160601b03161115611ec557611e9882611fc6565b604051630c54707b60e21b81526001600160601b0391821660048201529082166024820152604401610de5565b5050565b6000611ed58383611808565b611f53576000838152602081815260408083206001600160a01b03861684529091529020805460ff19166001179055611f0b3390565b6001600160a01b0316826001600160a01b0316847f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d60405160405180910390a4506001610579565b506000610579565b6000611f678383611808565b15611f53576000838152602081815260408083206001600160a01b0386168085529252808320805460ff1916905551339286917ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b9190a4506001610579565b6002810154600182015482546000926001600160601b0390811692611ffa92600160a01b918290048316929190041661285d565b610579919061285d565b60028201805460ff60801b1916600160811b17905560038201546000908152600460209081526040808320929092559051821515815284917f55989011ceb56ab34a0a764fe070304fc8e0e585573eebaed9bb727eb40f9d7b9101611aad565b604051635f396a9760e01b8152600481018490526000907f00000000000000000000000000000000000000000000000000000000000000006001600160a01b031690635f396a9790602401602060405180830381865afa1580156120cc573d6000803e3d6000fd5b505050506040513d601f19601f820116820180604052508101906120f09190612929565b6040516327b7cf8560e01b8152600481018290529091506000906001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016906327b7cf859060240161012060405180830381865afa15801561215c573d6000803e3d6000fd5b505050506040513d601f19601f8201168201806040525081019061218091906129eb565b905060018160e00151600481111561219a5761219a61239e565b1415806121b35750602081015167ffffffffffffffff16155b806121e057508363ffffffff1681606001516121cf919061289b565b64ffffffffff168364ffffffffff16115b156122285760208101516060820151604051630b49592d60e31b81526004810185905267ffffffffffffffff909216602483015264ffffffffff166044820152606401610de5565b5050505050565b60016002840154600160481b900460ff1660068111156122515761225161239e565b1415801561227e5750600280840154600160481b900460ff16600681111561227b5761227b61239e565b14155b1561229c57604051636f20b45d60e11b815260040160405180910390fd5b60028301805482919060ff60481b1916600160481b8360068111156122c3576122c361239e565b021790555082546002830180546001600160601b03600160a01b9093048316926000916122f29185911661285d565b92506101000a8154816001600160601b0302191690836001600160601b03160217905550505050565b6123258282611808565b611ec55760405163e2517d3f60e01b81526001600160a01b038216600482015260248101839052604401610de5565b60006020828403121561236657600080fd5b81356001600160e01b03198116811461237e57600080fd5b9392505050565b60006020828403121561239757600080fd5b5035919050565b634e487b7160e01b600052602160045260246000fd5b600381106123c4576123c461239e565b9052565b81516001600160a01b031681526101c0810160208301516123f460208401826001600160601b03169052565b50604083015161240f60408401826001600160a01b03169052565b50606083015161242a60608401826001600160601b03169052565b50608083015161244560808401826001600160601b03169052565b5060a083015161245d60a084018263ffffffff169052565b5060c083015161247060c08401826123b4565b5060e083015161248460e084018215159052565b5061010083015161249a61010084018215159052565b506101208301516124b161012084018260ff169052565b506101408301516124c761014084018215159052565b506101608301516101608301526101808301516101808301526101a08301516101a083015292915050565b60008060006060848603121561250757600080fd5b833592506020840135801515811461251e57600080fd5b929592945050506040919091013590565b80356001600160601b0381168114611d9157600080fd5b6000806040838503121561255957600080fd5b823591506125696020840161252f565b90509250929050565b80356001600160a01b0381168114611d9157600080fd5b64ffffffffff81168114611d3e57600080fd5b63ffffffff81168114611d3e57600080fd5b60008060008060008060c087890312156125c757600080fd5b863595506125d76020880161252f565b94506125e560408801612572565b935060608701356125f581612589565b925060808701356126058161259c565b9598949750929591949360a090920135925050565b6000806040838503121561262d57600080fd5b8235915061256960208401612572565b60008060006060848603121561265257600080fd5b8335925061251e6020850161252f565b600080600080600060a0868803121561267a57600080fd5b8535945061268a60208701612572565b93506126986040870161252f565b94979396509394606081013594506080013592915050565b600080600080600080600060e0888a0312156126cb57600080fd5b6126d488612572565b96506126e26020890161252f565b955060408801359450606088013593506080880135925060a08801356127078161259c565b96999598509396929591949193505060c09091013590565b60008060006040848603121561273457600080fd5b61273d84612572565b9250602084013567ffffffffffffffff81111561275957600080fd5b8401601f8101861361276a57600080fd5b803567ffffffffffffffff81111561278157600080fd5b86602082840101111561279357600080fd5b939660209190910195509293505050565b600781106123c4576123c461239e565b81516001600160a01b031681526020808301516001600160601b0316908201526040808301519082015260608083015164ffffffffff169082015260808083015161010083019161280c9084018263ffffffff169052565b5060a083015161281f60a08401826127a4565b5060c083015161283860c084018264ffffffffff169052565b5060e092830151919092015290565b634e487b7160e01b600052601160045260246000fd5b6001600160601b03828116828216039081111561057957610579612847565b6001600160601b03818116838216019081111561057957610579612847565b64ffffffffff818116838216019081111561057957610579612847565b8581526001600160601b03198560601b1660208201526001600160601b03198460601b1660348201528183604883013760009101604801908152949350505050565b6000825160005b8181101561291b5760208186018101518583015201612901565b506000920191825250919050565b60006020828403121561293b57600080fd5b5051919050565b60008261295f57634e487b7160e01b600052601260045260246000fd5b500490565b604051610120810167ffffffffffffffff8111828210171561299657634e487b7160e01b600052604160045260246000fd5b60405290565b805167ffffffffffffffff81168114611d9157600080fd5b8051611d9181612589565b8051611d918161259c565b805161ffff81168114611d9157600080fd5b805160058110611d9157600080fd5b60006101208284031280156129ff57600080fd5b50612a08612964565b82518152612a186020840161299c565b6020820152612a296040840161299c565b6040820152612a3a606084016129b4565b6060820152612a4b608084016129bf565b6080820152612a5c60a084016129ca565b60a0820152612a6d60c084016129ca565b60c0820152612a7e60e084016129dc565b60e0820152612a9061010084016129ca565b610100820152939250505056';
