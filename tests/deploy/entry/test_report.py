from deploy.entry.report import Report
from deploy.entry.send import Settled
from tests.deploy.entry.forms import declaration, judged, table_of
from tests.streams.gateway.samples import raw_number


def test_every_line_is_accounted_for_and_no_number_is_repeated() -> None:
    lines = judged(table_of(*(declaration(seed) for seed in range(4)), declaration(4, rest="HOME,0")))
    report = Report(lines)
    report.settle(Settled(lines[0]))
    report.settle(Settled(lines[1], "kind is no kind"))
    assert [row["outcome"] for row in report.rows()] == ["sent", "refused", "not sent", "not sent", "refused"]
    assert report.summary() == {
        "lines": 5,
        "sent": 1,
        "refused": 2,
        "not_sent": 2,
        "problems": [
            {"line": 3, "reasons": ["kind is no kind"]},
            {"line": 6, "reasons": ["kind must be one of DOMESTIC, ENTRY, MOVEMENT"]},
        ],
    }
    assert report.sentence() == "line 3: kind is no kind; line 6: kind must be one of DOMESTIC, ENTRY, MOVEMENT"
    assert not any(raw_number(seed) in repr(report.rows()) for seed in range(5))
