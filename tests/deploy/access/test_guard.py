"""Which syntax trees are let through."""

import pytest

from deploy.access.guard import Refused, check

_TABLE_FUNCTIONS = ("file", "url", "numbers", "python", "eval", "executable", "merge", "view", "remote")
_HARMLESS = """SelectWithUnionQuery (children 2)
 ExpressionList (children 1)
  SelectQuery (children 3)
   ExpressionList (children 2)
    Function count (alias n) (children 1)
     ExpressionList
    Literal 'a\\nFunction file (children 1)'
   TablesInSelectQuery (children 1)
    TablesInSelectQueryElement (children 1)
     TableExpression (children 1)
      Function scanstream.visits (alias v) (children 1)
 Identifier JSONEachRow
"""


def _with(line: str) -> str:
    return _HARMLESS.replace("    Literal", f"    {line}\n    Literal")


def test_a_question_about_tables_and_views_is_let_through() -> None:
    check(_HARMLESS, table_functions=_TABLE_FUNCTIONS)
    check(_with("Function numbers (children 1)"), table_functions=_TABLE_FUNCTIONS)


@pytest.mark.parametrize(
    "line",
    [
        "Function file (children 1)",
        "Function FILE (alias x) (children 1)",
        "Function `file` (children 1)",
        "Identifier file",
        "Identifier file (alias f)",
        "Function python (children 1)",
        "Function Python (children 1)",
        "Function eval (children 1)",
        "Function url (children 1)",
        "Function merge (children 1)",
        "Function view (children 1)",
        "Function aiGenerate (children 1)",
        "Function AIGenerate (children 1)",
        "ColumnsApplyTransformer",
        "Set",
        "InsertQuery a b",
        "CreateQuery a b",
        "SomethingNew",
        "*",
    ],
)
def test_what_could_reach_further_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(Refused, match=r"^[A-Z].*\.$"):
        check(_with(line), table_functions=_TABLE_FUNCTIONS)


@pytest.mark.parametrize("tree", ["", "\n", "  "])
def test_an_answer_that_says_nothing_lets_nothing_through(tree: str) -> None:
    with pytest.raises(Refused):
        check(tree, table_functions=_TABLE_FUNCTIONS)
