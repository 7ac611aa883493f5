"""The small tables as SQLModel classes; import this late, for SQLModel takes 0.4 s.

The classes describe tables that the migrations made (a test holds the two together) and serve to write
queries; records go out, never these. They validate nothing: what enters the store enters through events.
"""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class PersonTable(SQLModel, table=True):
    """People."""

    __tablename__ = "person"
    person: str = Field(primary_key=True)
    name: str | None
    name_ref: str | None
    public_key: str | None
    roles: str
    seq: int


class SettingTable(SQLModel, table=True):
    """Settings; `value` is JSON."""

    __tablename__ = "setting"
    name: str = Field(primary_key=True)
    value: str
    seq: int


class AgentTable(SQLModel, table=True):
    """Agents with their newest version."""

    __tablename__ = "agent"
    agent: str = Field(primary_key=True)
    version: str
    stage: str
    seq: int


class VersionTable(SQLModel, table=True):
    """Versions of agents."""

    __tablename__ = "version"
    agent: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    author: str
    published_at: int
    job: str
    plan: str | None
    policy: str
    tools: str
    model: str
    stage: str
    seq: int


class KillTable(SQLModel, table=True):
    """Kills, standing and lifted."""

    __tablename__ = "kill"
    kill: str = Field(primary_key=True)
    scope: str
    target: str | None
    person: str
    ordered_at: int
    lifted_at: int | None
    acknowledged: int = 0
    seq: int
