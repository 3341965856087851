"""How what is known of people lies in memory: slots with keys, and chains of records.

Arrays of plain words, because threads look things up in compiled code while another thread adds to them.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

#: A slot: the key's two words, its newest record's number plus one as readers see it, and as the writer does.
FIRST, SECOND, HEAD, PENDING, SLOT_WORDS = 0, 1, 2, 3, 4
#: The writer's word also says, in its highest bit, that some of the key's records are links.
HAS_LINKS = 1 << 63
#: A record: the older record's number plus one above part of its event's tag above its kind, the thing it is about,
#: from when, until when, and when it was told above the rest of the tag. Of a link the thing and `from` are the other
#: subject, and `until` and `tie`, the two halves of the event's id, order links told at the same time. Else `tie` is 0.
LINK, THING, FROM, UNTIL, TOLD, TIE, RECORD_WORDS = 0, 1, 2, 3, 4, 5, 6
KIND_BITS, OLDER_BITS, TOLD_TAG_BITS = 8, 32, 15
#: The tag: 39 bits of the event's id, which tell a person's few events apart when one of them is corrected.
LINK_TAG_BITS = OLDER_BITS - KIND_BITS
TAG_BITS = LINK_TAG_BITS + TOLD_TAG_BITS
#: Kinds of records. Of one thing (an isolation, a case, a pass) those with the same code without its last three bits
#: take each other's place; of two told at the same time the higher one counts.
ISOLATED, ISOLATION_OVER = 8, 9
SUSPECTED, CONFIRMED, CASE_OVER = 16, 17, 18
DOSE = 24
GRANTED, REVOKED = 32, 33
OWNER = 40
LINKED, UNLINKED = 48, 49
#: Where the isolation of the same event is: the site's place, 0 where the order names none, or the home's commune.
AT_SITE, AT_HOME = 56, 57
#: Set in a record's kind while its event is withdrawn or replaced: no kind that anybody asks for.
WITHDRAWN = 64
FAMILY_BITS = 3
#: The end of what has none.
FOREVER = np.iinfo(np.int64).max
#: Of a person with more records only the newest to arrive are looked at: nobody can make scans slow by telling much.
MOST_RECORDS = 64
#: Keeps a pass apart from a person with the same 16 bytes.
PASS_SALT = 0x9AE16A3B2F90404F


@dataclass(frozen=True, slots=True)
class People:
    """What is known of people at one moment; `known` counts the keys (people, and passes) in the slots.

    `slots` is uint64 of shape (capacity, 4), `records` int64 of shape (room, 6). Another thread may add to both while
    they are read: a lookup then sees what was added or not, never half of it.
    """

    slots: Words = field(default_factory=lambda: np.zeros((1, SLOT_WORDS), np.uint64))
    records: Ints = field(default_factory=lambda: np.zeros((0, RECORD_WORDS), np.int64))
    known: int = 0

    @property
    def size_bytes(self) -> int:
        """Memory of slots and records."""
        return self.slots.nbytes + self.records.nbytes


#: Nothing is known of anybody.
NOBODY = People()
