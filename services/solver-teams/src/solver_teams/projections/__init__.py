"""Facts as rows: one file per question."""

from sqlalchemy import MetaData

metadata = MetaData()
