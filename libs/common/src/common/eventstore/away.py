"""What is raised when the database was not there, which says nothing about what was asked of it."""

import asyncpg

AWAY = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidTransactionStateError,  # 25P03: the transaction of a process that was frozen was ended meanwhile
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver's word for a connection that was told to go while it did nothing
)
