"""Which queries within a query must be asked once for all shards: GLOBAL IN and GLOBAL JOIN. Pure.

A shard answers a query over a Distributed table from its own rows. What stands on the right of IN or JOIN is asked by
every shard for itself, and finds only that shard's rows if it is over a sharded table, too; GLOBAL makes the initiator
ask once and send the answer to all. Right sides over tables every node has whole need none.
"""

from collections.abc import Collection, Iterator, Sequence

from sinks.cluster.tokens import Token, closing, following, preceding

_BEFORE_JOIN = frozenset({"LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "ANY", "ALL", "ASOF", "SEMI", "ANTI"})
_GLOBAL = Token("name", "GLOBAL")
_BLANK = Token("blank", " ")


def made_global(some: Sequence[Token], wide: Collection[str]) -> list[Token]:
    """Return a statement with GLOBAL where a right side mentions a `wide` relation; done twice, it is as done once."""
    known = frozenset(wide) | _wide_ctes(some, frozenset(wide))
    places = {place for place, side in _right_sides(some) if mentions(side, known)}
    result: list[Token] = []
    for index, token in enumerate(some):
        if index in places:
            result += [_GLOBAL, _BLANK]
        result.append(token)
    return result


def mentions(some: Sequence[Token], names: Collection[str]) -> bool:
    """Tell whether one of the names is among the tokens."""
    return any(token.name in names for token in some if token.kind == "name")


def _wide_ctes(some: Sequence[Token], wide: frozenset[str]) -> frozenset[str]:
    """Return the names of WITH-queries over wide relations, also through each other."""
    bodies = list(_ctes(some))
    known: frozenset[str] = frozenset()
    while new := {name for name, body in bodies if mentions(body, wide | known)} - known:
        known |= new
    return known


def _ctes(some: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """Give name and body of every `name AS (SELECT ...)`."""
    for index, token in enumerate(some):
        if token.word == "AS" and (start := _query_at(some, following(some, index + 1))) is not None:
            named = preceding(some, index - 1)
            if named >= 0 and some[named].kind == "name":
                yield some[named].name, some[start : closing(some, start) + 1]


def _right_sides(some: Sequence[Token]) -> Iterator[tuple[int, Sequence[Token]]]:
    """Give where GLOBAL would stand, and the right side, of every IN and JOIN that has none."""
    for index, token in enumerate(some):
        if token.word == "IN":
            start = _start(some, index, frozenset({"NOT"}))
        elif token.word == "JOIN" and some[preceding(some, index - 1)].word != "ARRAY":
            start = _start(some, index, _BEFORE_JOIN)
        else:
            continue
        if some[preceding(some, start - 1)].word != "GLOBAL":
            yield start, _operand(some, following(some, index + 1))


def _start(some: Sequence[Token], at: int, words: Collection[str]) -> int:
    """Return the index of the first of the words that stand directly before `at`."""
    while (before := preceding(some, at - 1)) >= 0 and some[before].word in words:
        at = before
    return at


def _operand(some: Sequence[Token], at: int) -> Sequence[Token]:
    """Return a query in brackets, or the name of a relation with what qualifies it; nothing for a list of values."""
    if (start := _query_at(some, at)) is not None:
        return some[start : closing(some, start) + 1]
    end = at
    while end < len(some) and (some[end].kind == "name" or some[end].text == "."):
        end += 1
    return some[at:end]


def _query_at(some: Sequence[Token], at: int) -> int | None:
    """Return `at` if a query in brackets begins there."""
    if at >= len(some) or some[at].text != "(":
        return None
    first = following(some, at + 1)
    is_query = first < len(some) and (some[first].word in {"SELECT", "WITH"} or some[first].text == "(")
    return at if is_query else None
