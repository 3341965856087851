"""Many small byte strings in one array: keys or values of messages, without an object for each."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loadtest.draw import Ints

_NULL = -1


@dataclass(frozen=True, slots=True)
class Pieces:
    """Byte strings; number i is `buffer[starts[i] : starts[i] + lengths[i]]`, and None where its length is -1."""

    buffer: npt.NDArray[np.uint8]
    starts: Ints
    lengths: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> bytes | None:
        start, length = int(self.starts[number]), int(self.lengths[number])
        return None if length == _NULL else self.buffer[start : start + length].tobytes()

    @property
    def total_bytes(self) -> int:
        """Bytes of all of them."""
        return int(np.maximum(self.lengths, 0).sum())

    def tolist(self) -> list[bytes | None]:
        """Return each as an object."""
        whole = self.buffer.tobytes()
        ends = (self.starts + self.lengths).tolist()
        found: list[bytes | None] = [whole[start:end] for start, end in zip(self.starts.tolist(), ends, strict=True)]
        for number in np.flatnonzero(self.lengths == _NULL).tolist():
            found[number] = None
        return found

    def replaced(self, contents: Mapping[int, bytes | None]) -> "Pieces":
        """Return the strings with other contents at some numbers."""
        if not contents:
            return self
        numbers = np.array(list(contents), np.int64)
        added = [content or b"" for content in contents.values()]
        sizes = np.array([len(content) for content in added], np.int64)
        starts, lengths = self.starts.copy(), self.lengths.copy()
        starts[numbers] = len(self.buffer) + np.cumsum(sizes) - sizes
        nulls = np.array([content is None for content in contents.values()])
        lengths[numbers] = np.where(nulls, _NULL, sizes)
        return Pieces(np.concatenate([self.buffer, np.frombuffer(b"".join(added), np.uint8)]), starts, lengths)


def of_width(array: npt.NDArray[np.generic], width: int) -> Pieces:
    """Return the rows of an array as strings of `width` bytes each."""
    buffer = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
    count = len(buffer) // width
    return Pieces(buffer, np.arange(count) * width, np.full(count, width))
