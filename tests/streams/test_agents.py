import ast
import inspect

import streams.agents


def _agents(source: str) -> list[ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AsyncFunctionDef)
        and any("agent" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]


def test_the_body_of_an_agent_is_at_most_ten_lines() -> None:
    agents = _agents(inspect.getsource(streams.agents))
    assert agents
    for agent in agents:
        first, last = agent.body[0].lineno, agent.body[-1].end_lineno
        assert last is not None
        assert last - first < 10


def test_an_agent_does_not_acknowledge_by_itself() -> None:
    (agent,) = _agents(inspect.getsource(streams.agents))
    assert "noack()" in ast.unparse(agent)
