"""Roles: the table, as its docstring draws it."""

import re

from server import roles
from server.roles import GUEST, TABLE, May, Role


def test_the_docstring_draws_the_table() -> None:
    assert roles.__doc__ is not None
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in re.findall(r"^\|.*\|$", roles.__doc__, re.M)
    ]
    columns, _, *lines = rows
    drawn = {
        Role(line[0]): May(**{c: v == "yes" for c, v in zip(columns[1:], line[1:], strict=True)}) for line in lines
    }
    assert drawn == TABLE
    assert tuple(columns[1:]) == May.__struct_fields__


def test_every_role_has_its_line_and_only_admins_moderate() -> None:
    assert set(TABLE) == set(Role)
    assert [role for role, may in TABLE.items() if may.moderate] == [Role.ADMIN]


def test_a_guest_plays_and_no_more() -> None:
    assert GUEST.subject is None
    assert TABLE[GUEST.role] == May(watch=True, play=True, chat=True)
