"""A small service as many are deployed: FastAPI, SQLAlchemy's async engine, asyncpg.

Settings come from its environment, the number of its processes from uvicorn's --workers. It knows nothing of
pool-lab. For SQLAlchemy 1.4 and 2.x.
"""

import os

from asyncpg import PostgresError
from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

TOO_MANY_CONNECTIONS = "53300"

# One in each process. asyncpg reads the address itself: it knows sslmode, sslrootcert and the host of a socket
# as libpq writes them, which SQLAlchemy would hand it as arguments that it does not have.
engine = create_async_engine(
    "postgresql+asyncpg://",
    connect_args={
        "dsn": os.environ["DATABASE_URL"],
        "server_settings": {"application_name": "orders"},
    },
    pool_size=int(os.environ.get("DB_POOL_SIZE", "5")),
    max_overflow=int(os.environ.get("DB_MAX_OVERFLOW", "10")),
    pool_timeout=float(os.environ.get("DB_POOL_TIMEOUT", "30")),
)

app = FastAPI(title="orders")


@app.get("/healthz")
async def healthz():
    return {"ok": True}


@app.get("/work")
async def work(ms: int = Query(20, ge=0, le=10_000)):
    """Holds a connection for so many milliseconds, as a statement of that length would."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": ms / 1000})
    return {"ms": ms}


@app.exception_handler(PoolTimeoutError)
async def no_connection_in_time(_: Request, error: PoolTimeoutError):
    return JSONResponse({"error": str(error)}, status_code=503)


# While it connects, asyncpg's own errors come through; later SQLAlchemy wraps them.
@app.exception_handler(PostgresError)
@app.exception_handler(DBAPIError)
async def no_connection_at_all(_: Request, error: Exception):
    cause = getattr(error, "orig", error)
    if getattr(cause, "sqlstate", None) != TOO_MANY_CONNECTIONS:
        raise error
    return JSONResponse({"error": str(cause)}, status_code=503)
