import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loadtest.partitioner import partitions_of
from schemas.wire import partition_of


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1), st.integers(1, 500))
def test_many_keys_get_the_partitions_each_would_get_alone(keys: list[bytes], partitions: int) -> None:
    together = partitions_of(np.frombuffer(b"".join(keys), "<u8").reshape(-1, 2), partitions)
    assert together.tolist() == [partition_of(key, partitions) for key in keys]
