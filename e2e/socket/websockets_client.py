"""Clients made with Python's `websockets`: runs every way of sitting once against a live line and
says for each, in one line of JSON, what came of it.

    python websockets_client.py ws://127.0.0.1:7747/sits/../live?.. http://127.0.0.1:7747
"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect as connect_sync

TEXT_MAX = 1_024
URL, ORIGIN = sys.argv[1:3]
WITHIN_S = 10
RESERVED = 0x20


async def hears(line, kind):
    """The next message of this kind."""
    while True:
        message = json.loads(await line.recv())
        if message["k"] == kind:
            return message


async def is_answered(line, t0):
    await line.send(json.dumps({"k": "ping", "t0": t0}))
    return (await hears(line, "pong"))["t0"] == t0


async def closed(line):
    """Waits for the close that the home sends: its code and its words."""
    try:
        while True:
            await line.recv()
    except ConnectionClosed as end:
        return [end.rcvd.code, end.rcvd.reason] if end.rcvd else [1006, ""]


async def sits(compression):
    async with connect(URL, origin=ORIGIN, compression=compression) as line:
        here = await hears(line, "here")
        timeline = await hears(line, "timeline")
        presence = await hears(line, "presence")
        return {
            "extensions": [extension.name for extension in line.protocol.extensions],
            "seat": here["seat"],
            "phases": [segment["kind"] for segment in timeline["segments"]],
            "names": sorted(seat[1] for seat in presence["all"]),
            "answered": await is_answered(line, 3.5),
        }


async def fragments():
    async with connect(URL, origin=ORIGIN) as line:
        await line.send(iter(['{"k":', '"ping"', ",", "", '"t0":21}']))
        return (await hears(line, "pong"))["t0"]


async def pings():
    async with connect(URL, origin=ORIGIN, ping_interval=None) as line:
        answers = [await line.ping(payload) for payload in (b"", b"now", b"\xff" * 125)]
        trips = [await asyncio.wait_for(answer, WITHIN_S) for answer in answers]
        await line.pong(b"nobody asked")
        return {"trips": len(trips), "answered": await is_answered(line, 4)}


async def closes(code, words):
    line = await connect(URL, origin=ORIGIN)
    await hears(line, "here")
    await line.close(code, words)
    return [line.close_code, line.close_reason]


async def after(does):
    """How the line ends after somebody did what nobody should."""
    line = await connect(URL, origin=ORIGIN)
    await hears(line, "here")
    await does(line)
    return (await asyncio.wait_for(closed(line), WITHIN_S))[0]


async def many(line):
    for t0 in range(100):
        await line.send(json.dumps({"k": "ping", "t0": t0}))


async def raw(line, *frames, mask=True, bits=0):
    """Writes frames past what the library allows, with more bits set in their first bytes."""
    for frame in frames:
        first, *rest = frame.serialize(mask=mask)
        line.transport.write(bytes([first | bits, *rest]))


async def refused(origin):
    try:
        async with connect(URL, origin=origin):
            return "opened"
    except InvalidStatus as no:
        return no.response.status_code


def in_threads():
    """The other half of the library, that blocks."""
    with connect_sync(URL, origin=ORIGIN) as line:
        line.send(json.dumps({"k": "ping", "t0": 6}))
        while (message := json.loads(line.recv(timeout=WITHIN_S)))["k"] != "pong":
            pass
        line.ping(b"now").wait(WITHIN_S)
        line.close(1000, "softly")
        return [message["t0"], line.protocol.close_code]


CASES = {
    "sits with compression offered": lambda: sits("deflate"),
    "sits without": lambda: sits(None),
    "fragments": fragments,
    "pings": pings,
    "closes with 1000": lambda: closes(1000, "softly"),
    "closes with 4321": lambda: closes(4321, "an application's own"),
    "says leave": lambda: after(lambda line: line.send('{"k":"leave"}')),
    "sends bytes": lambda: after(lambda line: line.send(b"bytes")),
    "sends too much": lambda: after(lambda line: line.send("a" * (TEXT_MAX + 1))),
    "sends too much in parts": lambda: after(lambda line: line.send(iter(["a" * 1_000] * 2))),
    "sends no UTF-8": lambda: after(lambda line: line.send(b"\xc3\x28", text=True)),
    "sends nonsense": lambda: after(lambda line: line.send("[]")),
    "sends a hundred at once": lambda: after(many),
    "sends without a mask": lambda: after(
        lambda line: raw(line, Frame(Opcode.TEXT, b"{}"), mask=False)),
    "sets a reserved bit": lambda: after(
        lambda line: raw(line, Frame(Opcode.TEXT, b"{}"), bits=RESERVED)),
    "mixes two messages": lambda: after(
        lambda line: raw(line, Frame(Opcode.TEXT, b"{", fin=False), Frame(Opcode.TEXT, b"{}"))),
    "comes from elsewhere": lambda: refused("https://elsewhere.example"),
    "sits in threads": lambda: asyncio.to_thread(in_threads),
}


async def main():
    for what, case in CASES.items():
        try:
            result = await asyncio.wait_for(case(), 2 * WITHIN_S)
        except Exception as error:  # The test that started this says what should have come.
            result = f"{type(error).__name__}: {error}"
        print(json.dumps([what, result]), flush=True)


asyncio.run(main())
