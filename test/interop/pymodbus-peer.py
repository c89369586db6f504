"""pymodbus as a foreign peer on Modbus TCP: `slave` prints its port and serves, `master PORT` asks and prints JSON."""

import asyncio
import json
import sys


def slave():
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.server.async_io import ModbusTcpServer

    def block(values):
        return ModbusSequentialDataBlock(0, values)

    probe = ModbusSlaveContext(
        ir=block([0, 0xFF38, 600]), hr=block([0] * 0x104 + [0xFFFB]), zero_mode=True
    )
    # The siren's own contact follows its relay.
    relays = block([0, 0, 0])
    siren = ModbusSlaveContext(co=relays, di=relays, zero_mode=True)
    meter = ModbusSlaveContext(
        ir=block([0x4366, 0x3333] + [0] * 4 + [0x3FC0] + [0] * 70), zero_mode=True
    )
    slaves = {1: probe, 2: siren, 3: meter}

    async def serve():
        server = ModbusTcpServer(
            ModbusServerContext(slaves=slaves, single=False), address=("127.0.0.1", 0)
        )
        serving = asyncio.ensure_future(server.serve_forever())
        while server.server is None:
            await asyncio.sleep(0.01)
        print(server.server.sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(serve())


def master(port):
    from pymodbus.client import ModbusTcpClient

    client = ModbusTcpClient("127.0.0.1", port=port, timeout=20)
    if not client.connect():
        sys.exit("no connection")
    written = client.write_coil(0, True, slave=2)
    many = client.write_coils(0, [False, True], slave=2)
    refused = client.read_input_registers(99, 2, slave=1)
    print(
        json.dumps(
            {
                "input": client.read_input_registers(1, 2, slave=1).registers,
                "holding": client.read_holding_registers(0x0103, 2, slave=1).registers,
                "written": not written.isError() and not many.isError(),
                "coils": client.read_coils(0, 2, slave=2).bits[:2],
                "refused": refused.exception_code,
            }
        )
    )
    client.close()


if sys.argv[1] == "slave":
    slave()
else:
    master(int(sys.argv[2]))
