"""Every socket asks PostgreSQL by itself what is new: FastAPI, uvicorn and asyncpg.

/usr/bin/python3 tests/bench/peers/polling.py PORT      the database is where PGHOST, PGUSER and PGDATABASE say
"""

import asyncio
import sys
from contextlib import suppress

import asyncpg
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

POLL_SECONDS = 0.5
PAGE_ROWS = 1000
NEWER = "SELECT sequence, text FROM ledger WHERE sequence > $1 ORDER BY sequence LIMIT $2"

app = FastAPI()
state = {}


@app.on_event("startup")
async def connect():
    state["pool"] = await asyncpg.create_pool(min_size=10, max_size=10)


@app.websocket("/")
async def watch(socket: WebSocket):
    await socket.accept()
    at = await state["pool"].fetchval("SELECT coalesce(max(sequence), 0) FROM ledger")
    with suppress(WebSocketDisconnect, asyncio.CancelledError):
        while True:
            for sequence, text in await state["pool"].fetch(NEWER, at, PAGE_ROWS):
                await socket.send_text(text)
                at = sequence
            await asyncio.sleep(POLL_SECONDS)


uvicorn.run(
    app, host="127.0.0.1", port=int(sys.argv[1]), backlog=4096, log_level="error", access_log=False,
    ws="websockets", ws_per_message_deflate=False, ws_ping_interval=None,
)
