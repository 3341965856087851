"""People are taken from all over a load."""

from loadtest.people import people_of
from tests.loadtest.scenarios import rough_workload


def test_people_are_of_the_load_and_nobody_is_anonymous() -> None:
    workload = rough_workload(events=2_000)
    people = people_of(workload, 20)
    subjects = {subject.tobytes() for chunk in workload.chunks() for subject in chunk.columns.words("subject")}
    assert 10 < len(people) <= 20
    assert set(people) <= subjects - {bytes(16)}
