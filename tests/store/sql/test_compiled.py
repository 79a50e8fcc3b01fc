from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select

from newsbot.store.database import Database
from newsbot.store.schema.models import Run
from newsbot.store.sql.compiled import CompiledStatement
from tests.store.samples import LATER, NOW

RUN = {
    "spider": "news\0",
    "arguments": {"due": ["1", "ü"]},
    "version": "1",
    "process": None,
    "counts": {},
    "started_at": NOW,
    "finished_at": None,
}


def test_values_go_in_and_come_out_as_with_sqlalchemy(database: Database) -> None:
    columns = (Run.spider, Run.arguments, Run.process, Run.started_at, Run.finished_at)
    query = select(*columns).where(Run.started_at == bindparam("at")).order_by(Run.id).limit(2)
    add, find = CompiledStatement(insert(Run).returning(Run.id)), CompiledStatement(query)
    with database.write() as session:
        connection = session.connection()
        ids = [add.rows(connection, RUN | {"finished_at": at})[0][0] for at in (None, LATER)]
        add_all = CompiledStatement(insert(Run))
        add_all.run(connection, RUN | {"started_at": LATER}, RUN)
        add_all.run(connection, {name: value for name, value in RUN.items() if name != "process"})
        expected = [tuple(row) for row in connection.execute(query, {"at": NOW})]
        assert ids == [1, 2]
        assert [tuple(row) for row in find.rows(connection, {"at": NOW})] == expected
        assert expected[1] == ("news\ufffd", {"due": ["1", "ü"]}, None, NOW, LATER)
        CompiledStatement(delete(Run).where(Run.started_at == bindparam("at"))).run(connection, {"at": NOW})
        assert list(session.scalars(select(Run.id))) == [3]
