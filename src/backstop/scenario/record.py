"""The one base of everything a person writes: frozen, and closed to unknown keys."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen record; a key it does not know is an error, a docstring under a field its help."""

    # Pydantic could read the docstrings itself, at the price of parsing every class on import;
    # ``help_of`` reads them when somebody asks. A record is built when it is first used, and a
    # part of many records (``defer_build=False``) at once, so that each of them finds it built.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


@cache
def help_of(model: type[BaseModel]) -> dict[str, str]:
    """The docstring under each field of a record, by the field's name."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is BaseModel or not issubclass(base, BaseModel):
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(tree, ast.ClassDef)
        for field, text in pairwise(tree.body):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(words))),
                ):
                    found[name] = inspect.cleandoc(words)
    return found
